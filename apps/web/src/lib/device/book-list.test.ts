import { expect, test } from 'vitest'
import { type ListedBook, withBook, withoutBook } from './book-list.ts'

const book = (id: string): ListedBook => ({ id, name: id, actor: 'a'.repeat(22), sample: false, server: null })

test('a book is added once, replaced in place, and becomes the latest', () => {
  let list = withBook({ books: [], latest: null }, book('one'))
  list = withBook(list, book('two'))
  list = withBook(list, { ...book('one'), name: 'renamed' })
  expect(list.books.map(({ name }) => name)).toEqual(['renamed', 'two'])
  expect(list.latest).toBe('one')
})

test('removing the latest book makes another one the latest', () => {
  const list = withBook(withBook({ books: [], latest: null }, book('one')), book('two'))
  expect(withoutBook(list, 'two').latest).toBe('one')
  expect(withoutBook(withoutBook(list, 'two'), 'one')).toEqual({ books: [], latest: null })
})
