import { expect, test } from 'vitest'
import { createId } from '../schema/ids.ts'
import { idWords, readIdWords } from '../schema/scan-text.ts'
import { fillUnits } from '../schema/text-units.ts'
import { createRandom } from '../testing/random.ts'
import { IdTable } from './id-table.ts'

test('ids are found by what they say, in texts and alone, as a map finds them', () => {
  const random = createRandom(20261122)
  const table = new IdTable()
  const places = new Map<string, number>()
  const words = new Int32Array(idWords)
  const ids = Array.from({ length: 3_000 }, createId)
  for (let step = 0; step < 20_000; step++) {
    const id = ids[random.below(ids.length)] ?? ''
    const text = `{"subject":"${id}"}`
    expect(readIdWords(fillUnits(text), 12, words)).toBe(true)
    const expected = places.get(id) ?? places.size
    places.set(id, expected)
    expect(table.place(words, text, 12)).toBe(expected)
  }
  for (const id of ids) expect(table.find(id)).toBe(places.get(id))
  expect(table.texts).toEqual([...places.keys()])
  expect(new IdTable(table.texts).texts).toEqual(table.texts)
})

test('ids that differ in one character anywhere are different, and what is no id is not found', () => {
  const id = createId()
  const table = new IdTable([id])
  for (let place = 0; place < id.length; place++) {
    const other = id.slice(0, place) + (id[place] === 'A' ? 'B' : 'A') + id.slice(place + 1)
    expect(table.find(other), other).toBeUndefined()
    expect(table.find(id.slice(0, place) + 'é' + id.slice(place + 1))).toBeUndefined()
  }
  expect(table.find(id)).toBe(0)
  expect(table.find(id.slice(1))).toBeUndefined()
  expect(table.find('')).toBeUndefined()
})
