import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { aCertificate, anAuthority, type Certificate } from '../delivery/certificates.ts'
import { type Behaviour, type SeenRequest, startServer, type TestServer } from '../delivery/server.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { TOKEN } from './api.ts'
import { type ApiSettings, type Device, deviceWith, failingHours } from './device.ts'
import { packaged, scratch } from './packaged.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const HOURS = 3
/** One attempt each and a short limit, so that what hangs costs a moment; never three failures' worth of waiting. */
const ONCE: ApiSettings = { retry_attempts: 1, timeout_seconds: 0.4 }

/** An answer that repeats the token, as a careless server may: it must not get into any file of ours. */
const answer = (status: number, headers: Readonly<Record<string, string>> = {}): Behaviour => ({
  kind: 'answer',
  status,
  headers,
  body: JSON.stringify({ title: 'as told', detail: `for the token ${TOKEN}` }),
})
const page: Behaviour = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: `<html>Log in to this network, ${TOKEN}</html>`,
}

let well: string
let input: string

/** The line of a run's summary that tells of anomalies. */
const anomalyLine = (stdout: string): string => /^anomalies: (.*)$/m.exec(stdout)?.[1] ?? stdout

function expectNoToken(device: Device): void {
  for (const trace of device.traces()) expect(trace.includes(TOKEN)).toBe(false)
}

/** Every anomaly of the batch is at the server once, though the server takes what comes, and nothing is left here. */
async function expectAllDelivered(device: Device, server: TestServer): Promise<void> {
  const mended = await device.flush()
  expect([mended.code, mended.stderr]).toEqual([0, ''])
  expect(new Set(server.keys()).size).toBe(HOURS)
  expect(server.keys()).toHaveLength(HOURS)
  expect([...device.waiting(), ...device.rejected()]).toEqual([])
  expectNoToken(device)
}

interface Fault {
  readonly what: string
  readonly behave: (number: number, request: SeenRequest) => Behaviour
  readonly says: RegExp
  /** Requests that the run makes. */
  readonly requests: number
}

const always = (behaviour: Behaviour) => () => behaviour

/** Whatever of this happens, everything waits, and goes out when the trouble is over. */
const TROUBLES: readonly Fault[] = [
  {
    what: 'a connection that is cut',
    behave: always({ kind: 'cut', stored: false }),
    says: /the connection was cut/,
    requests: 3,
  },
  {
    what: 'a connection that is cut after the server stored the anomaly',
    behave: always({ kind: 'cut', stored: true }),
    says: /the connection was cut/,
    requests: 3,
  },
  {
    what: 'a server that never answers',
    behave: always({ kind: 'silence' }),
    says: /no whole answer within 0\.4 s/,
    requests: 3,
  },
  { what: 'a byte now and then', behave: always({ kind: 'trickle' }), says: /no whole answer within 0\.4 s/, requests: 3 },
  {
    what: 'an answer without an end',
    behave: always({ kind: 'flood' }),
    says: /the answer 201 is longer than 1048576 bytes|no whole answer/,
    requests: 3,
  },
  {
    what: "a captive portal's page",
    behave: always(page),
    says: /carries no stored record \(a login page in between\?\)/,
    requests: 3,
  },
  {
    what: 'bad JSON',
    behave: always({ kind: 'answer', status: 201, body: '{"id": 1' }),
    says: /the answer 201 carries no stored record/,
    requests: 3,
  },
  { what: '500', behave: always(answer(500)), says: /the API answered 500 \(as told: .*\[redacted\]\)/, requests: 3 },
  { what: '409', behave: always(answer(409)), says: /the API answered 409/, requests: 3 },
  {
    what: '429 with a Retry-After of a minute',
    behave: always(answer(429, { 'retry-after': '60' })),
    says: /asked to be left alone \(.*429.*\); the next attempt may follow in (?:60|59) s/,
    requests: 1,
  },
  {
    what: '503 with a Retry-After at a date',
    behave: () => answer(503, { 'retry-after': new Date(Date.now() + 120_000).toUTCString() }),
    says: /asked to be left alone \(.*503.*\); the next attempt may follow in 1[12]\d s/,
    requests: 1,
  },
  {
    what: '503 with a Retry-After of a century',
    behave: always(answer(503, { 'retry-after': '3155760000' })),
    says: /asked to be left alone \(.*503.*\); the next attempt may follow in 3600 s/,
    requests: 1,
  },
  { what: '401', behave: always(answer(401)), says: /answered 401.*; give a valid token/, requests: 1 },
  { what: '403', behave: always(answer(403)), says: /answered 403.*; give a token that may report for this site/, requests: 1 },
  { what: '404', behave: always(answer(404)), says: /answered 404.*; check api\.base_url/, requests: 1 },
  {
    what: 'three 400s in a row',
    behave: always(answer(400)),
    says: /refused 3 anomalies in a row, so none was set aside/,
    requests: 3,
  },
]

describe.runIf(canRun(HOST))('a run that meets', () => {
  beforeAll(async () => {
    // What is tested is the sending; without a model each run is over sooner.
    well = await packaged(HOST, { model: null })
    input = failingHours(HOURS)
  })

  test.for(TROUBLES)('$what ends with 0, keeps every anomaly and says so', async ({ behave, says, requests }) => {
    const server = await startServer({ ignoresKeys: true })
    server.behave = behave
    const device = deviceWith(well, { base_url: server.url, ...ONCE }, { debug: true })
    const run = await device.run(input)
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(anomalyLine(run.stdout)).toMatch(/^3 found; 0 delivered, 3 wait in the spool: /)
    expect(anomalyLine(run.stdout)).toMatch(says)
    expect(device.waiting()).toHaveLength(HOURS)
    expect(device.rejected()).toEqual([])
    expect(server.seen).toHaveLength(requests)
    server.behave = () => ({ kind: 'work' })
    await expectAllDelivered(device, server)
  })

  test.for([400, 413, 422])('%i sets that anomaly aside with the answer, and brings the others', async (status) => {
    const server = await startServer({ ignoresKeys: true })
    // The most urgent one goes first, alone.
    server.behave = (number) => (number === 0 ? answer(status) : { kind: 'work' })
    const device = deviceWith(well, { base_url: server.url, ...ONCE }, { debug: true })
    const run = await device.run(input)
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(anomalyLine(run.stdout)).toBe('3 found; 2 delivered, 1 refused by the API (see rejected_anomalies)')
    expect(device.waiting()).toEqual([])
    expect(device.rejected()).toHaveLength(1)
    const rejected = join(device.state, 'rejected_anomalies')
    const beside = readdirSync(rejected).find((name) => name.endsWith('.answer.txt')) ?? ''
    expect(readFileSync(join(rejected, beside), 'utf8')).toContain(`${status} (as told: for the token [redacted])`)
    const again = await device.flush(['--allow-insecure-loopback', '--retry-rejected'])
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('1 delivered')])
    await expectAllDelivered(device, server)
  })

  test('301 to another host does not follow it, and the token stays here', async () => {
    const [server, other] = [await startServer({ ignoresKeys: true }), await startServer()]
    server.behave = () => answer(301, { location: `${other.url}/edge/anomalies?secret=${TOKEN}` })
    const device = deviceWith(well, { base_url: server.url, ...ONCE }, { debug: true })
    const run = await device.run(input)
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(anomalyLine(run.stdout)).toMatch(/3 wait in the spool: .*301.* a redirect to http:.*; set api\.base_url to the final/)
    expect(other.connections()).toBe(0)
    server.behave = () => ({ kind: 'work' })
    await expectAllDelivered(device, server)
  })

  test('a refused connection, or a name that does not resolve, keeps everything and leaves no trace on it', async () => {
    const server = await startServer({ ignoresKeys: true })
    const closed = await startServer()
    await closed.close()
    const device = deviceWith(well, { base_url: closed.url, ...ONCE }, { debug: true })
    const refused = await device.run(input)
    expect([refused.code, refused.stderr]).toEqual([0, ''])
    expect(anomalyLine(refused.stdout)).toMatch(/3 wait in the spool: .*the API refuses connections \(ECONNREFUSED\)/)
    device.configure({ base_url: 'https://api.invalid/v1', retry_attempts: 1 })
    const unnamed = await device.flush()
    expect([unnamed.code, unnamed.stdout]).toEqual([0, expect.stringMatching(/3 wait in the spool: .*cannot be resolved/)])
    expect(readdirSync(join(device.state, 'unsent_anomalies')).filter((name) => name.includes('.try'))).toEqual([])
    device.configure({ base_url: server.url })
    await expectAllDelivered(device, server)
  })

  test('plain http judges and keeps what it found, and then ends with 78', async () => {
    const server = await startServer({ ignoresKeys: true })
    const device = deviceWith(well, { base_url: server.url, ...ONCE }, { debug: true })
    const run = await device.run(input, [])
    expect(run.code).toBe(78)
    expect(run.stderr.split('\n')[0]).toMatch(/: api\.base_url: is plain http; use https, or --allow-insecure-loopback/)
    expect(server.connections()).toBe(0)
    expect(device.waiting()).toHaveLength(HOURS)
    device.configure({ base_url: 'http://api.example.com/v1' })
    const away = await device.run(input)
    expect([away.code, away.stderr]).toEqual([
      78,
      expect.stringContaining('plain http would send the token in the clear; use https'),
    ])
    device.configure({ base_url: server.url })
    await expectAllDelivered(device, server)
  })

  test('a Retry-After of a century calls nobody in the next run, and a person may flush', async () => {
    const server = await startServer({ ignoresKeys: true })
    server.behave = () => answer(503, { 'retry-after': '3155760000' })
    const device = deviceWith(well, { base_url: server.url, ...ONCE }, { debug: true })
    await device.run(input)
    const next = await device.run(input)
    expect([next.code, next.stdout]).toEqual([0, expect.stringMatching(/3 wait in the spool: the API asked to be left alone/)])
    expect(server.seen).toHaveLength(1)
    server.behave = () => ({ kind: 'work' })
    await expectAllDelivered(device, server)
  })
})

describe.runIf(canRun(HOST) && requireOrSkip(hasPrograms('openssl'), 'apt-get install openssl'))('a run over TLS', () => {
  const made: Partial<Record<'authority' | 'other' | 'good' | 'expired' | 'elsewhere', Certificate>> = {}
  const certificate = (name: keyof typeof made): Certificate => {
    const found = made[name]
    if (found === undefined) throw new Error(`no certificate ${name}`)
    return found
  }
  const serve = (name: keyof typeof made) =>
    startServer({ ignoresKeys: true, tls: { cert: certificate(name).cert, key: certificate(name).key } })

  beforeAll(async () => {
    well = await packaged(HOST, { model: null })
    input = failingHours(HOURS)
    const folder = scratch()
    made.authority = anAuthority(folder)
    made.other = anAuthority(folder, 'other')
    made.good = aCertificate(folder, made.authority, 'good', 'IP:127.0.0.1')
    made.expired = aCertificate(folder, made.authority, 'expired', 'IP:127.0.0.1', -1)
    made.elsewhere = aCertificate(folder, made.authority, 'elsewhere', 'DNS:elsewhere.example.com')
  })

  test.for([
    ['an expired certificate', 'expired', 'authority', /expired.*; renew the server's certificate, or set this device's clock/],
    ['a certificate for another host', 'elsewhere', 'authority', /use in api\.base_url a host name that the certificate states/],
    ['an authority that nobody knows', 'good', null, /; name the certificate authority in api\.ca_file/],
    ['another authority than the private one', 'good', 'other', /; name the (?:right )?certificate authority in api\.ca_file/],
  ] as const)('that meets %s sends nothing, keeps everything, and names the mend', async ([_, name, authority, mend]) => {
    const server = await serve(name)
    const trust = authority === null ? {} : { ca_file: certificate(authority).certFile }
    const device = deviceWith(well, { base_url: server.url, ...ONCE, ...trust }, { debug: true })
    const run = await device.run(input)
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(anomalyLine(run.stdout)).toMatch(/^3 found; 0 delivered, 3 wait in the spool: /)
    expect(anomalyLine(run.stdout)).toMatch(mend)
    expect(server.seen).toEqual([])
    expect(device.waiting()).toHaveLength(HOURS)
    const good = await serve('good')
    device.configure({ base_url: good.url, ca_file: certificate('authority').certFile })
    await expectAllDelivered(device, good)
  })
})
