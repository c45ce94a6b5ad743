import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'
import { hostTarget, NODE_VERSION, TARGETS } from './targets.ts'

/** Somebody else's work inside the executable, and the text under which it may be passed on. */
export interface ThirdParty {
  readonly name: string
  readonly version: string
  /** SPDX identifier; null: a text that names several licences. */
  readonly licence: string | null
  readonly text: string
}

const ONNX_RUNTIME = 'onnxruntime-node'
const MODULES = join(ROOT, 'node_modules')

/** Node, ONNX Runtime and the npm packages of the program, with their texts. */
export function thirdParties(packages: readonly string[]): readonly ThirdParty[] {
  return [node(), onnxRuntime(), ...packages.map(npmPackage)]
}

/** `THIRD_PARTY_LICENSES.txt` of an artifact. */
export function licenceTexts(parties: readonly ThirdParty[]): string {
  const line = '='.repeat(78)
  const sections = parties.map(({ name, version, text }) => `${line}\n${name} ${version}\n${line}\n\n${text.trimEnd()}\n`)
  return `Software of others inside this executable, and its terms.\n\n${sections.join('\n')}`
}

export function npmVersion(name: string): string {
  return manifestOf(name).version
}

export function npmLicence(name: string): string {
  return manifestOf(name).license
}

function node(): ThirdParty {
  const host = hostTarget()
  if (host === null) throw new Error('Node is packaged on Linux, x64 or arm64')
  const text = readFileSync(join(MODULES, TARGETS[host].nodePackage, 'LICENSE'), 'utf8')
  return { name: 'Node.js', version: NODE_VERSION, licence: 'MIT', text }
}

/** Its npm packages leave out the text, so it is kept here, as its other packages of the same version bring it. */
function onnxRuntime(): ThirdParty {
  const version = npmVersion(ONNX_RUNTIME)
  const text = readFileSync(join(import.meta.dirname, 'licences', `onnxruntime-${version}.txt`), 'utf8')
  return { name: 'ONNX Runtime', version, licence: npmLicence(ONNX_RUNTIME), text }
}

function npmPackage(name: string): ThirdParty {
  const folder = join(MODULES, name)
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry))
  if (file === undefined) throw new Error(`${name} brings no licence text, and an executable with it may not be passed on`)
  return { name, version: npmVersion(name), licence: npmLicence(name), text: readFileSync(join(folder, file), 'utf8') }
}

function manifestOf(name: string): { readonly version: string; readonly license: string } {
  return JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8'))
}
