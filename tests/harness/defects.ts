/** A mistake that somebody might make one day, as a replacement of text, and the tests that must notice it. */
export interface Defect {
  readonly name: string
  readonly file: string
  /** Each `from` must occur in the file. */
  readonly changes: readonly { readonly from: string; readonly to: string }[]
  readonly seenBy: string
}

const DURABLE = 'src/state/durable.ts'
const SYNC_FILE = '      fsyncSync(fd)\n'

export const DEFECTS: readonly Defect[] = [
  {
    name: 'a file is not synced',
    file: DURABLE,
    changes: [{ from: SYNC_FILE, to: '' }],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'a directory is not synced',
    file: DURABLE,
    changes: [{ from: '    fsyncSync(fd)\n  } catch', to: '  } catch' }],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'a file is renamed before it is synced',
    file: DURABLE,
    changes: [
      { from: SYNC_FILE, to: `      renameSync(temporary, target)\n${SYNC_FILE}` },
      { from: '    publish: () => {\n      renameSync(temporary, target)\n', to: '    publish: () => {\n' },
    ],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'a file is written in place',
    file: DURABLE,
    changes: [
      { from: 'openTemporary(temporary, target, options.mode ?? 0o666)', to: "openSync(target, 'w', options.mode ?? 0o666)" },
      { from: '      renameSync(temporary, target)\n', to: '' },
    ],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'the state is saved before the anomalies are spooled',
    file: 'tests/harness/journey.ts',
    changes: [
      {
        from: '    for (const record of fresh) {\n      spool.add(record)',
        to: '    if (fresh.length > 0) saveState(directory, JOURNEY_OWNER, { ...state, watermark_ms: Math.max(...fresh.map(({ timestamp }) => Date.parse(timestamp))) })\n    for (const record of fresh) {\n      spool.add(record)',
      },
    ],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'the state is saved before the folder of the anomalies is synced',
    file: 'tests/harness/journey.ts',
    changes: [{ from: '    spool.settle()\n', to: '' }],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'an anomaly that a killed run left is taken for safe',
    file: 'src/delivery/spool.ts',
    changes: [
      { from: '      isSettled = false\n', to: '' },
      { from: '      writeDurably(join(unsent', to: '      isSettled = false\n      writeDurably(join(unsent' },
    ],
    seenBy: 'tests/harness/crash-states.test.ts',
  },
  {
    name: 'an anomaly is removed before the API has answered',
    file: 'src/delivery/deliver.ts',
    changes: [
      {
        from: '  const sendings = await',
        to: '  for (const { marked } of leaving) spool.remove(marked)\n  const sendings = await',
      },
    ],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'an anomaly stays after the API has acknowledged it',
    file: 'src/delivery/settlement.ts',
    changes: [{ from: '        spool.remove(entry)\n', to: '' }],
    seenBy: 'tests/delivery/deliver.test.ts',
  },
  {
    name: 'the key carries the time of the attempt',
    file: 'src/delivery/sending.ts',
    changes: [
      {
        from: 'anomaly.record.metadata.idempotencyKey, limits()',
        to: '`${anomaly.record.metadata.idempotencyKey}-${performance.now()}`, limits()',
      },
    ],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'the body says which attempt it is',
    file: 'src/delivery/sending.ts',
    changes: [
      { from: 'api.post(anomaly.body,', to: 'api.post(anomaly.body.replace("}", `,"try":${mayBeStored || sentBefore}}`),' },
    ],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'no note is made before a request leaves',
    file: 'src/delivery/spool.ts',
    changes: [{ from: 'renameTo(entry, entry.tries + 1)', to: 'renameTo(entry, entry.tries)' }],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'nobody looks whether an unanswered request was stored',
    file: 'src/delivery/sending.ts',
    changes: [{ from: 'if (sentBefore || mayBeStored) {', to: 'if (sentBefore && mayBeStored && anomaly.body === "") {' }],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'the name of a waiting file lacks the id',
    file: 'src/delivery/spool-file.ts',
    changes: [{ from: '_${status}_${id}', to: '_${status}_${id.slice(0, 8)}' }],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'any answer of 200 is an acknowledgement',
    file: 'src/delivery/classify.ts',
    changes: [
      { from: 'if (recordId !== null) return', to: 'if (recordId !== "") return' },
      { from: "kind: 'accepted', recordId }", to: "kind: 'accepted', recordId: String(recordId) }" },
    ],
    seenBy: 'tests/delivery/histories.test.ts',
  },
  {
    name: 'a refusal of the token blames the anomaly',
    file: 'src/delivery/classify.ts',
    changes: [{ from: '    case 400:\n', to: '    case 400:\n    case 401:\n' }],
    seenBy: 'tests/delivery/deliver.test.ts',
  },
  {
    name: 'three refusals in a row set the anomalies aside',
    file: 'src/delivery/settlement.ts',
    changes: [{ from: 'MOST_REFUSALS = 3', to: 'MOST_REFUSALS = 1000' }],
    seenBy: 'tests/delivery/deliver.test.ts',
  },
  {
    name: 'a full spool gives up the newest',
    file: 'src/delivery/spool-file.ts',
    changes: [{ from: 'return a.timeMs - b.timeMs ||', to: 'return b.timeMs - a.timeMs ||' }],
    seenBy: 'tests/delivery/spool.test.ts',
  },
  {
    name: 'the checksum of the state is not looked at',
    file: 'src/state/state-file.ts',
    changes: [
      {
        from: "if (checksumOf(head, payload) !== checksum) return { kind: 'damaged' }",
        to: "if (checksum === undefined) return { kind: 'damaged' }",
      },
    ],
    seenBy: 'tests/state/state-file.test.ts',
  },
  {
    name: 'a damaged state pushes out the sound one before it',
    file: 'src/state/state-file.ts',
    changes: [{ from: "if (read(path).kind === 'sound')", to: "if (read(path).kind !== 'missing')" }],
    seenBy: 'tests/state/state-file.test.ts',
  },
  {
    name: 'a circuit opened under a wrong clock stays open for years',
    file: 'src/delivery/policy.ts',
    changes: [{ from: 'own.openedAt <= nowMs ? own.openedAt : 0', to: 'own.openedAt' }],
    seenBy: 'tests/delivery/policy.test.ts',
  },
  {
    name: 'the circuit is not kept between runs',
    file: 'src/delivery/policy.ts',
    changes: [{ from: 'initialState: earlier.breaker', to: '' }],
    seenBy: 'tests/delivery/policy.test.ts',
  },
]
