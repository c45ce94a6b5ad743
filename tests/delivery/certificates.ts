import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: Buffer
  readonly key: Buffer
}

const openssl = (...args: readonly string[]) => execFileSync('openssl', [...args], { stdio: ['ignore', 'pipe', 'pipe'] })

/** A certificate authority of the test's own, in a folder. */
export function anAuthority(folder: string, name = 'authority'): Certificate {
  const files = filesOf(folder, name)
  const subject = ['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE']
  openssl('req', '-x509', ...newKey(files.keyFile), '-out', files.certFile, '-days', '30', ...subject)
  return read(files)
}

/** A certificate that the authority signed; `names` such as `DNS:localhost,IP:127.0.0.1`; with -1 days it has expired. */
export function aCertificate(folder: string, authority: Certificate, name: string, names: string, days = 30): Certificate {
  const files = filesOf(folder, name)
  const request = join(folder, `${name}.csr`)
  const extensions = join(folder, `${name}.ext`)
  writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`)
  openssl('req', ...newKey(files.keyFile), '-out', request, '-subj', `/CN=${name}`)
  const signer = ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-extfile', extensions]
  openssl('x509', '-req', '-in', request, '-out', files.certFile, '-days', String(days), ...signer)
  return read(files)
}

function newKey(keyFile: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
}

function filesOf(folder: string, name: string) {
  return { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) }
}

function read(files: { certFile: string; keyFile: string }): Certificate {
  return { ...files, cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) }
}
