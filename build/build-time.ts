import { ConfigurationFailure } from '../src/failure.ts'

/** When an artifact is built, as it says itself: `SOURCE_DATE_EPOCH` [s since 1970-01-01 UTC] where it is set, so that builds repeat. */
export function buildTime(env: Readonly<Record<string, string | undefined>>, now: Date): Date {
  const stated = env['SOURCE_DATE_EPOCH']
  if (stated === undefined || stated === '') return new Date(Math.floor(now.getTime() / 1000) * 1000)
  if (!/^\d{1,11}$/.test(stated)) {
    throw new ConfigurationFailure({
      where: '$SOURCE_DATE_EPOCH',
      what: `is '${stated}'`,
      mend: 'set it to whole seconds since 1970, or unset it',
    })
  }
  return new Date(Number(stated) * 1000)
}
