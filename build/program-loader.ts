/** The piece that the program starts with. */
export const FIRST_PIECE = 'program.js'

/** Name of the asset with V8's code cache of a piece. */
const cacheName = (piece: string): string => `${piece}.cache`

/** What `loaderWith` is told of compiling: JavaScript that leaves a `script` of `code` and `file`. */
interface Compiling {
  readonly needs: string
  readonly compile: string
  /** Statements of `startThread`. */
  readonly thread: string
}

/**
 * Requires pieces by their names, each once, and what Node has by its own. A piece is a function, in ASCII, of `require`, of
 * `provide`, by which it says what it exports, and of `startThread`, by which it has a thread load it, too, and call its
 * `inThread`.
 */
function loaderWith({ needs, compile, thread }: Compiling): string {
  return `"use strict";
(function start(first) {
const { getRawAsset } = require("node:sea"), { Script } = require("node:vm"), loaded = {};
${needs}
function load(name) {
  if (!name.startsWith("./")) return require(name);
  if (loaded[name] === undefined) {
    const file = name.slice(2), exports = loaded[name] = {};
    const code = Buffer.from(getRawAsset(file)).latin1Slice();
    ${compile}
    script.runInThisContext()(load, (getters) => {
      for (const name in getters) Object.defineProperty(exports, name, { get: getters[name], enumerable: true });
    }, (workerData) => {
      ${thread}
    });
  }
  return loaded[name];
}
return load(first);
})("./${FIRST_PIECE}");
`
}

/** What runs first on a device. A piece without a code cache, or with one that V8 does not take, is compiled. */
export const LOADER = loaderWith({
  needs: `function cacheOf(file) { try { return new Uint8Array(getRawAsset(file + "${cacheName('')}")); } catch {} }`,
  compile: 'const script = new Script(code, { filename: file, cachedData: cacheOf(file) });',
  thread: `const { Worker } = require("node:worker_threads");
      return new Worker("(" + start + ")(" + JSON.stringify(name) + ").inThread()", { eval: true, workerData });`,
})

/**
 * Options of V8 and Node that every executable starts with.
 *
 * Without the first V8 draws a new seed for its hash tables at each start and sorts all of Node's by it, a tenth of the time
 * that Node takes to start. The seed is against who could send a server names of one hash by the thousands; who can do that
 * here can as well send a longer batch. Two are the size of the nursery for new objects [MB]: V8 starts with less, so that a
 * run of 24 readings has to tidy up, and goes on to 16 MB; smaller ones cost long runs time. The fourth has V8 wait for three
 * times as many calls before it compiles a function for the first time in a better way: a run of 24 readings is over before
 * that pays, and was a tenth longer for it. The rest leave out what a start would set up in vain: three of V8's four threads,
 * which take a tenth of a short run and give a long one nothing, a thread by which SIGUSR1 opens a debugger to whoever may
 * send it, and a handler for WebAssembly.
 *
 * Under any option of V8's it compiles anew what the program loads of Node's modules beyond those of the start: Node's crypto
 * takes 9 ms instead of 4, a run that sends 5 ms more in all. So nothing of the kind is loaded before it is needed.
 */
export const START_OPTIONS: readonly string[] = [
  '--no-rehash-snapshot',
  '--min-semi-space-size=4',
  '--max-semi-space-size=8',
  '--invocation-count-for-maglev=1200',
  '--v8-pool-size=1',
  '--disable-sigusr1',
  '--disable-wasm-trap-handler',
]

/**
 * V8 options of the training loader, each with its default. They end what happens to a function by and by: that its code
 * grows old, and that it is compiled in better ways.
 */
const TRAINING: readonly (readonly [option: string, usual: string])[] = [
  ['--no-flush-bytecode', '--flush-bytecode'],
  ['--turbo-filter=~', '--turbo-filter=*'],
  ['--maglev-filter=~', '--maglev-filter=*'],
  ['--no-sparkplug', '--sparkplug'],
]

export const TRAINING_OPTIONS: readonly string[] = [...START_OPTIONS, ...TRAINING.map(([option]) => option)]

/** Written beside the caches after the last of them. */
export const CACHES_COMPLETE = 'complete'

/**
 * The same for a run of which the compiled code is kept: it writes the caches into the folder that the environment
 * variable names. Its options are set back first, since V8 takes a cache only under the options it was made with. It then
 * ends itself by SIGKILL: its exit was seen to wait for ever for a thread of V8's that waited itself, most likely one that
 * compiles what those options had kept from it and wants garbage collected first.
 */
export const trainingLoader = (variable: string): string =>
  loaderWith({
    needs: `const scripts = {};
process.on("exit", (code) => {
  if (code !== 0) return;
  for (const option of ${JSON.stringify(TRAINING.map(([, usual]) => usual))}) require("node:v8").setFlagsFromString(option);
  for (const [file, script] of Object.entries(scripts))
    require("node:fs").writeFileSync(process.env["${variable}"] + "/" + file + "${cacheName('')}", script.createCachedData());
  require("node:fs").writeFileSync(process.env["${variable}"] + "/${CACHES_COMPLETE}", "");
  process.kill(process.pid, "SIGKILL");
});`,
    compile: 'const script = scripts[file] = new Script(code, { filename: file });',
    // It would leave its own caches, sooner or later than the program.
    thread: 'throw new Error("not while training");',
  })
