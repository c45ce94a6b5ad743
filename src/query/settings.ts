import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod/mini'
import type { CommandIo } from '../command.ts'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { checkedValue, parseJson } from '../problems.ts'
import { isTimeZone } from '../readings/time-zone.ts'
import { checkAgainst } from '../schema-problems.ts'
import { textOf, usage, type Values } from './options.ts'

const described = <T extends z.ZodMiniType>(schema: T, description: string): T => schema.check(z.meta({ description })) as T
const path = (description: string) => z.optional(described(z.string().check(z.minLength(1)), description))

/** The configuration file of `query`: everything is optional, and paths start at the file's own folder. */
export const querySchema = z.strictObject({
  api: z.prefault(
    z.strictObject({
      base_url: path('address of the API'),
      token_file: path('file with the token, readable by its owner only'),
      ca_file: path('private certificate authority, PEM'),
      client_cert_file: path('client certificate, PEM'),
      client_key_file: path('its key, PEM'),
      timeout_seconds: described(z._default(z.number().check(z.positive()), 60), 'of one page [s]'),
      retry_attempts: described(z._default(z.int().check(z.minimum(1)), 8), 'tries of one page, the first included'),
      retry_delay_seconds: described(z._default(z.number().check(z.minimum(0)), 0.25), 'before the second try; doubles [s]'),
      paging: described(
        z._default(z.enum(['auto', 'skip', 'page']), 'auto'),
        'whether the API takes skip and take or page and pageSize; auto finds out',
      ),
      allow_insecure_loopback: described(z._default(z.boolean(), false), 'allow plain http to this machine'),
    }),
    {},
  ),
  time_zone: described(z._default(z.string(), 'UTC'), 'zone of days and printed times, an IANA name'),
  debounce_minutes: described(z._default(z.number().check(z.positive()), 60), 'debounce of the devices [min]'),
})

export interface Settings {
  readonly api: Omit<z.infer<typeof querySchema>['api'], 'base_url'> & {
    readonly base_url: string
    /** Where the address was found, in words for people. */
    readonly source: string
  }
  readonly timeZone: string
  readonly debounceMs: number
  /** Where relative paths of the settings start. */
  readonly folder: string
}

/** Settings from the command line, the environment and the configuration file, the first that has one. */
export function readSettings(command: string, values: Values, io: CommandIo): Settings {
  const file = configurationFile(values, io)
  const found = file === null ? querySchema.parse({}) : readConfiguration(file)
  const folder = file === null ? io.cwd : dirname(file)
  const timeZone = textOf(values, 'time-zone') ?? nonEmpty(io.env['PUMP_MONITOR_TIME_ZONE']) ?? found.time_zone
  if (!isTimeZone(timeZone)) throw usage(command, '--time-zone', `'${timeZone}' is no zone`, 'write one such as Europe/Vienna')
  const tokenFile = textOf(values, 'token-file')
  return {
    api: {
      ...found.api,
      ...addressOf(command, values, io, found.api.base_url),
      ...(tokenFile === undefined ? {} : { token_file: resolve(io.cwd, tokenFile) }),
      allow_insecure_loopback: values['allow-insecure-loopback'] === true || found.api.allow_insecure_loopback,
    },
    timeZone,
    debounceMs: (minutesOf(command, values, 'debounce') ?? found.debounce_minutes) * 60_000,
    folder,
  }
}

/** The value of an option in minutes. */
export function minutesOf(command: string, values: Values, option: 'debounce' | 'window'): number | null {
  const text = textOf(values, option)
  if (text === undefined) return null
  if (!(Number(text) > 0)) throw usage(command, `--${option}`, `'${text}' is no number of minutes`)
  return Number(text)
}

function addressOf(command: string, values: Values, { env }: CommandIo, configured: string | undefined) {
  const sources = [
    { base_url: textOf(values, 'api'), source: '--api' },
    { base_url: nonEmpty(env['PUMP_MONITOR_API']), source: '$PUMP_MONITOR_API' },
    { base_url: configured, source: 'api.base_url' },
  ]
  for (const { base_url, source } of sources) if (base_url !== undefined) return { base_url, source }
  throw usage(command, '--api', 'is missing', 'give --api URL, set PUMP_MONITOR_API, or state api.base_url in the configuration')
}

function configurationFile(values: Values, { cwd, env }: CommandIo): string | null {
  const named = textOf(values, 'config') ?? nonEmpty(env['PUMP_MONITOR_QUERY_CONFIG'])
  if (named !== undefined) return resolve(cwd, named)
  const usual = join(
    nonEmpty(env['XDG_CONFIG_HOME']) ?? join(nonEmpty(env['HOME']) ?? homedir(), '.config'),
    'pump-monitor',
    'query.json',
  )
  return existsSync(usual) ? usual : null
}

function readConfiguration(file: string): z.infer<typeof querySchema> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigurationFailure({
      where: file,
      what: `cannot be read (${reasonOf(error)})`,
      mend: 'name a file that is there',
    })
  }
  return checkedValue(checkAgainst(querySchema, file, checkedValue(parseJson(file, text))))
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
