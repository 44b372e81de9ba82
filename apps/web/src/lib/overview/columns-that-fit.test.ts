import { expect, test } from 'vitest'
import { columnsThatFit } from './columns-that-fit.ts'
import { type Column, columns } from './columns.ts'

const usual = { columns: columns.filter((column) => column.usual), width: (column: Column) => column.width }
const keys = (room: number, sortedBy: 'name' | 'tier' | 'createdOn' | 'lastActivity' = 'name') =>
  columnsThatFit(usual, room, sortedBy).map(({ key }) => key)

test('the last columns give way first; where a wide one has no room, a narrower one behind it may have', () => {
  expect(keys(940)).toEqual(['name', 'tier', 'scheduled', 'lastActivity', 'createdOn'])
  expect(keys(939)).toEqual(['name', 'tier', 'scheduled', 'lastActivity'])
  expect(keys(805)).toEqual(['name', 'tier', 'scheduled', 'createdOn'])
  expect(keys(799)).toEqual(['name', 'tier', 'scheduled'])
  expect(keys(664)).toEqual(['name', 'tier', 'lastActivity'])
  expect(keys(500)).toEqual(['name', 'tier'])
})

test('name, plan and what the rows are sorted by stay, whatever room there is', () => {
  expect(keys(0)).toEqual(['name', 'tier'])
  expect(keys(0, 'createdOn')).toEqual(['name', 'tier', 'createdOn'])
  expect(keys(700, 'createdOn')).toEqual(['name', 'tier', 'lastActivity', 'createdOn'])
})

test('widths and order are those that somebody chose', () => {
  const chosen = {
    columns: [...usual.columns].reverse(),
    width: (column: Column) => (column.key === 'createdOn' ? 400 : column.width),
  }
  expect(columnsThatFit(chosen, 900, 'name').map(({ key }) => key)).toEqual(['createdOn', 'tier', 'name'])
})
