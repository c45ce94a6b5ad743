/** What came of one exchange with the API. */
export type Answer =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly retryAfter: string | null
      /** The server's own clock, as the `Date` header gives it. */
      readonly date: string | null
      readonly location: string | null
      /** Secrets blotted out, at most 1 MiB. */
      readonly body: string
    }
  | {
      readonly kind: 'no answer'
      /** The request may have reached the server: it may have stored the anomaly. */
      readonly reached: boolean
      /** One clause for people, secrets blotted out. */
      readonly reason: string
      /** A mend when a setting is at fault (a certificate) and asking again cannot help, else null. */
      readonly mend: string | null
    }
