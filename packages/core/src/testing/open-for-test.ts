// Opens books for tests: a known clock, seeded randomness, and results that throw where a test expects success.
import type { Author, Book } from '../book.ts'
import { openBook, type OpenBookOptions } from '../opening/open-book.ts'
import type { Result } from '../result.ts'
import { createId } from '../schema/ids.ts'
import { memory } from '../storage/memory.ts'
import type { Hub } from './hub.ts'

/** Noon UTC of the day on which tests happen. */
export const testNoon: number = Date.parse('2026-11-22T12:00:00Z')

/** An author with a fresh id. */
export function authorNamed(name: string): Author {
  return { id: createId(), name }
}

/** Opens a book in memory at {@link testNoon} unless told otherwise. */
export function openForTest(options: Partial<OpenBookOptions> = {}): Promise<Book> {
  return openBook({ id: createId(), author: authorNamed('Ada'), storage: memory(), now: () => testNoon, ...options })
}

/** The value of a command that must succeed and waits for the hub, which delivers until it is done. */
export async function delivering<T>(hub: Pick<Hub, 'deliverAll'>, result: Promise<Result<T>>): Promise<T> {
  let isOver = false
  const ended = done(result).finally(() => (isOver = true))
  while (!isOver) {
    hub.deliverAll()
    await new Promise((resolve) => setTimeout(resolve))
  }
  return ended
}

/** The value of a command that must succeed. */
export async function done<T>(result: Promise<Result<T>>): Promise<T> {
  const settled = await result
  if (!settled.ok) throw new Error(`${settled.error.code}: ${settled.error.message}`)
  return settled.value
}
