import { inspect } from 'node:util'

/** A text that reaches neither logs nor files by accident: printing, joining or serialising it gives a placeholder. */
export interface Secret {
  /** The text itself: for the one header that needs it. */
  readonly reveal: () => string
  /** The given text with every occurrence of the secret blotted out. */
  readonly redact: (text: string) => string
  readonly toString: () => string
  readonly toJSON: () => string
}

const PLACEHOLDER = '[redacted]'

export function createSecret(text: string): Secret {
  const placeholder = () => PLACEHOLDER
  return {
    reveal: () => text,
    redact: (other) => other.replaceAll(text, PLACEHOLDER),
    toString: placeholder,
    toJSON: placeholder,
    [inspect.custom]: placeholder,
    [Symbol.toPrimitive]: placeholder,
  } as Secret
}
