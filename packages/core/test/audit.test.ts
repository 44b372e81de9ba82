// Signatures, and what a log that somebody touched shows (LG6): in the book itself, and in its export, read by a verifier that shares no code.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { exportAudit, logContents, verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import type { Action } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import { createId } from '../src/schema/ids.ts'
import { memory } from '../src/storage/memory.ts'
import { createHub } from '../src/testing/hub.ts'
import { authorNamed, done, openForTest, testNoon } from '../src/testing/open-for-test.ts'
import { verifyAudit } from '../verifier/verify-audit.mjs'

async function bookOfTwo(): Promise<Book> {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, author: authorNamed('Ada'), sync: hub.link().sync })
  const acme = await done(ada.addClient({ name: 'Acme Dental', tier: 'starter' }))
  hub.deliverAll()
  const ben = await openForTest({ id, author: authorNamed('Ben'), sync: hub.link().sync })
  hub.deliverAll()
  await done(ben.assignTier({ client: acme.id, tier: 'enterprise', reason: 'größer' }))
  await done(ben.addClient({ name: 'Brook & Sons', tier: 'professional' }))
  hub.deliverAll()
  await done(ada.editClient({ client: acme.id, name: 'Acme' }))
  await done(ada.undo())
  hub.deliverAll()
  return ada
}

const read = (text: unknown) => JSON.parse(text as string) as Action
const idOf = (text: unknown) => read(text).id

test('[LG6] every command’s action is signed by its device, whose key is an entry', async () => {
  const book = await bookOfTwo()
  const actions = book.doc.getArray<string>('log').toArray().map(read)
  expect(actions).toHaveLength(5)
  for (const action of actions) expect(action.sig).toMatch(/^[\w-]{86}$/)
  const found = await verifyLog(book)
  expect(found).toMatchObject({ actions: 5, sessions: 2, vouched: 5, firstUnvouched: null, withdrawn: 0, problems: [] })
  expect(found.keys.map(({ by }) => by)).toEqual([...new Set(actions.map(({ by }) => by))])
})

test('[LG6] a device keeps its key over restarts and tells it once', async () => {
  const options = { id: createId(), author: authorNamed('Ada'), storage: memory() }
  for (const name of ['Acme', 'Brook', 'Cedar']) {
    const book = await openForTest(options)
    await done(book.addClient({ name, tier: 'starter' }))
    await book.close()
  }
  const book = await openForTest(options)
  expect(await verifyLog(book)).toMatchObject({ actions: 3, sessions: 3, vouched: 3, problems: [] })
  const introductions = book.doc
    .getArray<string>('log')
    .toArray()
    .filter((text) => text.includes('publicKey'))
  expect(introductions).toHaveLength(1)
})

test('[LG6] who comes back as another person on the same device tells the key again', async () => {
  const options = { id: createId(), storage: memory() }
  for (const name of ['Ada', 'Ada', 'Ben']) {
    const book = await openForTest({ ...options, author: authorNamed(name) })
    await done(book.addClient({ name: `${name}’s client`, tier: 'starter' }))
    await book.close()
  }
  const found = await verifyLog(await openForTest(options))
  expect(found).toMatchObject({ actions: 3, vouched: 3, problems: [] })
  expect(new Set(found.keys.map(({ publicKey }) => publicKey)).size).toBe(1)
  expect(found.keys).toHaveLength(3)
})

test('[LG6] [LG3] what others write while an action is signed is decided upon, and the chain holds', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, sync: hub.link().sync })
  const ben = await openForTest({ id, author: authorNamed('Ben'), sync: hub.link().sync })
  hub.deliverAll()
  const { id: client } = await done(ada.addClient({ name: 'Acme', tier: 'starter' }))
  hub.deliverAll()
  const tiers = ['professional', 'enterprise', 'starter']
  const writing = Promise.all(
    Array.from({ length: 30 }, (_, i) => (i % 2 ? ada : ben).assignTier({ client, tier: tiers[i % 3] ?? 'starter' })),
  )
  let isOver = false
  void writing.finally(() => (isOver = true))
  while (!isOver) {
    hub.deliverAll()
    await new Promise((resolve) => setImmediate(resolve))
  }
  hub.deliverAll()
  // Some find that the client is on that tier already: that was decided on the latest state, too.
  const written = (await writing).filter(({ ok }) => ok)
  const found = await verifyLog(ada)
  expect(found).toMatchObject({ actions: 1 + written.length, problems: [] })
  expect(logContents(ben).elements.toSorted()).toEqual(logContents(ada).elements.toSorted())
  // Who builds upon what it saw names it: nothing is contested that was seen.
  const seen = new Map(
    logContents(ada)
      .elements.map(read)
      .map((action) => [action.id, action]),
  )
  for (const action of seen.values())
    for (const entry of action.entries)
      for (const head of (entry['after'] as string[] | undefined) ?? [])
        expect(seen.get(head.slice(0, head.indexOf('/')))?.n).toBeLessThan(action.n)
})

test('[LG6] one signature vouches for a batch, written in one go', async () => {
  const book = await openForTest()
  const clients = []
  for (let i = 0; i < 700; i++) clients.push({ row: i + 2, client: `Client ${i}`, tier: 'starter' })
  await done(book.importClients(await book.planImport(clients)))
  const ids = book.clients().map(({ id }) => id)
  await done(book.changeClients({ clients: ids, to: { tier: 'enterprise' } }))
  const found = await verifyLog(book)
  expect(found.problems).toEqual([])
  expect(found.vouched).toBe(found.actions)
  const signed = logContents(book).elements.filter((text) => read(text).sig)
  expect(signed.length).toBeLessThan(found.actions)
})

/** What an attacker who holds the store can do to a log, and what is said of it. */
const attacks: Record<string, (texts: string[]) => { texts: unknown[]; kind: string; action: string }> = {
  'a changed text': (texts) => {
    const changed = texts.map((text) => text.replace('"starter"', '"enterprise"'))
    return { texts: changed, kind: 'changed', action: idOf(texts[0]) }
  },
  'a changed last text of a session': (texts) => {
    const last = texts.at(-1) as string
    return {
      texts: [...texts.slice(0, -1), last.replace('"at":1', '"at":2')],
      kind: 'bad-signature',
      action: idOf(last),
    }
  },
  'the idle bits of a signature': (texts) => {
    const last = texts.at(-1) as string
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const end = read(last).sig?.at(-1) ?? ''
    const other = alphabet[alphabet.indexOf(end) ^ 1] ?? ''
    return {
      texts: [...texts.slice(0, -1), last.replace(`${end}","v"`, `${other}","v"`)],
      kind: 'bad-signature',
      action: idOf(last),
    }
  },
  'a cut in the middle': (texts) => ({ texts: texts.toSpliced(1, 1), kind: 'missing', action: idOf(texts[1]) }),
  'an action of one who has no key': (texts) => {
    const forged = { ...read(texts[0]), id: 'AAAAAAAAAAA.0', device: createId(), by: createId() }
    return { texts: [...texts, actionToText(forged)], kind: 'no-key', action: forged.id }
  },
  'another key for a device': (texts) => {
    const { by, device, n } = read(texts[0])
    const forged: Action = {
      ...{ v: 1, id: 'AAAAAAAAAAA.0', n: n + 1, at: testNoon, by, device, prev: null },
      entries: [{ kind: 'device.added', subject: device, actorName: 'Ada', publicKey: 'A'.repeat(43) }],
    }
    return { texts: [...texts, actionToText(forged)], kind: 'another-key', action: forged.id }
  },
  'two texts under one id': (texts) => {
    const twin = actionToText({ ...read(texts[1]), at: 5 })
    return { texts: [...texts, twin], kind: 'doubled', action: idOf(twin) }
  },
  'two actions of a session in each other’s place': (texts) => {
    const own = texts.filter((text) => read(text).by === read(texts[1]).by).map(read)
    const [a, b] = own as [Action, Action]
    const swapped = [actionToText({ ...a, id: b.id }), actionToText({ ...b, id: a.id })]
    return { texts: [...texts.filter((text) => read(text).by !== a.by), ...swapped], kind: 'not-first', action: a.id }
  },
  'an author taken over': (texts) => {
    const forged = actionToText({ ...read(texts[2]), by: read(texts[0]).by })
    return { texts: texts.with(2, forged), kind: 'mixed', action: idOf(forged) }
  },
  'no action at all': (texts) => ({ texts: [...texts, 7], kind: 'unreadable', action: '' }),
}

test.each(Object.entries(attacks))('[LG6] [F34] %s is seen and named', async (_what, attack) => {
  const { book, elements } = logContents(await bookOfTwo())
  const { texts, kind, action } = attack(elements as string[])
  const { problems } = await verifyLog({ book, elements: texts })
  expect(problems).toContainEqual({ kind, action })
})

test('[LG6] the same actions in another book are nobody’s', async () => {
  const { elements } = logContents(await bookOfTwo())
  const { vouched, problems } = await verifyLog({ book: createId(), elements })
  expect(vouched).toBe(0)
  expect(problems.map(({ kind }) => kind)).toContain('bad-signature')
})

test('[LG6] a cut tail is seen by a later witness only: the log by itself is shorter, and nothing is wrong with it', async () => {
  const { book, elements } = logContents(await bookOfTwo())
  expect(await verifyLog({ book, elements: elements.slice(0, -1) })).toMatchObject({ actions: 4, problems: [] })
})

test('[LG6] a script that does not sign is not vouched for, and said to be so', async () => {
  const book = await openForTest({ signed: false })
  await done(book.addClient({ name: 'Acme', tier: 'starter' }))
  expect(await verifyLog(book)).toMatchObject({ actions: 1, vouched: 0, keys: [], firstUnvouched: null, problems: [] })
})

test('[LG6] what is not signed is said, not refused: a book of an earlier version', async () => {
  const { book, elements } = logContents(await bookOfTwo())
  const bare = (elements as string[])
    .slice(0, 1)
    .map((text) => text.replace(/,"sig":"[\w-]+"|,"publicKey":"[\w-]+"/g, ''))
  expect(await verifyLog({ book, elements: bare })).toMatchObject({ actions: 1, vouched: 0, keys: [], problems: [] })
})

test('an export is confirmed by the verifier, and every changed byte and every cut is named', async () => {
  const book = await bookOfTwo()
  const file = Buffer.from([...exportAudit(book, { now: () => testNoon })].join(''))
  expect(verifyAudit(file)).toEqual({
    summary: '5 actions, 2 sessions, 2 devices that sign, 5 actions vouched for',
    problems: [],
  })
  let named = 0
  const lineOf = (at: number) => file.subarray(0, at).toString('latin1').split('\n').length
  const lines = lineOf(file.length - 1)
  const ids = file
    .toString()
    .split('\n')
    .map((line) => (line ? (JSON.parse(line) as { action?: string }).action : undefined))
  for (let at = 0; at < file.length; at++) {
    const flipped = Buffer.from(file)
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 8))
    const problems = verifyAudit(flipped).problems.join('\n')
    // Of the head and the end only the digest speaks; every other line is named by its number, with the id that stands there.
    const line = lineOf(at)
    const isAction = line > 1 && line < lines && file[at] !== 10
    expect(problems, `byte ${at}`).toMatch(isAction ? new RegExp(`^line ${line}, action `, 'm') : /^line \d+: /m)
    const isOfId = isAction && problems.includes(`action ${ids[line - 1]}`)
    if (isOfId) named++
    if (at % 7 === 0) expect(verifyAudit(file.subarray(0, at)).problems.length, `cut at ${at}`).toBeGreaterThan(0)
  }
  // Where the id itself was changed, another one is named beside the line.
  expect(named).toBeGreaterThan(file.length / 2)
})

test.each(Object.keys(attacks).filter((name) => name !== 'no action at all'))(
  'an export of a log with %s: the verifier sees it, too',
  async (name) => {
    const { book, elements } = logContents(await bookOfTwo())
    const attacked = attacks[name]?.(elements as string[])
    const file = Buffer.from([...exportAudit({ book, elements: attacked?.texts ?? [] })].join(''))
    expect(verifyAudit(file).problems.join('\n')).toContain(attacked?.action)
  },
)

test('the verifier is a program of a hundred lines that needs nothing but Node, and ends with what it found', async () => {
  const program = fileURLToPath(new URL('../verifier/verify-audit.mjs', import.meta.url))
  const source = readFileSync(program, 'utf8')
  expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(100)
  expect([...source.matchAll(/^import .* from '(.*)'$/gm)].map(([, from]) => from?.slice(0, 5))).toEqual(
    Array.from({ length: 2 }, () => 'node:'),
  )
  const file = [...exportAudit(await bookOfTwo(), { now: () => testNoon })].join('')
  const verify = (input: string) => spawnSync(process.execPath, [program], { input, encoding: 'utf8' })
  const honest = '5 actions, 2 sessions, 2 devices that sign, 5 actions vouched for\nproblems: 0\n'
  expect(verify(file)).toMatchObject({ stdout: honest, stderr: '', status: 0 })
  const altered = verify(file.replace('Acme Dental', 'Acme Mental'))
  expect(altered).toMatchObject({ stderr: '', status: 1 })
  expect(altered.stdout).toMatch(/^line 2, action [\w-]{11}\.0: is not the one that was hashed$/m)
})
