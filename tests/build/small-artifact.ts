import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeArtifact } from '../../build/artifact.ts'
import { type BuiltPump, buildPump } from '../../build/build-pump.ts'
import { bundleEntries } from '../../build/bundle-entries.ts'
import { readInputs } from '../../build/inputs.ts'
import { type BundleEntries, type ManifestFacts, withManifest } from '../../build/manifest.ts'
import { runtimePart } from '../../build/runtime-part.ts'
import { type SigningKey, signingKey } from '../../build/signature.ts'
import { stamp } from '../../build/stamp.ts'
import type { Command } from '../../src/command.ts'
import { runCommands } from '../../src/commands.ts'
import { WELL_1 } from '../binary/packaged.ts'
import { SMALL_RUNTIME } from './small-runtime.ts'

const BUILD_TIME = new Date('2026-01-02T03:04:06Z')

/** The workshop of a build with the small runtime. */
export async function smallWorkshop(folder: string, key: SigningKey | null = null) {
  const part = await runtimePart(SMALL_RUNTIME.path, { directory: join(folder, 'cache'), log: () => undefined })
  return { runtime: SMALL_RUNTIME, part, buildTime: BUILD_TIME, key, zip: true }
}

/** Well 1 behind the small runtime, as `pump-monitor package` writes it. */
export async function smallArtifact(
  folder: string,
  { version = '1.0.0', key = null, ...changes }: { version?: string; key?: SigningKey | null; config?: string } = {},
): Promise<BuiltPump> {
  const inputs = await readInputs({ pump: 'Well 1', ...WELL_1, embedToken: true, ...changes })
  return await buildPump(inputs, { version, executable: join(folder, `well1_v${version}`) }, await smallWorkshop(folder, key))
}

/** The same with something changed in its bundle, by somebody who knows the format: every hash is right again. */
export async function forged(
  folder: string,
  change: (entries: Record<string, Uint8Array>) => void,
  facts: Partial<ManifestFacts> = {},
): Promise<{ readonly executable: string; readonly artifact: string }> {
  const inputs = await readInputs({ pump: 'Well 1', ...WELL_1, embedToken: false })
  const name = 'well1_v1.0.0'
  const sound = bundleEntries(inputs, { version: '1.0.0', buildTime: BUILD_TIME, name }, SMALL_RUNTIME)
  const { 'manifest.json': manifest, ...entries } = sound
  change(entries)
  const known = JSON.parse(new TextDecoder().decode(manifest)) as ManifestFacts
  const changed: BundleEntries = withManifest(entries, { ...known, ...facts })
  const executable = join(folder, 'forged')
  const artifact = `${executable}.zip`
  const { part } = await smallWorkshop(folder)
  const bundle = await stamp({ runtime: SMALL_RUNTIME.path, entries: changed, output: executable, ownerOnly: false })
  await writeArtifact({
    runtime: SMALL_RUNTIME,
    part,
    entries: changed,
    bundle,
    name,
    ownerOnly: false,
    key: null,
    output: artifact,
  })
  return { executable, artifact }
}

/** A pair of Ed25519 keys as files. */
export function keyPair(
  folder: string,
  name: string,
): { readonly key: SigningKey | null; readonly privateFile: string; readonly publicFile: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const [privateFile, publicFile] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)]
  writeFileSync(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }))
  return { key: signingKey(privateFile, {}, '/'), privateFile, publicFile }
}

/** What a command may touch, and what it has said. */
export function captured(cwd = '/') {
  const text = { stdout: '', stderr: '' }
  const io = {
    stdout: (part: string) => {
      text.stdout += part
    },
    stderr: (part: string) => {
      text.stderr += part
    },
    cwd,
    env: {},
  }
  return { io, text }
}

/** Runs a command of the workstation program in this process. */
export async function call(command: Command, args: readonly string[], cwd = '/') {
  const { io, text } = captured(cwd)
  const table = {
    program: 'pump-monitor',
    purpose: '',
    commands: { it: { does: '', load: async () => command } },
    fallback: null,
  }
  const code = await runCommands(table, ['it', ...args], io)
  return { code, ...text }
}
