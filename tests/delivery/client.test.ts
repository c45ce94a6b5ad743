import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Answer } from '../../src/delivery/answer.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { testFolder } from '../state/folder.ts'
import { aCertificate, anAuthority, type Certificate } from './certificates.ts'
import { aRecord, idOf } from './records.ts'
import { startServer } from './server.ts'
import { aClient, TOKEN } from './spools.ts'

const LIMITS = { limitMs: 5000, signal: new AbortController().signal }
const post = async (client: ReturnType<typeof aClient>): Promise<Answer> => {
  try {
    return await client.post(JSON.stringify(aRecord(1)), idOf(1), LIMITS)
  } finally {
    client.close()
  }
}

test.for([
  ['http://api.example.com/v1', /plain http would send the token in the clear/],
  ['http://192.168.1.10/v1', /plain http would send the token in the clear/],
  ['http://127.0.0.1.example.com/v1', /plain http would send the token in the clear/],
  ['ftp://api.example.com', /scheme ftp:/],
  ['api.example.com', /is no URL/],
  ['https://user:secret-password@api.example.com', /holds a user name or a password/],
  ['https://api.example.com/v1?token=secret-password', /holds a query/],
] as const)('%s is refused as an address, without repeating a password', ([url, message]) => {
  expect(() => aClient(url)).toThrow(expect.objectContaining({ exitCode: 78, message: expect.stringMatching(message) }))
  expect(() => aClient(url)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret-password') }))
})

test('plain http to this machine needs the flag', () => {
  expect(() => aClient('http://127.0.0.1:8080', { allowInsecureLoopback: false })).toThrow(/--allow-insecure-loopback/)
  for (const url of ['http://127.0.0.1:8080', 'http://localhost/v1', 'http://[::1]:8080']) aClient(url).close()
})

test('one connection carries all requests', async () => {
  const server = await startServer()
  const client = aClient(`${server.url}/`)
  for (let n = 0; n < 5; n += 1) await client.post('{"metadata":{"idempotencyKey":"x"}}', 'x', LIMITS)
  client.close()
  expect(server.seen.map(({ path }) => path)).toEqual(Array.from({ length: 5 }, () => '/v1/edge/anomalies'))
  expect(server.connections()).toBe(1)
})

test('the limit covers the whole exchange, and says how long it was', async () => {
  const server = await startServer()
  server.behave = () => ({ kind: 'trickle' })
  const client = aClient(server.url)
  const answer = await client.post('{}', 'key', { ...LIMITS, limitMs: 200 })
  client.close()
  expect(answer).toEqual({ kind: 'no answer', reached: true, reason: 'no whole answer within 0.2 s', mend: null })
})

test('a connection that was refused has reached nobody, one that was cut may have', async () => {
  const server = await startServer()
  server.behave = () => ({ kind: 'cut', stored: false })
  expect(await post(aClient(server.url))).toMatchObject({ kind: 'no answer', reached: true })
  await server.close()
  expect(await post(aClient(server.url))).toMatchObject({
    kind: 'no answer',
    reached: false,
    reason: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a file that is no certificate is exit code 78 with its setting', () => {
  const path = join(testFolder(), 'ca.pem')
  expect(() => aClient('https://api.example.com', { caFile: path })).toThrow(/^api\.ca_file .*ENOENT/)
  writeFileSync(path, 'not a certificate')
  expect(() => aClient('https://api.example.com', { caFile: path })).toThrow(
    expect.objectContaining({ exitCode: 78, message: expect.stringContaining('no PEM block') }),
  )
})

describe.runIf(requireOrSkip(hasPrograms('openssl'), 'apt-get install openssl'))('over TLS', () => {
  const made: {
    authority?: Certificate
    other?: Certificate
    good?: Certificate
    expired?: Certificate
    elsewhere?: Certificate
    client?: Certificate
  } = {}
  const certificate = (name: keyof typeof made): Certificate => {
    const found = made[name]
    if (found === undefined) throw new Error(`no certificate ${name}`)
    return found
  }

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-certificates-'))
    made.authority = anAuthority(folder)
    made.other = anAuthority(folder, 'other')
    made.good = aCertificate(folder, made.authority, 'good', 'IP:127.0.0.1')
    made.expired = aCertificate(folder, made.authority, 'expired', 'IP:127.0.0.1', -1)
    made.elsewhere = aCertificate(folder, made.authority, 'elsewhere', 'DNS:elsewhere.example.com')
    made.client = aCertificate(folder, made.authority, 'client', 'DNS:device')
    return () => rmSync(folder, { recursive: true })
  })

  const serve = (name: keyof typeof made, more = {}) =>
    startServer({ tls: { cert: certificate(name).cert, key: certificate(name).key, ...more } })

  test('a server of the private authority is trusted', async () => {
    const server = await serve('good')
    expect(await post(aClient(server.url, { caFile: certificate('authority').certFile }))).toMatchObject({
      kind: 'answer',
      status: 201,
    })
  })

  test.for([
    ['expired', 'authority', /clock/],
    ['elsewhere', 'authority', /host name that the certificate states/],
    ['good', 'other', /api\.ca_file/],
    ['good', null, /api\.ca_file/],
  ] as const)(
    'a %s certificate checked against the authority %s stops with the mend, and nothing was sent',
    async ([name, authority, mend]) => {
      const server = await serve(name)
      const answer = await post(aClient(server.url, { caFile: authority === null ? null : certificate(authority).certFile }))
      expect(answer).toMatchObject({ kind: 'no answer', reached: false, mend: expect.stringMatching(mend) })
      expect(server.seen).toEqual([])
    },
  )

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn the check off', async () => {
    const server = await serve('good')
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    onTestFinished(() => void delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    expect(await post(aClient(server.url))).toMatchObject({ kind: 'no answer' })
    expect(server.seen).toEqual([])
  })

  test('a server that wants a client certificate gets it, and its lack is named', async () => {
    const server = await serve('good', { requestCert: true, rejectUnauthorized: true, ca: certificate('authority').cert })
    const caFile = certificate('authority').certFile
    const { certFile, keyFile } = certificate('client')
    expect(await post(aClient(server.url, { caFile, clientCertFile: certFile, clientKeyFile: keyFile }))).toMatchObject({
      status: 201,
    })
    expect(await post(aClient(server.url, { caFile }))).toMatchObject({
      kind: 'no answer',
      mend: expect.stringContaining('api.client_cert_file'),
    })
  })

  test('a key that does not belong to the certificate is exit code 78', () => {
    const changes = { clientCertFile: certificate('client').certFile, clientKeyFile: certificate('good').keyFile }
    expect(() => aClient('https://api.example.com', changes)).toThrow(expect.objectContaining({ exitCode: 78 }))
  })

  test('the proxy of the environment is used for https, sees neither token nor anomaly, and no_proxy is honoured', async () => {
    const server = await serve('good')
    const caFile = certificate('authority').certFile
    const proxy = await startProxy()
    const env = { https_proxy: proxy.url.replace('//', '//operator:proxy-password@') }
    expect(await post(aClient(server.url, { caFile, env }))).toMatchObject({ status: 201 })
    expect(proxy.targets).toEqual([new URL(server.url).host])
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('operator:proxy-password').toString('base64')}`])
    expect(proxy.bytes()).not.toContain(TOKEN)
    expect(await post(aClient(server.url, { caFile, env: { ...env, no_proxy: '127.0.0.1' } }))).toMatchObject({ status: 201 })
    expect(proxy.targets).toHaveLength(1)
    await proxy.close()
    const answer = await post(aClient(server.url, { caFile, env }))
    expect(answer).toMatchObject({ kind: 'no answer', reached: false })
    expect(JSON.stringify(answer)).not.toContain('proxy-password')
  })
})

/** A forward proxy that understands CONNECT and nothing else. */
async function startProxy() {
  const targets: string[] = []
  const credentials: string[] = []
  const bytes: Buffer[] = []
  const server = createServer()
  server.on('connect', (request, socket, head) => {
    targets.push(request.url ?? '')
    credentials.push(request.headers['proxy-authorization'] ?? '')
    const { hostname, port } = new URL(`http://${request.url}`)
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      socket.on('data', (chunk: Buffer) => bytes.push(chunk))
      socket.pipe(upstream).pipe(socket)
    })
    for (const end of [socket, upstream]) end.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  onTestFinished(async () => void (server.listening && (await close())))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, targets, credentials, bytes: () => Buffer.concat(bytes).toString('latin1'), close }
}
