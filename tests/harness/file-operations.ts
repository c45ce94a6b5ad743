import type { TracedCall } from './trace.ts'

/** What a run did to a folder and to the network, in order; a path is relative to the folder. */
export type Operation =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'mkdir'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly data: Buffer }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  /** A request left that carries this idempotency key. */
  | { readonly kind: 'post'; readonly key: string }

/** Reads them from the calls of a trace; calls that failed changed nothing. `before` are the paths that existed. */
export function operationsOf(calls: readonly TracedCall[], folder: string, before: Iterable<string>): Operation[] {
  const existing = new Set(before)
  const operations: Operation[] = []
  const inside = (path: string | undefined) =>
    path?.startsWith(`${folder}/`) === true ? path.slice(folder.length + 1) : path === folder ? '.' : null
  for (const { name, text } of calls) {
    if (/\) += -1 /.test(text)) continue
    const strings = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, escaped = '']) => bytesOf(escaped))
    const [first, second] = strings.map((bytes) => inside(bytes.toString('utf8')))
    const file = inside(/^\d+<([^>]*)>/.exec(text)?.[1])
    switch (name) {
      case 'openat':
        if (first === null || first === undefined || !text.includes('O_CREAT') || existing.has(first)) break
        existing.add(first)
        operations.push({ kind: 'create', path: first })
        break
      case 'mkdir':
        if (first !== null && first !== undefined) operations.push({ kind: 'mkdir', path: first })
        break
      case 'write':
      case 'writev':
      case 'sendto':
      case 'sendmsg': {
        const data = Buffer.concat(strings)
        if (file !== null) operations.push({ kind: 'write', path: file, data })
        else if (/^\d+<TCP/.test(text)) {
          const key = /^idempotency-key: (.*)\r$/m.exec(data.toString('latin1'))?.[1]
          if (key !== undefined) operations.push({ kind: 'post', key })
        }
        break
      }
      case 'fsync':
        if (file !== null) operations.push({ kind: 'sync', path: file })
        break
      case 'rename':
      case 'link':
        if (first === null || first === undefined || second === null || second === undefined) break
        if (name === 'rename') existing.delete(first)
        existing.add(second)
        operations.push({ kind: name, from: first, to: second })
        break
      case 'unlink':
        if (first === null || first === undefined) break
        existing.delete(first)
        operations.push({ kind: 'unlink', path: first })
        break
      default:
        break
    }
  }
  return operations
}

/** A string as strace writes it: C escapes, bytes in octal. */
function bytesOf(text: string): Buffer {
  const names: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v', f: '\f', a: '\x07', b: '\b' }
  const plain = text.replaceAll(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (names[code] ?? code),
  )
  return Buffer.from(plain, 'latin1')
}
