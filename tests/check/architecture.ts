/**
 * Who may import what, once more than in biome.json and in words that can be read at a glance. Everything may import
 * its own folder; `folder/*` is every file of a folder, `node:*` all of Node. What is not named here is forbidden.
 */
export const MAY_IMPORT: Readonly<Record<string, string>> = {
  // The shared files, and the workstation's table of commands.
  'src/planted.ts': 'command failure nearest problems schema-problems node:util zod/mini',
  'src/cli.ts': 'command commands failure nearest problems api/* baseline/* bundle/* import/* query/* training/* build/* node:*',

  // The device, in the order of the data. The first four are pure; that anomaly/ may hash is tested apart.
  'src/readings/planted.ts': 'failure nearest pump/quantities papaparse zod/mini',
  'src/readings/open.ts': 'failure nearest pump/quantities papaparse node:*',
  'src/readings/input-bytes.ts': 'failure nearest pump/quantities papaparse node:*',
  'src/readings/settle.ts': 'failure nearest pump/quantities papaparse node:*',
  'src/pump/planted.ts': 'nearest readings/reading readings/units zod/mini',
  'src/model/planted.ts': 'nearest pump/* zod/mini',
  'src/anomaly/planted.ts': 'pump/* model/prediction readings/reading',
  'src/state/planted.ts': 'failure node:*',
  'src/delivery/planted.ts':
    'failure anomaly/record state/durable state/output-failure state/read-text state/retention cockatiel node:*',
  'src/bundle/planted.ts':
    'failure nearest state/durable model/metadata model/onnx-runtime pump/baseline pump/tolerances readings/columns zod/mini node:*',
  'src/edge/planted.ts':
    'command commands failure nearest problems readings/* pump/* model/* anomaly/* state/* delivery/* bundle/* node:*',

  // The workstation.
  'src/training/planted.ts':
    'command failure nearest problems schema-problems baseline/inputs bundle/deployment anomaly/score-alarm readings/* pump/* model/* onnx-proto onnxruntime-node papaparse zod/mini node:*',
  'src/import/planted.ts': 'command failure delivery/* node:*',
  'src/baseline/planted.ts':
    'command failure nearest problems schema-problems bundle/deployment readings/* pump/* papaparse zod/mini node:*',
  'src/query/planted.ts':
    'command failure nearest problems schema-problems anomaly/record delivery/* pump/* readings/calendar readings/time-zone model/theil-sen state/durable cockatiel papaparse zod/mini node:*',
  'src/api/planted.ts':
    'command failure nearest anomaly/record pump/quantities pump/status fastify kysely kysely/migration pg prom-client zod/mini node:*',
  'build/planted.ts':
    'command commands failure nearest problems schema-problems delivery/api-address delivery/token readings/* pump/* model/* anomaly/* state/* bundle/* training/* query/* api/* fixtures/* @yao-pkg/pkg/lib-es5/sea.js esbuild jszip onnx-proto onnxruntime-node papaparse zod/mini node:*',
  'fixtures/planted.ts': 'command commands failure nearest readings/* pump/* model/* training/* node:*',
}

/** Folders that lie beside src/ and not in it. */
export const OUTSIDE_SRC = ['build', 'fixtures', 'tests'] as const
