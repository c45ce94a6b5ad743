import { isIP } from 'node:net'
import { ConfigurationFailure } from '../failure.ts'

/**
 * The address of the API, checked: https, or plain http to this very machine when that was allowed. Throws
 * ConfigurationFailure (exit 78); its message never repeats credentials that the address may hold.
 */
export function apiAddress(baseUrl: string, allowInsecureLoopback: boolean): URL {
  const refuse = (what: string, mend: string) => new ConfigurationFailure({ where: 'api.base_url', what, mend })
  if (!URL.canParse(baseUrl)) throw refuse('is no URL', 'give one such as https://api.example.com/v1')
  const url = new URL(baseUrl)
  if (url.username !== '' || url.password !== '') {
    throw refuse('holds a user name or a password', 'take them out; the token has its own sources')
  }
  if (url.search !== '' || url.hash !== '') throw refuse('holds a query or a fragment', 'give the address up to the path')
  if (url.protocol === 'https:') return url
  if (url.protocol !== 'http:') throw refuse(`is of the scheme ${url.protocol}`, 'use https')
  if (!isLoopback(url.hostname)) throw refuse('plain http would send the token in the clear', 'use https')
  if (!allowInsecureLoopback)
    throw refuse('is plain http', 'use https, or --allow-insecure-loopback for a server on this machine')
  return url
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))
}
