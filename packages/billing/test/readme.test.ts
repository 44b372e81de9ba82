// The README's example is run, and prints what its comments say.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as billing from '../src/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const example = /^```ts example\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? ''

test('the example prints what its comments say', () => {
  const folder = mkdtempSync(fileURLToPath(new URL('../.readme-', import.meta.url)))
  try {
    const file = join(folder, 'example.ts')
    writeFileSync(
      file,
      example.replace("'@tierbook/billing'", JSON.stringify(new URL('../src/index.ts', import.meta.url).href)),
    )
    const printed = execFileSync(process.execPath, [file], {
      encoding: 'utf8',
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    const promised = [...example.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line)
    expect(promised.length).toBeGreaterThan(3)
    expect(printed.trimEnd().split('\n')).toEqual(promised)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('every function that the README names is there, and every one that is there is known', () => {
  const functions = Object.keys(billing).filter((name) => !/Columns$/.test(name))
  expect(functions.sort()).toEqual(
    [
      'changesByActor',
      'checkPolicy',
      'checkSeals',
      'compareForecasts',
      'compareRuns',
      'currencyCodes',
      'currencyDigits',
      'decimalToMinor',
      'exportJson',
      'exportLinesCsv',
      'exportQuickBooks',
      'exportXero',
      'forecast',
      'forecastSide',
      'formatMoney',
      'idleClients',
      'invoiceNumber',
      'invoiceNumbers',
      'invoiceRun',
      'minorToDecimal',
      'monthEnds',
      'monthStarts',
      'movementKinds',
      'periodLabel',
      'presets',
      'pricesOn',
      'raisedPrice',
      'recurringRevenue',
      'revenueMovements',
      'runBytes',
      'runHash',
      'runOfSeal',
      'sealRun',
      'tenureBands',
      'tierCounts',
      'withChange',
    ].sort(),
  )
})
