import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { MISTAKES, MISTAKES_IN_PLACE, RIGHT } from './mistakes.ts'
import { biomeFindings, projectOf, REPOSITORY } from './project.ts'

const PLANTS = [
  ...Object.entries(MISTAKES).map(([rule, text]) => [rule, `plants/${rule}.ts`, text] as const),
  ...MISTAKES_IN_PLACE,
]

describe('a project with one mistake per rule', () => {
  const project = projectOf({ ...RIGHT, ...Object.fromEntries(PLANTS.map(([, file, text]) => [file, `${text}\n`])) })
  afterAll(project.remove)
  const { findings, exitCode } = biomeFindings(project)

  test.each(PLANTS)('%s is found in %s', (rule, file) => {
    expect(findings.filter((finding) => finding.file === file).map((finding) => finding.rule)).toContain(rule)
  })

  test('fails the check', () => {
    expect(exitCode).toBe(1)
  })
})

test('the same project without the mistakes passes the check', () => {
  const project = projectOf(RIGHT)
  const outcome = biomeFindings(project)
  project.remove()
  expect(outcome).toEqual({ findings: [], exitCode: 0 })
})

test('every rule that biome.json turns on by name has its mistake', () => {
  const { linter } = JSON.parse(readFileSync(join(REPOSITORY, 'biome.json'), 'utf8')) as {
    linter: { rules: Record<string, Record<string, unknown>> }
  }
  const { preset: _, ...groups } = linter.rules
  const rules = Object.values(groups).flatMap((group) => Object.keys(group).filter((rule) => group[rule] !== 'off'))
  const planted = new Set(PLANTS.map(([rule]) => rule))
  expect(rules.length).toBeGreaterThan(40)
  expect(rules.filter((rule) => !planted.has(rule))).toEqual([])
})
