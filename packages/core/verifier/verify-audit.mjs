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
  const [byId, sessions, keys, withdrawn] = [new Map(), new Map(), new Map(), new Map()]
  for (const action of actions) {
    if (byId.has(action.id)) report(`action ${action.id}`, 'stands there twice')
    byId.set(action.id, action)
    if (!sessions.get(action.session)?.push(action)) sessions.set(action.session, [action])
  }
  for (const { action, kind, subject, hash, publicKey } of entriesOf(actions)) {
    if (kind === 'action.withdrawn') withdrawn.set(subject, { hash, by: action.by })
    if (kind !== 'device.added' || subject !== action.device || !publicKey) continue
    if (!keys.has(subject)) keys.set(subject, { publicKey, actors: new Set() })
    if (keys.get(subject).publicKey === publicKey) keys.get(subject).actors.add(action.by)
    else report(`action ${action.id}`, 'its device had another key before')
  }
  const vouched = [...sessions.values()].flatMap((made) => vouchedIn(made, { book, keys, withdrawn, report }))
  checkRevocations(vouched, { byId, sessions, withdrawn, report })
  const summary = `${actions.length} actions, ${sessions.size} sessions, ${keys.size} devices that sign, ${vouched.length} actions vouched for`
  return { summary, problems }
}

/** A head, an action a line, and an end with a digest of every byte before it, which must be what it would be written as. */
function readExport(bytes, report) {
  const endAt = bytes.lastIndexOf(10, bytes.length - 2) + 1
  const lines = bytes.subarray(0, endAt).toString().split('\n').slice(0, -1)
  const [head, ...records] = lines.map((line, index) => readJson(line, `line ${index + 1}`, report))
  if (head?.audit !== 1) report('line 1', 'not the head of an audit export of version 1')
  const end = `${JSON.stringify({ end: records.length, sha256: sha256(bytes.subarray(0, endAt), 'hex') })}\n`
  if (bytes.subarray(endAt).toString() !== end) report('the file', 'is not as it was exported')
  const actions = records.flatMap(({ action: id, hash: written, text }, index) => {
    const [hash, action] = [sha256(String(text), 'base64url'), readJson(text, `line ${index + 2}`, report)]
    const [session, seq] = String(action.id).split('.')
    if (!id || action.id !== id || hash !== written) report(`action ${id}`, 'its text is not the one that was hashed')
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
    for (let seq = before.seq + 1; seq < action.seq; seq++) {
      const declared = withdrawn.get(`${session}.${seq}`) // refused by a server: its author says with which hash
      before = { seq, hash: declared?.hash }
      if (declared?.by === by) continue
      report(`action ${session}.${seq}`, 'is missing')
      brokenAt = action.seq - 1
      before = { seq: brokenAt, hash: action.prev }
      break
    }
    if (action.prev !== before.hash) {
      brokenAt = before.seq
      report(`action ${session}.${Math.max(0, brokenAt)}`, `is not the one that ${action.id} followed`)
    }
    before = action
  }
  const signed = made.findLast((action) => isSigned(action, { book, key: keys.get(device), report }))
  return made.filter(({ seq }) => seq > brokenAt && seq <= signed?.seq)
}

/** A revocation names the last action of each session that its author had seen: those must be there, and nothing of the device behind them. */
function checkRevocations(vouched, { byId, sessions, withdrawn, report }) {
  const revocations = new Map() // several actions of one batch are one revocation
  for (const { action, kind, subject, actor, heads } of entriesOf(vouched)) {
    const name = `${actor} ${subject} ${action.batch ?? action.id}`
    if (kind === 'device.revoked') revocations.set(name, { ...revocations.get(name), ...heads })
  }
  for (const [name, heads] of revocations) {
    for (const [id, hash] of Object.entries(heads)) {
      if (!byId.has(id) && !withdrawn.has(id)) report(`action ${id}`, 'is missing, and was there at a revocation')
      if (byId.has(id) && byId.get(id).hash !== hash) report(`action ${id}`, 'is another one than at a revocation')
    }
    for (const [session, made] of sessions) {
      if (!name.startsWith(`${made[0].by} ${made[0].device} `)) continue
      const last = Object.keys(heads).find((id) => id.startsWith(`${session}.`))
      const late = made.find(({ seq }) => seq > Number(last?.split('.')[1] ?? -1))
      if (late) report(`action ${late.id}`, 'is of a device that was revoked before')
    }
  }
}

/** A signature covers the kind of text, the book, and the text without it; written otherwise it would be another text. */
function isSigned({ id, by, text }, { book, key, report }) {
  const [mark, sig] = /,"sig":"([\w-]{86})"(?=,"v":\d+\}$)/.exec(text) ?? []
  if (!mark) return false
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' })
    const message = Buffer.from(`tierbook action 1\n${book}\n${text.replace(mark, '')}`)
    const isExact = Buffer.from(sig, 'base64url').toString('base64url') === sig && key.actors.has(by)
    if (isExact && verify(null, message, publicKey, Buffer.from(sig, 'base64url'))) return true
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

const sha256 = (content, encoding) => createHash('sha256').update(content).digest(encoding)

function readJson(text, where, report) {
  try {
    return Object(JSON.parse(text))
  } catch {
    report(where, 'not JSON')
    return {}
  }
}
