// Signatures, and what a log that somebody touched shows (LG6): in the book itself, and in its export, read by a verifier that shares no code.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { exportAudit, logContents, verifyLog } from '../src/audit.ts'
import type { Book } from '../src/book.ts'
import { hashText } from '../src/log/hash-text.ts'
import type { Action } from '../src/schema/action.ts'
import { actionToText } from '../src/schema/action-text.ts'
import type { AnyEntry } from '../src/schema/entries.ts'
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
  expect(found).toMatchObject({
    actions: 5,
    sessions: 2,
    vouched: 5,
    unsigned: 0,
    firstUnsigned: null,
    withdrawn: 0,
    problems: [],
  })
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

test('[LG6] an action is signed in a book that changes whenever it is', async () => {
  const hub = createHub()
  const id = createId()
  const ada = await openForTest({ id, sync: hub.link().sync })
  const ben = await openForTest({ id, author: authorNamed('Ben'), sync: hub.link().sync, signed: false })
  hub.deliverAll()
  const sign = crypto.subtle.sign.bind(crypto.subtle)
  let times = 0
  const signing = vi.spyOn(crypto.subtle, 'sign').mockImplementation(async (...how) => {
    times += 1
    await done(ben.addClient({ name: `Client ${times}` }))
    hub.deliverAll()
    return sign(...how)
  })
  await done(ada.addClient({ name: 'Acme' }))
  signing.mockRestore()
  expect(times).toBeGreaterThan(2)
  expect(await verifyLog(ada)).toMatchObject({ actions: times + 1, vouched: 1, unsigned: times, problems: [] })
  hub.deliverAll()
  expect(ben.clients().map(({ name }) => name)).toContain('Acme')
})

test('[LG6] each action of a batch is signed: of one that is here by half, or was refused in part, nothing looks forged', async () => {
  const book = await openForTest()
  const clients = []
  for (let i = 0; i < 700; i++) clients.push({ row: i + 2, client: `Client ${i}`, tier: 'starter' })
  await done(book.importClients(await book.planImport(clients)))
  const ids = book.clients().map(({ id }) => id)
  await done(book.changeClients({ clients: ids, to: { tier: 'enterprise' } }))
  const found = await verifyLog(book)
  expect(found.problems).toEqual([])
  expect(found.vouched).toBe(found.actions)
  const { elements } = logContents(book)
  for (let cut = 1; cut <= elements.length; cut++)
    expect(await verifyLog({ book: book.id, elements: elements.slice(0, cut) })).toMatchObject({
      vouched: cut,
      problems: [],
    })
})

/** The texts of a session as an attacker writes them anew who has no key: each names the one before it, and none is signed. */
function withoutSignatures(actions: readonly Action[]): string[] {
  const texts: string[] = []
  for (const { sig: _sig, ...action } of actions) {
    const last = texts.at(-1)
    texts.push(actionToText({ ...action, prev: last === undefined ? action.prev : hashText(last) }))
  }
  return texts
}

/** The second action of whoever wrote first, with one before and one behind it. */
function secondOf(texts: readonly string[]): string {
  return texts.filter((text) => read(text).by === read(texts[0]).by)[1] ?? ''
}

/** An action that nobody signed, in the name of whoever wrote `text`, from a device that is in no log. */
function unsignedInTheNameOf(text: string, entry: AnyEntry): Action {
  const { by, n } = read(text)
  return { v: 1, id: 'AAAAAAAAAAA.0', n: n + 9, at: testNoon, by, device: createId(), prev: null, entries: [entry] }
}

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
  'a last text of a session that was changed and is signed no more': (texts) => {
    const { sig, ...last } = read(texts.at(-1))
    expect(sig).toBeTruthy()
    return { texts: [...texts.slice(0, -1), actionToText({ ...last, at: 2 })], kind: 'unsigned', action: last.id }
  },
  'all of a session from a changed text on, written anew without signatures': (texts) => {
    const [first, ...others] = texts.map(read).filter(({ by }) => by === read(texts[0]).by) as [Action, ...Action[]]
    const anew = withoutSignatures([first, ...others.map((action) => ({ ...action, at: 2 }))]).slice(1)
    const kept = texts.filter((text) => !others.some(({ id }) => id === idOf(text)))
    // What follows the first names it as it is: only the signatures are gone.
    const chained = anew.map((text, place) =>
      place === 0 ? actionToText({ ...read(text), prev: hashText(texts[0] as string) }) : text,
    )
    return { texts: [...kept, ...withoutSignatures(chained.map(read))], kind: 'unsigned', action: others[0]?.id ?? '' }
  },
  'a first text that was changed and is signed no more': (texts) => {
    const anew = withoutSignatures(texts.map(read).filter(({ by }) => by === read(texts[0]).by))
    const others = texts.filter((text) => read(text).by !== read(texts[0]).by)
    return { texts: [...anew, ...others], kind: 'unsigned', action: idOf(texts[0]) }
  },
  'a cut that somebody declares in its author’s name': (texts) => {
    const cut = secondOf(texts)
    const forged = unsignedInTheNameOf(cut, { kind: 'action.withdrawn', subject: idOf(cut), hash: hashText(cut) })
    return {
      texts: [...texts.filter((text) => text !== cut), actionToText(forged)],
      kind: 'missing',
      action: idOf(cut),
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

test('[LG6] what nobody signed, in somebody’s name, is counted and named: an honest device may be unable to sign', async () => {
  const { book, elements } = logContents(await bookOfTwo())
  const [first] = elements as string[]
  const entry = { kind: 'client.edited', subject: createId(), name: 'Mine' }
  const forged = actionToText(unsignedInTheNameOf(first as string, entry))
  const later = actionToText({ ...read(forged), id: 'AAAAAAAAAAB.0', n: 99 })
  const texts = [later, ...elements, forged]
  const found = await verifyLog({ book, elements: texts })
  expect(found).toMatchObject({ actions: 7, vouched: 5, unsigned: 2, firstUnsigned: 'AAAAAAAAAAA.0', problems: [] })
  const { summary, problems } = verifyAudit(Buffer.from([...exportAudit({ book, elements: texts })].join('')))
  expect(problems).toEqual([])
  expect(summary).toContain(
    '2 not signed (by whom, and whether altered since, is not known; the first is AAAAAAAAAAA.0)',
  )
})

test('[LG6] of several problems the first one is the first in the log, a cut included', async () => {
  const { book, elements } = logContents(await bookOfTwo())
  const texts = elements as string[]
  const attacked = texts
    .filter((text) => text !== secondOf(texts))
    .map((text) => (text === texts.at(-1) ? text.replace('"at":1', '"at":2') : text))
  const { problems } = await verifyLog({ book, elements: attacked })
  expect(problems).toEqual([
    { kind: 'missing', action: idOf(secondOf(texts)) },
    { kind: 'bad-signature', action: idOf(texts.at(-1)) },
  ])
  const file = Buffer.from([...exportAudit({ book, elements: attacked })].join(''))
  expect(verifyAudit(file).problems.map((line) => line.split(':')[0])).toEqual(
    problems.map(({ action }) => `action ${action}`),
  )
})

test('[LG6] nobody says which key another actor’s device signs with', async () => {
  const { book, elements } = logContents(await bookOfTwo())
  const [adas, bens] = [read(elements[0]), read(elements[1])]
  // Ben may write actions of his own, and says Ada’s device to be his, with a key, before she said hers.
  const entry = { kind: 'device.added', subject: adas.device, actorName: 'Ben', publicKey: 'A'.repeat(43) }
  const claim: Action = { ...bens, id: '-----------.0', n: 1, device: adas.device, prev: null, entries: [entry] }
  delete (claim as { sig?: string }).sig
  const { vouched, problems } = await verifyLog({ book, elements: [...elements, actionToText(claim)] })
  expect(vouched).toBe(5)
  expect(problems).toEqual([{ kind: 'unsigned', action: claim.id }])
  const file = Buffer.from([...exportAudit({ book, elements: [...elements, actionToText(claim)] })].join(''))
  expect(verifyAudit(file).problems).toEqual([`action ${claim.id}: is not signed by its device`])
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
  const { elements } = logContents(book)
  const [firstUnsigned] = elements.map(idOf)
  expect(await verifyLog(book)).toMatchObject({
    actions: 1,
    vouched: 0,
    unsigned: 1,
    firstUnsigned,
    keys: [],
    problems: [],
  })
  expect(verifyAudit(Buffer.from([...exportAudit(book)].join('')))).toEqual({
    summary: `1 actions, 1 sessions, 0 devices that sign, 0 actions vouched for, 1 not signed (by whom, and whether altered since, is not known; the first is ${firstUnsigned})`,
    problems: [],
  })
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
    summary: '5 actions, 2 sessions, 2 devices that sign, 5 actions vouched for, 0 not signed',
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
  const honest = '5 actions, 2 sessions, 2 devices that sign, 5 actions vouched for, 0 not signed\nproblems: 0\n'
  expect(verify(file)).toMatchObject({ stdout: honest, stderr: '', status: 0 })
  const altered = verify(file.replace('Acme Dental', 'Acme Mental'))
  expect(altered).toMatchObject({ stderr: '', status: 1 })
  expect(altered.stdout).toMatch(/^line 2, action [\w-]{11}\.0: is not the one that was hashed$/m)
})
