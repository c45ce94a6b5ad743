import { gzipSync } from 'node:zlib'
import { isFailure } from '../../src/failure.ts'
import type { Columns } from '../../src/readings/columns.ts'
import type { ReadingsSetup } from '../../src/readings/open.ts'
import { noteLine } from '../../src/readings/tally.ts'
import { COLUMNS, HEADER, inFolder, NOW_MS, readAll, setupWith, writeStill } from './batch.ts'

/** A kind of malformed input and what becomes of it, in the words of `outcomeOf`. */
export interface Malformed {
  readonly kind: string
  /** null: there is no such file, but one named `batch.csv`. */
  readonly input: string | Uint8Array | null
  readonly outcome: string
  readonly columns?: Partial<Columns>
  readonly setup?: Partial<ReadingsSetup>
  /** The file was written to a second ago. */
  readonly beingWritten?: true
}

const T0 = '2024-06-01 00:00'
const T1 = '2024-06-01 00:01'
const T2 = '2024-06-01 00:02'
const GOOD = `${HEADER}${T0},50,30,6\n${T1},51,30,6\n`
const SHIFTED = 'Power (kW),timestamp,Flow (m3/h),Head (m)\n'
const bytes = (...pieces: readonly (string | Uint8Array)[]) => Buffer.concat(pieces.map((piece) => Buffer.from(piece)))
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()
const withCell = (cell: string) => `${GOOD}${T2},${cell},30,6\n`
const channels = { vibration: { column: 'Vib', unit: 'mm/s' } }
const pump = { column: 'Well', value: 'Well 1' }
const minutes = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${new Date(Date.UTC(2024, 5, 1, 0, from + i)).toISOString()},50,30,6\n`).join('')

const WHOLE_FILES: readonly Malformed[] = [
  { kind: 'no such file', input: null, outcome: 'exit 65: batsh.csv: does not exist; did you mean batch.csv?' },
  { kind: 'empty file', input: '', outcome: 'exit 65: batch.csv: is empty; check what writes it' },
  {
    kind: 'blank lines only',
    input: '\n\r\n  \n',
    outcome: 'exit 65: batch.csv: holds nothing but blank lines; check what writes it',
  },
  { kind: 'header only', input: HEADER, outcome: 'exit 65: batch.csv: has a header and no rows; check what writes it' },
  {
    kind: 'header only, without line end',
    input: HEADER.trim(),
    outcome: 'exit 65: batch.csv: has a header and no rows; check what writes it',
  },
  {
    kind: 'torn header of a file that is being written',
    input: 'timestamp,Flow (m',
    beingWritten: true,
    outcome: 'exit 65: batch.csv: has no complete line yet; run again when it is written',
  },
  { kind: 'gzip', input: gzipSync(GOOD), outcome: 'exit 65: batch.csv: is not text (gzip; unpack it first); give a CSV file' },
  {
    kind: 'Excel workbook',
    input: bytes(
      'PK\u0003\u0004',
      Uint8Array.from({ length: 300 }, (_, i) => (i * 73) % 256),
    ),
    outcome: 'exit 65: batch.csv: is not text (a ZIP or an Excel workbook; unpack it or export it as CSV); give a CSV file',
  },
  {
    kind: 'binary garbage',
    input: Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 256),
    outcome: 'exit 65: batch.csv: is not text (control character 0x00 near its start); give a CSV file',
  },
  {
    kind: 'all zero bytes',
    input: new Uint8Array(4096),
    outcome: 'exit 65: batch.csv: is not text (control character 0x00 near its start); give a CSV file',
  },
  {
    kind: 'web page',
    input: '<!DOCTYPE html>\n<html><body>Sign in</body></html>\n',
    outcome:
      'exit 65: batch.csv line 1: is no header ("<!DOCTYPE html>"): it has no column "timestamp"; give a file with the columns of columns.json',
  },
  {
    kind: 'JSON',
    input: '[{"timestamp":"2024-06-01","flow":50}]\n',
    outcome:
      'exit 65: batch.csv line 1: is no header ("[{"timestamp":"2024-06-01","flow":50}]"): it has no column "timestamp"; give a file with the columns of columns.json',
  },
  {
    kind: 'every row bad',
    input: `${HEADER}${T0},n/a,30,6\n${T1},-,30,6\n`,
    outcome:
      'exit 65: batch.csv line 2, column "Flow (m3/h)": "n/a" is no value, and none of the 2 rows can be read; correct the file, or columns.json if it describes another format',
  },
]

const HEADERS: readonly Malformed[] = [
  {
    kind: 'missing column',
    input: GOOD.replace('Flow (m3/h)', 'Flow (m3/s)'),
    outcome:
      'exit 65: batch.csv line 1: has no column "Flow (m3/h)"; the nearest is "Flow (m3/s)": correct the file or columns.json',
  },
  {
    kind: 'missing timestamp column',
    input: GOOD.replace('timestamp', 'when'),
    outcome: 'exit 65: batch.csv line 1: has no column "timestamp"; give a file with the columns of columns.json',
  },
  {
    kind: 'column that stands twice',
    input: GOOD.replace('Head (m)', 'Flow (m3/h)').replace('Power (kW)', 'Head (m),Power (kW)'),
    outcome: 'exit 65: batch.csv line 1: column "Flow (m3/h)" stands 2 times (2, 3); rename all but one',
  },
  { kind: 'header in other case and spacing', input: GOOD.replace('Flow (m3/h)', ' FLOW(M3/H) '), outcome: '2 read' },
  { kind: 'superscript in the header', input: GOOD.replace('m3', 'm³'), outcome: '2 read' },
  { kind: 'line break inside a quoted header', input: GOOD.replace('Flow (m3/h)', '"Flow\n(m3/h)"'), outcome: '2 read' },
  { kind: 'title lines before the header', input: `Site 12\nExported 2024-06-02, by nobody\n\n${GOOD}`, outcome: '2 read' },
  { kind: '`sep=;` before the header', input: `sep=;\n${GOOD.replaceAll(',', ';')}`, outcome: '2 read' },
  { kind: 'comment lines', input: `# logger 7\n${GOOD}# restarted\n${T2},52,30,6\n`, outcome: '3 read' },
  { kind: 'repeated header', input: `${GOOD}${HEADER}${T2},52,30,6\n`, outcome: '3 read, 1 header repeated' },
  {
    kind: 'repeated header with the columns in another order',
    input: `${GOOD}${SHIFTED}6,${T2},52,30\n`,
    outcome: '3 read, 1 header repeated',
  },
]

const FORMATS: readonly Malformed[] = [
  { kind: 'separated by `;`', input: GOOD.replaceAll(',', ';'), outcome: '2 read' },
  { kind: 'separated by tabs', input: GOOD.replaceAll(',', '\t'), outcome: '2 read' },
  { kind: 'separated by `|`', input: GOOD.replaceAll(',', '|'), outcome: '2 read' },
  {
    kind: 'another delimiter than the configured one',
    input: GOOD.replaceAll(',', ';'),
    columns: { delimiter: ',' },
    outcome:
      'exit 65: batch.csv line 1: is separated by ";", not by the configured ","; correct "delimiter" in columns.json and package again',
  },
  {
    kind: 'separated by `^`, which is not looked for',
    input: GOOD.replaceAll(',', '^'),
    outcome:
      'exit 65: batch.csv line 1: is no header ("timestamp^Flow (m3/h)^Head (m)^Power (k…"): it has no column "timestamp"; give a file with the columns of columns.json',
  },
  { kind: 'UTF-8 with byte order mark', input: `\ufeff${GOOD}`, outcome: '2 read' },
  { kind: 'UTF-16, little endian', input: Buffer.from(`\ufeff${GOOD}`, 'utf16le'), outcome: '2 read' },
  { kind: 'UTF-16, big endian', input: bigEndian(`\ufeff${GOOD}`), outcome: '2 read' },
  { kind: 'UTF-16 without byte order mark', input: Buffer.from(GOOD, 'utf16le'), outcome: '2 read' },
  { kind: 'Windows-1252', input: Buffer.from(GOOD.replace('m3', 'm³'), 'latin1'), outcome: '2 read' },
  { kind: 'CRLF', input: GOOD.replaceAll('\n', '\r\n'), outcome: '2 read' },
  { kind: 'CR alone', input: GOOD.replaceAll('\n', '\r'), outcome: '2 read' },
  { kind: 'LF and CRLF mixed', input: `${GOOD}${T2},52,30,6\r\n`, outcome: '3 read' },
  { kind: 'every cell quoted', input: GOOD.replaceAll(/[^,\n]+/g, '"$&"'), outcome: '2 read' },
  { kind: 'blank lines between rows', input: GOOD.replaceAll('\n', '\n\n'), outcome: '2 read' },
  { kind: 'trailing delimiters', input: `${GOOD}${T2},52,30,6,,,\n`, outcome: '3 read' },
  { kind: 'trailing delimiters, in the header too', input: GOOD.replaceAll('\n', ',,\n'), outcome: '2 read' },
  { kind: 'rows of delimiters only', input: `${GOOD},,,\n,,,\n`, outcome: '2 read' },
]

const ROWS: readonly Malformed[] = [
  {
    kind: 'row with too few cells',
    input: `${GOOD}${T2},52\n`,
    outcome: `2 read, 1 bad (batch.csv line 4: "${T2} 52" has 2 of 4 cells)`,
  },
  {
    kind: 'row without the last cells, which nobody reads',
    input: `${HEADER.trim()},note,by\n${T0},50,30,6,,\n${T1},51,30,6,x\n`,
    outcome: '2 read',
  },
  {
    kind: 'row that ends with the last cell that is read, which may be torn',
    input: `${HEADER.trim()},note,by\n${T0},50,30,6,,\n${T1},51,30,6\n`,
    outcome: `1 read, 1 bad (batch.csv line 3: "${T1} 51 30 6" has 4 of 6 cells)`,
  },
  {
    kind: 'two rows run together after a power cut',
    input: `${GOOD}${T2},5${T2},52,30,6\n`,
    outcome: `2 read, 1 bad (batch.csv line 4: "${T2} 5${T2} 52 3…" has 5 cells, the header 4)`,
  },
  {
    kind: 'last line torn, being written',
    input: `${GOOD}${T2},52,3`,
    beingWritten: true,
    outcome: '2 read, last line left for the next run',
  },
  {
    kind: 'last line torn, still for 10 s',
    input: `${GOOD}${T2},52,3`,
    outcome: `2 read, 1 bad (batch.csv line 4: "${T2} 52 3" has 3 of 4 cells)`,
  },
  { kind: 'last line whole without line end, still for 10 s', input: GOOD.trim(), outcome: '2 read' },
  {
    kind: 'last line whole without line end, being written',
    input: GOOD.trim(),
    beingWritten: true,
    outcome: '1 read, last line left for the next run',
  },
  {
    kind: 'zero bytes in the middle (power cut)',
    input: `${GOOD}${'\0'.repeat(4096)}${T2},52,30,6\n2024-06-01 00:03,53,30,6\n`,
    outcome: `3 read, 1 bad (batch.csv line 4, column "timestamp": "${'\\x00'.repeat(39)}…" is no timestamp)`,
  },
  {
    kind: 'zero bytes at the end (power cut)',
    input: `${GOOD}${'\0'.repeat(64)}`,
    outcome: `2 read, 1 bad (batch.csv line 4, column "timestamp": "${'\\x00'.repeat(39)}…" is no timestamp)`,
  },
  {
    kind: 'line longer than 256 KiB',
    input: `${GOOD}${'x'.repeat(600_000)}\n${T2},52,30,6\n`,
    outcome: `3 read, 1 bad (batch.csv line 4: "${'x'.repeat(39)}…" is longer than a row can be)`,
  },
  {
    kind: 'quote that is not closed',
    input: `${HEADER}${T0},50,30,6\n${T1},"51,30,6\n${T2},52,30,6\n`,
    outcome: `2 read, 1 bad (batch.csv line 3: "${T1},"51,30,6" has a quote that is not closed)`,
  },
  {
    kind: 'quote that is not closed in the last line',
    input: `${GOOD}${T2},52,30,"6`,
    outcome: `2 read, 1 bad (batch.csv line 4: "${T2},52,30,"6" has a quote that is not closed)`,
  },
  {
    kind: 'a byte that is no UTF-8',
    input: bytes(GOOD.replace('m3', 'm³'), `${T2},5`, Uint8Array.of(0xff), ',30,6\n'),
    outcome: '2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "5\ufffd" is no number)',
  },
  {
    kind: 'a byte that is no ASCII',
    input: bytes(GOOD, `${T2},5`, Uint8Array.of(0xff), ',30,6\n'),
    outcome: '2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "5ÿ" is no number)',
  },
]

const CELLS: readonly Malformed[] = [
  ...['Bad', 'NaN', '---', '#N/A', 'null', 'I/O Timeout'].map(
    (cell): Malformed => ({
      kind: `cell \`${cell}\``,
      input: withCell(cell),
      outcome: `2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "${cell}" is no value)`,
    }),
  ),
  { kind: 'empty cell', input: withCell(''), outcome: '2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "" is empty)' },
  ...['52 m3/h', '0x34', '5O', '٥٢', '1.2.3', 'Infinity', 'true'].map(
    (cell): Malformed => ({
      kind: `cell \`${cell}\``,
      input: withCell(cell),
      outcome: `2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "${cell}" is no number)`,
    }),
  ),
  {
    kind: 'cell `1e999`',
    input: withCell('1e999'),
    outcome: '2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "1e999" is too large a number)',
  },
  { kind: 'blanks around a number', input: withCell('  52 '), outcome: '3 read' },
  { kind: 'minus sign of typographers', input: withCell('\u22125'), outcome: '3 read' },
  { kind: 'thousands grouped without doubt', input: withCell('"1,234.5"'), outcome: '3 read' },
  {
    kind: 'thousands or a decimal comma, nobody knows',
    input: withCell('"1,234"'),
    outcome: '2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "1,234" is no number with the decimal sign ".")',
  },
  {
    kind: 'decimal comma in a comma-separated file',
    input: `${GOOD}${T2},52,5,30,1,6,0\n`,
    outcome: `2 read, 1 bad (batch.csv line 4: "${T2} 52 5 30 1 6 0" has 7 cells, the header 4 (a decimal comma?))`,
  },
  {
    kind: 'decimal comma, configured',
    input: `${GOOD.replaceAll(',', ';')}${T2};52,5;"1.030,5";6\n`,
    columns: { decimal: ',' },
    outcome: '3 read',
  },
  {
    kind: 'decimal point where the comma is configured',
    input: `${GOOD.replaceAll(',', ';')}${T2};52.5;30;6\n`,
    columns: { decimal: ',' },
    outcome: '2 read, 1 bad (batch.csv line 4, column "Flow (m3/h)": "52.5" is no number with the decimal sign ",")',
  },
  {
    kind: 'empty cell of a channel',
    input: `timestamp,Flow (m3/h),Head (m),Power (kW),Vib\n${T0},50,30,6,\n${T1},50,30,6,Bad\n`,
    columns: { channels },
    outcome: '2 read, 2 cells of channels empty',
  },
  {
    kind: 'garbage in a cell of a channel',
    input: `timestamp,Flow (m3/h),Head (m),Power (kW),Vib\n${T0},50,30,6,2.1\n${T1},50,30,6,2.x\n`,
    columns: { channels },
    outcome: '1 read, 1 bad (batch.csv line 3, column "Vib": "2.x" is no number)',
  },
]

const badStamp = (stamp: string, what: string): string =>
  `2 read, 1 bad (batch.csv line 4, column "timestamp": "${stamp}" ${what})`

const TIMESTAMPS: readonly Malformed[] = [
  { kind: 'empty timestamp', input: `${GOOD},52,30,6\n`, outcome: badStamp('', 'is empty') },
  { kind: 'timestamp that is none', input: `${GOOD}yesterday,52,30,6\n`, outcome: badStamp('yesterday', 'is no timestamp') },
  {
    kind: 'day that does not exist',
    input: `${GOOD}2024-02-30 00:00,52,30,6\n`,
    outcome: badStamp('2024-02-30 00:00', 'is no timestamp'),
  },
  { kind: 'hour 25', input: `${GOOD}2024-06-01 25:00,52,30,6\n`, outcome: badStamp('2024-06-01 25:00', 'is no timestamp') },
  { kind: 'hour 24', input: `${GOOD}2024-06-01 24:00,52,30,6\n`, outcome: '3 read' },
  {
    kind: 'seconds since 1970, not configured',
    input: `${GOOD}1717200000,52,30,6\n`,
    outcome: badStamp('1717200000', 'looks like seconds since 1970: set the timestamp format epoch_s'),
  },
  {
    kind: 'milliseconds since 1970, not configured',
    input: `${GOOD}1717200000000,52,30,6\n`,
    outcome: badStamp('1717200000000', 'looks like milliseconds since 1970: set the timestamp format epoch_ms'),
  },
  {
    kind: 'date number of a spreadsheet',
    input: `${GOOD}45444.25,52,30,6\n`,
    outcome: badStamp('45444.25', 'looks like a date number of a spreadsheet: export the column as text'),
  },
  {
    kind: 'another format than the configured one',
    input: `${HEADER}01.06.2024 00:00,50,30,6\n01.06.2024 00:01,50,30,6\n2024-06-01 00:02,50,30,6\n`,
    columns: { timestamp_format: 'DD.MM.YYYY HH:mm' },
    outcome: badStamp('2024-06-01 00:02', 'is no timestamp of the form DD.MM.YYYY HH:mm'),
  },
  {
    kind: 'day first in a file that has the month first',
    input: `${HEADER}06/13/2024 00:00,50,30,6\n06/14/2024 00:00,50,30,6\n15/06/2024 00:00,50,30,6\n`,
    outcome: badStamp('15/06/2024 00:00', 'has the day first, the rest of the file has not'),
  },
  { kind: 'day first throughout', input: `${HEADER}12/06/2024 0:00,50,30,6\n13/06/2024 0:00,50,30,6\n`, outcome: '2 read' },
  {
    kind: 'day or month first, nothing tells',
    input: `${HEADER}06/01/2024 00:00,50,30,6\n`,
    outcome:
      '1 read, warning: batch.csv: whether "06/01/2024 00:00" has the month or the day first cannot be told, the month is taken; set the timestamp format in columns.json',
  },
  {
    kind: 'time that a change to daylight time leaves out',
    input: `${HEADER}2024-03-31 01:59,50,30,6\n2024-03-31 02:30,50,30,6\n`,
    columns: { time_zone: 'Europe/Berlin' },
    outcome: '2 read',
  },
  {
    kind: 'hour that the end of daylight time repeats',
    input: `${HEADER}2024-10-27 02:00,50,30,6\n2024-10-27 02:59,50,30,6\n2024-10-27 02:00,50,30,6\n2024-10-27 02:59,50,30,6\n`,
    columns: { time_zone: 'Europe/Berlin' },
    outcome: '4 read',
  },
]

const ORDER: readonly Malformed[] = [
  {
    kind: 'same instant twice',
    input: `${GOOD}${T1},99,30,6\n`,
    outcome: `2 read, 1 duplicate (batch.csv line 4, column "timestamp": "${T1}" stands twice; the first row counts)`,
  },
  { kind: 'rows in reverse order', input: `${HEADER}${T2},52,30,6\n${T1},51,30,6\n${T0},50,30,6\n`, outcome: '3 read' },
  {
    kind: 'row more than 1,000 rows late',
    input: `${HEADER}${minutes(1, 1500)}${minutes(0, 1)}`,
    outcome:
      '1500 read, 1 late (batch.csv line 1502, column "timestamp": "2024-06-01T00:00:00.000Z" comes more than 1000 rows after newer ones)',
  },
  {
    kind: "stamp more than a day after the device's clock",
    input: `${GOOD}2025-01-02 00:01,52,30,6\n`,
    outcome:
      '2 read, 1 future (batch.csv line 4, column "timestamp": "2025-01-02 00:01" is more than a day after this device\'s clock)',
  },
  {
    kind: 'the same while the clock is before the build',
    input: `${GOOD}2025-01-02 00:01,52,30,6\n`,
    setup: { buildTimeMs: NOW_MS + 1 },
    outcome: '3 read',
  },
  {
    kind: 'stamp of 2038 while the clock is before the build',
    input: `${GOOD}2038-01-19 03:14,52,30,6\n`,
    setup: { buildTimeMs: NOW_MS + 1 },
    outcome:
      '2 read, 1 future (batch.csv line 4, column "timestamp": "2038-01-19 03:14" is more than five years after all that was judged and the program\'s build; this device\'s clock is wrong)',
  },
  {
    kind: 'rows at or before the watermark, one of them bad',
    input: `${HEADER}${T0},Bad,30,6\n${T1},51,30,6\n${T2},52,30,6\n`,
    setup: { watermarkMs: Date.UTC(2024, 5, 1, 0, 1) },
    outcome: '1 read, 2 judged before',
  },
  {
    kind: 'rows of other pumps',
    input: `Well,${HEADER}Well 1,${T0},50,30,6\nWell 2,${T0},99,x,6\n`,
    columns: { pump },
    outcome: '1 read, 1 of other pumps',
  },
  {
    kind: 'row that names no pump',
    input: `Well,${HEADER}Well 1,${T0},50,30,6\n,${T1},51,30,6\n`,
    columns: { pump },
    outcome: '1 read, 1 bad (batch.csv line 3, column "Well": "" names no pump)',
  },
  {
    kind: 'row that ends before its pump',
    input: `${HEADER.trim()},Well\n${T0},50,30,6,Well 1\n${T1},51\n`,
    columns: { pump },
    outcome: '1 read, 1 bad (batch.csv line 3: "2024-06-01 00:01 51" has 2 of 5 cells)',
  },
  {
    kind: 'rows of other pumps only',
    input: `Well,${HEADER}Well 2,${T0},50,30,6\nWell 3,${T0},99,30,6\n`,
    columns: { pump },
    outcome: '0 read, 2 of other pumps, warning: batch.csv: no row has "Well 1" in column "Well", only Well 2, Well 3',
  },
]

export const MALFORMED: readonly Malformed[] = [
  ...WHOLE_FILES,
  ...HEADERS,
  ...FORMATS,
  ...ROWS,
  ...CELLS,
  ...TIMESTAMPS,
  ...ORDER,
]

/** Reads a malformed input as a run would, and says what became of it. */
export async function outcomeOf({ input, columns, setup, beingWritten }: Malformed): Promise<string> {
  return inFolder(async (cwd) => {
    await writeStill(`${cwd}/batch.csv`, input ?? GOOD, beingWritten ? 1000 : undefined)
    try {
      const name = input === null ? 'batsh.csv' : 'batch.csv'
      const { readings, tally } = await readAll(name, setupWith({ cwd, columns: { ...COLUMNS, ...columns }, ...setup }))
      const counts: (readonly [number, string])[] = [
        [tally.bad, 'bad'],
        [tally.duplicates, 'duplicate'],
        [tally.late, 'late'],
        [tally.future, 'future'],
      ]
      return [
        `${readings.length} read`,
        ...counts
          .filter(([count]) => count > 0)
          .map(([count, name]) => `${count} ${name} (${tally.notes.map(noteLine).join('; ')})`),
        ...(tally.alreadyJudged > 0 ? [`${tally.alreadyJudged} judged before`] : []),
        ...(tally.otherPump > 0 ? [`${tally.otherPump} of other pumps`] : []),
        ...(tally.repeatedHeaders > 0 ? [`${tally.repeatedHeaders} header repeated`] : []),
        ...(tally.emptyCells > 0 ? [`${tally.emptyCells} cells of channels empty`] : []),
        ...(tally.unfinished > 0 ? ['last line left for the next run'] : []),
        ...tally.warnings.map((warning) => `warning: ${warning}`),
      ].join(', ')
    } catch (error) {
      if (!isFailure(error)) throw error
      return `exit ${error.exitCode}: ${error.message}`
    }
  })
}
