import { DelegateBackoff, handleWhenResult, type IRetryBackoffContext, retry } from 'cockatiel'
import type { CommandIo } from '../command.ts'
import { type Client, createClient } from '../delivery/client.ts'
import { findToken } from '../delivery/token.ts'
import { ConfigurationFailure, InputFailure, isFailure, UnavailableFailure } from '../failure.ts'
import { classifyPage, type PageOutcome } from './page-answer.ts'
import { createPaging, type Paging } from './paging.ts'
import { readReported } from './reported.ts'
import type { FetchPage, PageRequest } from './scan.ts'
import type { Selection } from './selection.ts'
import type { Settings } from './settings.ts'

/** The API as something to scan. */
export interface Source {
  /** Asks for what the API itself can filter of a selection. */
  readonly pagesOf: (selection: Selection) => FetchPage
  /** Items so far that were no anomalies. */
  readonly unreadable: () => number
  readonly close: () => void
}

export interface SourceWorld {
  readonly io: CommandIo
  readonly nowMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Is told why a page is asked for again. */
  readonly onRetry: (reason: string) => void
}

/** A hundred records of the reference API's greatest size. */
const MOST_BYTES = 8 * 1024 * 1024
const LONGEST_DELAY_MS = 30_000
/** A limit of so many minutes is no pause but a refusal. */
const LONGEST_RETRY_AFTER_MS = 120_000

/** Opens the API; throws ConfigurationFailure (exit 78) for an address, a token or a certificate that cannot work. */
export function openSource(settings: Settings, world: SourceWorld): Source {
  const client = openClient(settings, world.io)
  const ask = createAsking(client, settings, world)
  const paging = createPaging(settings.api.paging)
  let unreadable = 0
  return {
    pagesOf: (selection) => async (request) => {
      const { items, total } = await askPage(ask, paging, selection, request)
      const read = items.map(readReported)
      const readable = read.filter((anomaly) => anomaly !== null)
      unreadable += items.length - readable.length
      refuseOutside(readable, request)
      return { items: readable, length: items.length, total }
    },
    unreadable: () => unreadable,
    close: client.close,
  }
}

function openClient({ api, folder }: Settings, io: CommandIo): Client {
  const token = findToken({
    env: io.env,
    tokenFile: api.token_file ?? null,
    embedded: null,
    userId: process.getuid?.() ?? 0,
    cwd: folder,
  })
  if (token === null) {
    const mend = 'set ANOMALY_API_TOKEN, or give --token-file FILE'
    throw new ConfigurationFailure({ where: 'the API', what: 'there is no token for it', mend })
  }
  try {
    return createClient({
      baseUrl: api.base_url,
      token: token.secret,
      caFile: api.ca_file ?? null,
      clientCertFile: api.client_cert_file ?? null,
      clientKeyFile: api.client_key_file ?? null,
      allowInsecureLoopback: api.allow_insecure_loopback,
      env: io.env,
      userAgent: 'pump-monitor-query',
      cwd: folder,
      mostBytes: MOST_BYTES,
    })
  } catch (error) {
    // Say where this address came from, which need not be a configuration file.
    if (!isFailure(error) || error.text.where !== 'api.base_url') throw error
    throw new ConfigurationFailure({ ...error.text, where: api.source })
  }
}

type Ask = (query: Readonly<Record<string, string>>) => Promise<PageOutcome>

/** Exponential pauses with jitter, as long as the API asks for where it does; the last outcome when all tries failed. */
function createAsking(client: Client, { api }: Settings, { nowMs, random, onRetry }: SourceWorld): Ask {
  const pause = ({ result, attempt }: IRetryBackoffContext<unknown>) => {
    const outcome = 'value' in result ? (result.value as PageOutcome) : null
    const asked = outcome?.kind === 'later' ? (outcome.retryAfterMs ?? 0) : 0
    const own = Math.min(LONGEST_DELAY_MS, api.retry_delay_seconds * 1000 * 2 ** (attempt - 1)) * (0.5 + 0.5 * random())
    return Math.max(asked, own)
  }
  const policy = retry(
    handleWhenResult((result) => {
      const outcome = result as PageOutcome
      return outcome.kind === 'later' && (outcome.retryAfterMs ?? 0) <= LONGEST_RETRY_AFTER_MS
    }),
    { maxAttempts: api.retry_attempts - 1, backoff: new DelegateBackoff(pause) },
  )
  policy.onRetry((event) => {
    if ('value' in event && event.value !== undefined) onRetry((event.value as Extract<PageOutcome, { kind: 'later' }>).reason)
  })
  // Ctrl-C ends the program, and with it whatever is under way.
  const limits = { limitMs: api.timeout_seconds * 1000, signal: new AbortController().signal }
  return (query) => policy.execute(async () => classifyPage(await client.list(query, limits), nowMs()))
}

type PageFound = Extract<PageOutcome, { kind: 'page' }>

async function askPage(ask: Ask, paging: Paging, selection: Selection, request: PageRequest): Promise<PageFound> {
  const filters = filtersOf(selection, request)
  for (;;) {
    const outcome = await ask({ ...filters, ...paging.parametersOf(request.skip) })
    switch (outcome.kind) {
      case 'page':
        if (paging.accepts(JSON.stringify(filters), request.skip, outcome)) return outcome
        break
      case 'refused':
        if (paging.refused()) break
        throw new ConfigurationFailure({
          where: 'the API',
          what: outcome.reason,
          mend: 'it does not take this query; check the ids and times',
        })
      case 'later':
        throw new UnavailableFailure({ where: 'the API', what: outcome.reason, mend: 'try again later' })
      case 'wrong setting':
        throw new ConfigurationFailure({ where: 'the API', what: outcome.reason, mend: outcome.mend })
    }
  }
}

function filtersOf({ sites, pumps, sensors }: Selection, { fromMs, toMs, newestFirst }: PageRequest): Record<string, string> {
  const only = (name: string, ids: readonly number[] | null) => (ids?.length === 1 ? { [name]: String(ids[0]) } : {})
  return {
    ...only('siteId', sites),
    ...only('pumpId', pumps),
    ...only('sensorId', sensors),
    ...(fromMs === null ? {} : { startDate: new Date(fromMs).toISOString() }),
    ...(toMs === null ? {} : { endDate: new Date(toMs).toISOString() }),
    sortDirection: newestFirst ? 'desc' : 'asc',
  }
}

/** An API that rounds a time down does no harm; one that leaves it out would be asked for the same for ever. */
const TOLERANCE_MS = 1_000

function refuseOutside(items: readonly { readonly timeMs: number }[], { fromMs, toMs }: PageRequest): void {
  const least = (fromMs ?? Number.NEGATIVE_INFINITY) - TOLERANCE_MS
  const most = (toMs ?? Number.POSITIVE_INFINITY) + TOLERANCE_MS
  if (items.every(({ timeMs }) => timeMs >= least && timeMs <= most)) return
  const what = 'gives anomalies outside of the startDate and endDate that were asked for'
  throw new InputFailure({ where: 'the API', what, mend: 'only an API that keeps to them, to the second, can be asked' })
}
