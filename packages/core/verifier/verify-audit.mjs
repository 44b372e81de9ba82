#!/usr/bin/env node
// Checks an audit export of Tierbook with nothing but Node: `node verify-audit.mjs export.jsonl`. It shares no code with the programs that write
// such a file, so that their faults are not repeated here. The format and what it proves: docs/data-model.md and docs/threat-model.md.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const { summary, problems } = verifyAudit(readFileSync(argv[2] ?? 0))
  console.log([summary, ...problems, `problems: ${problems.length}`].join('\n'))
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Gives what is wrong with the bytes of an export, each with the line or action concerned. */
export function verifyAudit(bytes) {
  const problems = []
  const report = (where, what) => problems.push(`${where}: ${what}`)
  const { book, actions } = readExport(bytes, report)
  const sessions = groupsOf(actions, ({ session }) => session)
  const [keys, withdrawn] = [new Map(), new Map()]
  for (const { action, kind, subject, hash, publicKey } of entriesOf(actions)) {
    if (kind === 'action.withdrawn') withdrawn.set(subject, { hash, by: action.by })
    if (kind !== 'device.added' || subject !== action.device || !publicKey) continue
    const key = keys.get(subject) ?? { publicKey, actors: new Set() }
    if (key.publicKey === publicKey) keys.set(subject, { publicKey, actors: key.actors.add(action.by) })
    else report(`action ${action.id}`, 'its device had another key before')
  }
  const vouched = sessions.flatMap((made) => vouchedIn(made, { book, keys, withdrawn, report }))
  const known = new Map([...withdrawn, ...actions.map((action) => [action.id, action])])
  checkRevocations(entriesOf(vouched), { known, sessions, report })
  const summary = `${actions.length} actions, ${sessions.length} sessions, ${keys.size} devices that sign, ${vouched.length} actions vouched for`
  return { summary, problems }
}

/** A head, an action a line, and an end with a digest of every byte before it; each line must be what it would be written as. */
function readExport(bytes, report) {
  const endAt = bytes.lastIndexOf(10, bytes.length - 2) + 1
  const lines = bytes.subarray(0, endAt).toString().split('\n').slice(0, -1)
  const [head, ...records] = lines.map(readJson)
  if (head?.audit !== 1) report('line 1', 'is not the head of an audit export of version 1')
  const end = `${JSON.stringify({ end: records.length, sha256: sha256(bytes.subarray(0, endAt), 'hex') })}\n`
  if (bytes.subarray(endAt).toString() !== end) report(`line ${lines.length + 1}`, 'the file is not as it was exported')
  const actions = records.flatMap((record, index) => {
    const { action: id, hash: written, text } = record
    const [hash, action] = [sha256(String(text), 'base64url'), readJson(text)]
    const isWhole = JSON.stringify(record) === lines[index + 1] && action.id === id && hash === written
    if (!id || !isWhole) report(`line ${index + 2}, action ${id}`, 'is not the one that was hashed')
    const [session, seq] = String(action.id).split('.')
    return id ? [{ ...action, hash, text: String(text), session, seq: Number(seq) }] : []
  })
  return { book: head?.book, actions }
}

/** Follows a session from action to action; gives those that a signature vouches for: their own or a later one, behind the last break. */
function vouchedIn(made, { book, keys, withdrawn, report }) {
  const [{ by, device, session }] = made.sort((a, b) => a.seq - b.seq)
  let [before, brokenAt] = [{ seq: -1, hash: null }, -1]
  for (const action of made) {
    if (action.by !== by || action.device !== device) report(`action ${action.id}`, 'is of somebody else')
    const declared = () => withdrawn.get(`${session}.${before.seq + 1}`) // refused by a server: its author says with which hash
    while (before.seq + 1 < action.seq && declared()?.by === by) before = { seq: before.seq + 1, hash: declared().hash }
    const [isThere, isSame] = [before.seq + 1 >= action.seq, action.prev === before.hash]
    if (action.id === before.id) report(`action ${action.id}`, 'stands there twice')
    else if (!isThere) report(`action ${session}.${before.seq + 1}`, 'is missing')
    else if (!isSame)
      report(`action ${session}.${Math.max(0, before.seq)}`, `is not the one that ${action.id} followed`)
    if (!isThere || !isSame) brokenAt = Math.max(before.seq, action.seq - 1)
    before = action
  }
  const signed = made.findLast((action) => isSigned(action, { book, key: keys.get(device), report }))
  return made.filter(({ seq }) => seq > brokenAt && seq <= signed?.seq)
}

/** A revocation names the last action of each session that its author had seen: those must be there, and nothing of the device behind them. */
function checkRevocations(entries, { known, sessions, report }) {
  const revoked = entries.filter(({ kind }) => kind === 'device.revoked')
  const nameOf = ({ action, actor, subject }) => `${actor} ${subject} ${action.batch ?? action.id}`
  for (const [first, ...others] of groupsOf(revoked, nameOf)) {
    const heads = Object.assign({}, first.heads, ...others.map((entry) => entry.heads))
    for (const [id, hash] of Object.entries(heads))
      if (known.get(id)?.hash !== hash) report(`action ${id}`, 'is missing, or another one than at a revocation')
    for (const made of sessions.filter(([{ by, device }]) => by === first.actor && device === first.subject)) {
      const last = Object.keys(heads).find((id) => id.startsWith(`${made[0].session}.`))
      const late = made.find(({ seq }) => seq > Number(last?.split('.')[1] ?? -1))
      if (late) report(`action ${late.id}`, 'is of a device that was revoked before')
    }
  }
}

/** A signature covers the kind of text, the book, and the text without it; written otherwise it would be another text. */
function isSigned({ id, by, text }, { book, key, report }) {
  const [mark, written] = /,"sig":"([\w-]{86})"(?=,"v":\d+\}$)/.exec(text) ?? []
  if (!mark) return false
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' })
    const [message, signature] = [
      `tierbook action 1\n${book}\n${text.replace(mark, '')}`,
      Buffer.from(written, 'base64url'),
    ]
    const isExact = signature.toString('base64url') === written && key.actors.has(by)
    if (isExact && verify(null, Buffer.from(message), publicKey, signature)) return true
  } catch {
    // no key, or none that is a point of the curve
  }
  report(`action ${id}`, 'is not signed by its device')
  return false
}

const entriesOf = (actions) =>
  actions.flatMap((action) =>
    (Array.isArray(action.entries) ? action.entries : []).map((entry) => ({ ...entry, action })),
  )

/** Older versions of Node have no Map.groupBy. */
function groupsOf(items, keyOf) {
  const groups = new Map()
  for (const item of items) if (!groups.get(keyOf(item))?.push(item)) groups.set(keyOf(item), [item])
  return [...groups.values()]
}

const sha256 = (content, encoding) => createHash('sha256').update(content).digest(encoding)

function readJson(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
