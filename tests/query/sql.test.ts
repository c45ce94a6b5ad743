import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { comparisonDifferences, statisticsDifferences } from './agreement.ts'
import { fleetAnomalies } from './fleet.ts'
import { startWorld, type World } from './world.ts'

const GAP_MS = 2 * 3_600_000
const WINDOW_MS = 600_000
let world: World

beforeAll(async () => {
  world = await startWorld(fleetAnomalies({ pumps: 40, anomalies: 20_000, seed: 7 }))
})
afterAll(() => world.close())

async function figures(command: string) {
  const { code, stdout, stderr } = await world.query([command, '--limit', '9999', '--format', 'json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

describe('of 20,000 anomalies', () => {
  test('stats agrees to 1e-9 with SQL straight on the database', async () => {
    expect(statisticsDifferences(await figures('stats'), world.database, GAP_MS)).toEqual([])
  })

  test('compare agrees to 1e-9 with SQL straight on the database', async () => {
    const found = await figures('compare')
    expect(found.shared.events.length).toBeGreaterThan(10)
    expect(comparisonDifferences(found, world.database, GAP_MS, WINDOW_MS)).toEqual([])
  })

  test('one anomaly less in the database is noticed', async () => {
    const [stats, compared] = [await figures('stats'), await figures('compare')]
    const db = new DatabaseSync(world.database)
    db.exec('delete from anomalies where id = 10007')
    db.close()
    expect(statisticsDifferences(stats, world.database, GAP_MS)).not.toEqual([])
    expect(comparisonDifferences(compared, world.database, GAP_MS, WINDOW_MS)).not.toEqual([])
  })
})
