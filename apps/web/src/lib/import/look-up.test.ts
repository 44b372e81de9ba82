import { builtInTiers, type ClientRow } from '@tierbook/core'
import { expect, test } from 'vitest'
import { createLookUp } from './look-up.ts'

const client = (id: string, externalRef: string | null, refs: Record<string, string>): ClientRow => ({
  ...{ id, name: `Client ${id}`, tier: null, status: 'active', createdOn: '2026-01-01', lastActivity: null },
  ...{ externalRef, note: null, scheduled: null, contested: false },
  otherRefs: Object.entries(refs).map(([system, ref]) => ({ system, id: ref })),
})

test('a row of usage finds its client by the external id, else by what any system calls one client, else by name', () => {
  const rows = [
    client('a', 'A-1', { Xero: '1001', PSA: '1001' }),
    client('b', '77', { RMM: '42' }),
    client('c', null, { Xero: '42', RMM: '77' }),
  ]
  const lookUp = createLookUp({ clients: () => rows, tiers: () => builtInTiers })
  expect(lookUp.client('', '1001')).toMatchObject({ id: 'a' })
  expect(lookUp.client('', '77')).toMatchObject({ id: 'b' })
  expect(lookUp.client('Client a', '42')).toEqual({ fault: expect.stringContaining('“42”') as string })
  expect(lookUp.client('client C', 'unheard of')).toMatchObject({ id: 'c' })
})
