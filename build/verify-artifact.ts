import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle } from '../src/bundle/open.ts'
import { COPIED } from './artifact-files.ts'
import type { CheckList } from './check-list.ts'
import { CHECKSUMS, type Checksums, parseChecksums, SIGNATURE } from './checksums.ts'
import type { VerifyingKey } from './signature.ts'
import { verifyExecutable } from './verify-executable.ts'
import { type Archive, executableIn, type FoundEntry, hasOurHeaders, openArchive, unpack, unpackTo } from './zip-reader.ts'

/** What an artifact holds, unpacked; the executable is a file of its own. */
interface Unpacked {
  readonly archive: Archive
  readonly executable: FoundEntry
  readonly files: ReadonlyMap<string, Buffer>
  readonly hashes: Checksums
}

/** Checks an artifact from the outside in, and the executable in it. */
export async function verifyArtifact(path: string, key: VerifyingKey | null, list: CheckList): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pump-monitor-verify-'))
  const file = join(folder, 'executable')
  try {
    let found: Unpacked | null = null
    await list.check('archive', async () => {
      found = await unpackAll(path, file)
      return `${found.archive.entries.length} files, each with its size and CRC-32`
    })
    const unpacked = found as Unpacked | null
    if (unpacked === null) return
    const { files, hashes, executable } = unpacked
    if (await list.check('checksums', () => checksumsFinding(files.get(CHECKSUMS), hashes))) {
      await list.check('signature', () => signatureFinding(files.get(CHECKSUMS), files.get(SIGNATURE), key))
    }
    const bundle = await verifyExecutable(file, list)
    if (bundle === null) return
    await list.check('copies', () => copiesFinding(files, bundle))
    await list.check('sbom', () => sbomFinding(files.get('sbom.cdx.json'), hashes[executable.name] ?? ''))
    await list.check('headers', async () => {
      const ownerOnly = (executable.mode & 0o077) === 0
      const modeOf = (name: string): number => (name !== executable.name ? 0o644 : ownerOnly ? 0o700 : 0o755)
      const ours = await hasOurHeaders(unpacked.archive, modeOf, new Date(bundle.manifest.build_time))
      return ours ? 'every byte around the files is as it was written' : { failed: 'a byte around the files was altered' }
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function unpackAll(path: string, executableTo: string): Promise<Unpacked> {
  const archive = await openArchive(path)
  const executable = executableIn(archive)
  const files = new Map<string, Buffer>()
  for (const entry of archive.entries) if (entry !== executable) files.set(entry.name, await unpack(archive, entry))
  const { sha256 } = await unpackTo(executableTo, archive, executable)
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]))
  return { archive, executable, files, hashes: { ...hashes, [executable.name]: sha256 } }
}

function checksumsFinding(text: Buffer | undefined, hashes: Checksums) {
  if (text === undefined) return { failed: `there is no ${CHECKSUMS}` }
  const listed = parseChecksums(text.toString())
  if (listed === null) return { failed: `${CHECKSUMS} has lines that sha256sum does not read` }
  const present = Object.keys(hashes).filter((name) => name !== CHECKSUMS && name !== SIGNATURE)
  const differing = [...new Set([...present, ...Object.keys(listed)])].filter((name) => hashes[name] !== listed[name])
  if (differing.length > 0) return { failed: `${differing.join(', ')}: not as ${CHECKSUMS} says` }
  return `${present.length} files, each as ${CHECKSUMS} says`
}

/** Without a key to check it with, a signature says nothing; with a key, an artifact has to have one. */
export function signatureFinding(sums: Buffer | undefined, signature: Buffer | undefined, key: VerifyingKey | null) {
  if (key === null) {
    const mend = 'give the public key with --key'
    return { skipped: signature === undefined ? 'there is none' : `there is one, and nothing to check it with; ${mend}` }
  }
  if (signature === undefined || sums === undefined) return { failed: 'there is none' }
  if (key.isSignatureOf(signature, sums)) return `made with key ${key.id}`
  return { failed: `it was not made with key ${key.id}, or not of this ${CHECKSUMS}` }
}

function copiesFinding(files: ReadonlyMap<string, Buffer>, bundle: Bundle) {
  const differing = COPIED.filter((name) => files.get(name)?.equals(bundle.read(name)) !== true)
  if (differing.length > 0) return { failed: `${differing.join(', ')}: other than in the executable` }
  return `${COPIED.join(' and ')} are those in the executable`
}

function sbomFinding(bytes: Buffer | undefined, executableSha256: string) {
  if (bytes === undefined) return { failed: 'there is none' }
  const { metadata, components } = JSON.parse(bytes.toString()) as {
    readonly metadata: { readonly component: { readonly hashes: readonly { readonly content: string }[] } }
    readonly components: readonly unknown[]
  }
  if (metadata.component.hashes[0]?.content !== executableSha256) return { failed: 'it is that of another executable' }
  return `${components.length} components, for this executable`
}
