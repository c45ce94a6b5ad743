import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * Runs a program of this repository under the one Node that the lock file pins, whichever Node 20 or newer was at
 * hand: `node build/pinned-node.mjs FILE [ARGS]`, FILE as seen from the repository. npm 11 links the pinned Node into
 * node_modules/.bin, npm 10 does not when an optional package for another processor wants the same name.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The pinned Node of this machine; elsewhere than on Linux the Node at hand, if it runs TypeScript. */
function pinnedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`)
    return join(dirname(manifest), 'bin', 'node')
  } catch {
    if (process.features.typescript) return process.execPath
    process.stderr.write('pump-monitor: the pinned Node is missing; run npm ci, or use Node 24 where there is none\n')
    process.exit(78)
  }
}

/** Ends this process as the program ends. */
export function runPinned(file, args) {
  const node = pinnedNode()
  // ONNX Runtime reports its use to its makers unless it is told not to.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter), ORT_DISABLE_TELEMETRY: '1' }
  const child = spawn(node, [resolve(ROOT, file), ...args], { stdio: 'inherit', env })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === 'SIGINT' ? 2 : 15)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runPinned(process.argv[2], process.argv.slice(3))
