import { connect, type Socket } from 'node:net'

export interface CrowdResult {
  readonly posts: number
  readonly seconds: number
  /** Answers other than 201, and connections that broke. */
  readonly errors: number
  /** Time of each answer [ms], rising. */
  readonly latencies: Float64Array
}

export interface Crowd {
  readonly port: number
  readonly devices: number
  readonly posts: number
  /** The n-th POST as the bytes of an HTTP/1.1 request, sent by device n modulo `devices`. */
  readonly request: (n: number) => Buffer
  /** POSTs a second of all devices together; null: each device sends the next as soon as the last was answered. */
  readonly perSecond: number | null
  readonly answered?: (count: number) => void
}

/** Devices with a connection each, written on bare sockets so that the client costs little beside the server. */
export async function sendAsCrowd({ port, devices, posts, request, perSecond, answered }: Crowd): Promise<CrowdResult> {
  const latencies = new Float64Array(posts)
  const sockets = await Promise.all(Array.from({ length: devices }, () => opened(port)))
  const startMs = performance.now()
  let done = 0
  let errors = 0
  const device = async (socket: Socket, which: number) => {
    const next = answersOf(socket)
    for (let n = which; n < posts; n += devices) {
      // Paced: the time counts from the moment at which the device wanted to send.
      const dueMs = perSecond === null ? performance.now() : startMs + (n / perSecond) * 1000
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await new Promise((due) => setTimeout(due, waitMs))
      socket.write(request(n))
      const status = await next()
      latencies[done++] = performance.now() - dueMs
      if (status !== 201) errors++
      answered?.(done)
    }
  }
  await Promise.all(sockets.map(device))
  const seconds = (performance.now() - startMs) / 1000
  for (const socket of sockets) socket.destroy()
  return { posts, seconds, errors, latencies: latencies.sort() }
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })
}

/** The status of one answer after the other; 0 when the connection ends. Answers need a content-length. */
function answersOf(socket: Socket): () => Promise<number> {
  let text = ''
  let waiting: ((status: number) => void) | null = null
  let ended = false
  const give = (status: number) => {
    waiting?.(status)
    waiting = null
  }
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
    const head = text.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
    if (text.length < head + 4 + length) return
    const status = Number(text.slice(9, 12))
    text = ''
    give(status)
  })
  const end = () => {
    ended = true
    give(0)
  }
  socket.on('error', end).on('close', end)
  return () =>
    new Promise((resolve) => {
      waiting = resolve
      if (ended) give(0)
    })
}

export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
