// Commands that were given before what writes is loaded: their order, and who waits for them.
import { expect, test } from 'vitest'
import { fail, succeed } from '../result.ts'
import { createId } from '../schema/ids.ts'
import { memory } from '../storage/memory.ts'
import { authorNamed, done, openForTest } from '../testing/open-for-test.ts'
import { createCommandQueue } from './command-queue.ts'
import type { Writing } from './writing.ts'

/** A queue whose writing is loaded when the test says so, and what its commands did, in order. */
function queueToLoad() {
  const loads: { resolve(writing: Writing): void; reject(cause: unknown): void }[] = []
  const queue = createCommandQueue({
    status: { refusal: () => null },
    load: () => new Promise((resolve, reject) => loads.push({ resolve, reject })),
  })
  const did: string[] = []
  const command = (name: string) =>
    queue.run(() => {
      did.push(name)
      return succeed(name)
    })
  return { queue, loads, did, command, loaded: {} as Writing }
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('[LG1] commands given before what writes is loaded run in the order in which they were given', async () => {
  const { loads, did, command, loaded } = queueToLoad()
  const all = Promise.all(['a', 'b', 'c'].map(command))
  await settle()
  expect(did).toEqual([])
  loads[0]?.resolve(loaded)
  await settle()
  // Each asks anew, as each may be the one that finds it not loaded yet.
  loads[1]?.resolve(loaded)
  await settle()
  loads[2]?.resolve(loaded)
  expect(await all).toEqual(['a', 'b', 'c'].map(succeed))
  expect(did).toEqual(['a', 'b', 'c'])
})

test('[LG1] waiting for idle, closing and changing the document wait for a command that waits for what writes', async () => {
  const { queue, loads, did, command, loaded } = queueToLoad()
  void command('typed')
  const others = [
    queue.idle().then(() => did.push('idle')),
    queue.exclusively(async () => void did.push('exclusive')),
    queue.close().then(() => did.push('closed')),
  ]
  await settle()
  expect(did).toEqual([])
  expect(await command('too late')).toMatchObject({ ok: false, error: { code: 'closed' } })
  loads[0]?.resolve(loaded)
  await Promise.all(others)
  expect(did[0]).toBe('typed')
  expect(did.toSorted()).toEqual(['closed', 'exclusive', 'idle', 'typed'])
})

test('[LG1] where what writes cannot be loaded the command fails with a code, and the next one tries again', async () => {
  const { loads, did, command, loaded } = queueToLoad()
  const [first, second] = [command('first'), command('second')]
  await settle()
  loads[0]?.reject(new TypeError('Failed to fetch dynamically imported module'))
  expect(await first).toMatchObject({ ok: false, error: { code: 'not-loaded' } })
  await settle()
  loads[1]?.resolve(loaded)
  expect(await second).toEqual(succeed('second'))
  expect(did).toEqual(['second'])
})

test('[LG1] a book that may not be written when the turn comes refuses, whatever held when the command was given', async () => {
  let refusal: ReturnType<typeof fail>['error'] | null = null
  const queue = createCommandQueue({ status: { refusal: () => refusal }, load: async () => ({}) as Writing })
  const given = queue.run(() => succeed('written'))
  refusal = fail('newer-schema', 'newer').error
  expect(await given).toMatchObject({ ok: false, error: { code: 'newer-schema' } })
})

test('[LG1] commands given right behind opening are saved in their order by a close that follows at once', async () => {
  const [storage, id, author] = [memory(), createId(), authorNamed('Ada')]
  const book = await openForTest({ id, author, storage })
  const names = ['Acme', 'Bolt', 'Cork', 'Delta']
  const given = names.map((name) => book.addClient({ name, tier: 'starter' }))
  await book.close()
  for (const result of await Promise.all(given)) expect(result.ok).toBe(true)
  const again = await openForTest({ id, author, storage })
  const added = again.changes({ kind: 'client.added' })
  expect(added.slice(0, added.length).map(({ fields }) => fields['name'])).toEqual(names.toReversed())
})

test('[LG1] an import given right behind opening is finished by the next opening when the book is closed at once', async () => {
  const [storage, id, author] = [memory(), createId(), authorNamed('Ada')]
  const book = await openForTest({ id, author, storage })
  const plan = await book.planImport([{ row: 2, client: 'Acme', tier: 'starter' }])
  await book.close()
  const second = await openForTest({ id, author, storage })
  const given = second.importClients(plan)
  await second.close()
  await given
  const third = await openForTest({ id, author, storage })
  await new Promise<void>((resolve) => {
    const check = () => {
      if (third.clients().length > 0) resolve()
    }
    third.subscribe(check)
    check()
  })
  expect(third.clients()).toMatchObject([{ name: 'Acme', tier: 'starter' }])
})

test('flush waits for a command given right before it', async () => {
  const book = await openForTest()
  const given = book.addClient({ name: 'Acme' })
  await book.flush()
  expect(book.clients()).toHaveLength(1)
  await done(given)
})
