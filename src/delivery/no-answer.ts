import { reasonOf } from '../failure.ts'
import type { Answer } from './answer.ts'
import type { Secret } from './secret.ts'

/** Certificate troubles by OpenSSL's and Node's codes: asking again cannot mend them, a person can. */
const CERTIFICATE_MENDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "renew the server's certificate, or set this device's clock",
  CERT_NOT_YET_VALID: "set this device's clock",
  ERR_TLS_CERT_ALTNAME_INVALID: 'use in api.base_url a host name that the certificate states',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'name the certificate authority in api.ca_file',
  SELF_SIGNED_CERT_IN_CHAIN: 'name the certificate authority in api.ca_file',
  UNABLE_TO_GET_ISSUER_CERT: 'name the certificate authority in api.ca_file',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'name the certificate authority in api.ca_file',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'name the certificate authority in api.ca_file',
  CERT_UNTRUSTED: 'name the certificate authority in api.ca_file',
  CERT_SIGNATURE_FAILURE: 'name the right certificate authority in api.ca_file',
  CERT_REVOKED: "renew the server's certificate",
  INVALID_PURPOSE: "renew the server's certificate: it is not meant for servers",
}

/** Alerts by which a server refuses the client's certificate or the lack of one. */
const CLIENT_CERTIFICATE = /^ERR_SSL_.*ALERT_(?:CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/

/** Puts into words why there was no answer, and whether a person must act. */
export function explainNoAnswer(error: unknown, reached: boolean, token: Secret): Answer {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const own = CERTIFICATE_MENDS[code]
  const mend =
    own ??
    (CLIENT_CERTIFICATE.test(code) ? 'name a valid client certificate in api.client_cert_file and api.client_key_file' : null)
  const reason = withoutCredentials(token.redact(wordsOf(error, code)))
  return { kind: 'no answer', reached: reached && own === undefined, reason, mend }
}

function wordsOf(error: unknown, code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'the API refuses connections (ECONNREFUSED)'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of the API cannot be resolved (${code})`
    case 'ECONNRESET':
      return 'the connection was cut (ECONNRESET)'
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `there is no way to the API (${code})`
    default:
      break
  }
  // A host with several addresses fails with one error for each, and an empty message.
  const inner = error instanceof AggregateError ? error.errors.map(reasonOf).join(', ') : reasonOf(error)
  const text = inner === '' ? code : inner
  return code === '' || text.includes(code) ? text : `${text} (${code})`
}

/** A proxy's address may carry a password. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/\/\/[^/@\s]*@/g, '//[redacted]@')
}
