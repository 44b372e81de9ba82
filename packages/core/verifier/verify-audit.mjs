#!/usr/bin/env node
// Checks an audit export of Tierbook with nothing but Node: `node verify-audit.mjs export.jsonl`. It shares no code with the programs that write
// such a file, so that their faults are not repeated here. The format and what it proves: docs/data-model.md and docs/threat-model.md.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const { summary, problems } = argv[2]
    ? verifyAudit(readFileSync(argv[2]))
    : { summary: '', problems: ['usage: node verify-audit.mjs <export.jsonl>'] }
  console.log(
    [summary, ...problems, problems.length === 0 ? 'nothing is wrong' : `problems: ${problems.length}`].join('\n'),
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Gives what is wrong with the bytes of an export, each with the line or action concerned. */
export function verifyAudit(bytes) {
  const problems = []
  const report = (where, what) => problems.push(`${where}: ${what}`)
  const endAt = bytes.lastIndexOf(10, bytes.length - 2) + 1
  const lines = bytes.subarray(0, endAt).toString('utf8').split('\n').slice(0, -1)
  const [head, ...records] = lines.map((line, index) => readJson(line, `line ${index + 1}`, report))
  const end = readJson(bytes.subarray(endAt).toString('utf8'), 'the last line', report)
  if (head?.audit !== 1) report('line 1', 'not the head of an audit export of version 1')
  // The last line holds a digest of every byte before it, and is itself as it would be written anew.
  if (end.sha256 !== sha256(bytes.subarray(0, endAt), 'hex')) report('the file', 'is not as it was exported')
  if (bytes.subarray(endAt).compare(Buffer.from(`${JSON.stringify({ end: end.end, sha256: end.sha256 })}\n`)) !== 0)
    report('the last line', 'is not as it was exported')
  if (records.length !== end.end) report('the file', `has ${records.length} records, expected ${end.end}`)

  const [sessions, keys, withdrawn, trusted] = [new Map(), new Map(), new Map(), []]
  for (const [index, { action: id, hash, text }] of records.entries()) {
    if (typeof text !== 'string') {
      report(`line ${index + 2}`, 'not an action')
      continue
    }
    if (sha256(text, 'base64url') !== hash) report(`action ${id}`, 'its text is not the one that was hashed')
    const action = readJson(text, `action ${id}`, report)
    if (action.id !== id) report(`action ${id}`, `its text says ${action.id}`)
    const [session, seq] = String(action.id).split('.')
    const actions = sessions.get(session) ?? new Map()
    sessions.set(session, actions)
    if (actions.has(Number(seq))) report(`action ${id}`, 'stands there twice')
    actions.set(Number(seq), { action, hash: sha256(text, 'base64url'), text })
    for (const entry of Array.isArray(action.entries) ? action.entries : []) {
      if (entry?.kind === 'action.withdrawn') withdrawn.set(entry.subject, { hash: entry.hash, by: action.by })
      if (entry?.kind !== 'device.added' || entry.subject !== action.device || !entry.publicKey) continue
      const known = keys.get(entry.subject) ?? { publicKey: entry.publicKey, actors: new Set() }
      keys.set(entry.subject, known)
      if (known.publicKey === entry.publicKey) known.actors.add(action.by)
      else report(`action ${id}`, 'its device had another key before')
    }
  }

  let vouched = 0
  for (const [session, actions] of sessions) {
    const numbers = [...actions.keys()].sort((a, b) => a - b)
    const { by, device } = actions.get(numbers[0]).action
    let before = null // the hash that the next action must name; undefined behind a gap
    let brokenAt = -1
    for (let seq = 0; seq <= numbers.at(-1); seq++) {
      const id = `${session}.${seq}`
      const { action, hash } = actions.get(seq) ?? {}
      if (!action) {
        const declared = withdrawn.get(id)
        before = declared?.by === by ? declared.hash : undefined
        if (before === undefined) brokenAt = seq
        if (before === undefined) report(`action ${id}`, 'is missing')
        if (before === undefined) seq = numbers.find((next) => next > seq) - 1
        continue
      }
      if (action.by !== by || action.device !== device) report(`action ${id}`, 'is of somebody else')
      if (before !== undefined && action.prev !== before) {
        report(`action ${session}.${Math.max(0, seq - 1)}`, `is not the one that ${id} followed`)
        brokenAt = seq - 1
      }
      before = hash
    }
    const last = numbers.toReversed().find((seq) => isSigned(actions.get(seq), head.book, keys.get(device), report))
    const good = numbers.filter((seq) => seq > brokenAt && seq <= last)
    vouched += good.length
    trusted.push(...good.map((seq) => actions.get(seq).action))
  }
  for (const [pair, made] of revocationsIn(trusted)) {
    for (const [id] of made.flat()) {
      const isThere = sessions.get(id.split('.')[0])?.has(Number(id.split('.')[1]))
      if (!isThere && !withdrawn.has(id))
        report(`action ${id}`, 'is missing, and was there when its device was revoked')
    }
    for (const [session, actions] of sessions) {
      const numbers = [...actions.keys()].sort((a, b) => a - b)
      const { by, device } = actions.get(numbers[0]).action
      if (`${by} ${device}` !== pair) continue
      for (const heads of made) {
        const [id, hash] = heads.find(([head]) => head.startsWith(`${session}.`)) ?? [`${session}.-1`]
        const end = Number(id.slice(id.lastIndexOf('.') + 1))
        if (actions.has(end) && actions.get(end).hash !== hash)
          report(`action ${id}`, 'is not the one that was there when its device was revoked')
        const late = numbers.find((seq) => seq > end)
        if (late !== undefined) report(`action ${session}.${late}`, 'is of a device that was revoked before')
      }
    }
  }
  const summary = `${records.length} actions, ${sessions.size} sessions, ${keys.size} devices that sign, ${vouched} actions vouched for`
  return { summary, problems }
}

/** Revocations by author and device, each as a list of the last actions that count; several actions of one batch are one. */
function revocationsIn(actions) {
  const byPair = new Map()
  for (const { id, batch, entries } of actions) {
    for (const { kind, subject, actor, heads } of Array.isArray(entries) ? entries : []) {
      if (kind !== 'device.revoked') continue
      const made = byPair.get(`${actor} ${subject}`) ?? new Map()
      byPair.set(`${actor} ${subject}`, made)
      made.set(batch ?? id, [...(made.get(batch ?? id) ?? []), ...Object.entries(heads ?? {})])
    }
  }
  return new Map([...byPair].map(([pair, made]) => [pair, [...made.values()]]))
}

/** A signature covers the kind of text, the book, and the text without it. */
function isSigned({ action, text }, book, key, report) {
  const [mark, sig] = /,"sig":"([\w-]{86})"(?=,"v":\d+\}$)/.exec(text) ?? []
  if (!mark) return false
  try {
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' })
    const message = Buffer.from(`tierbook action 1\n${book}\n${text.replace(mark, '')}`)
    const signature = Buffer.from(sig, 'base64url')
    // The last character has bits that say nothing: with others it is another text.
    const isExact = signature.toString('base64url') === sig
    if (isExact && key.actors.has(action.by) && verify(null, message, publicKey, signature)) return true
  } catch {
    // no key, or none that is a point of the curve
  }
  report(`action ${action.id}`, 'is not signed by its device')
  return false
}

function sha256(data, encoding) {
  return createHash('sha256').update(data).digest(encoding)
}

function readJson(text, where, report) {
  try {
    return Object(JSON.parse(text))
  } catch {
    report(where, 'not JSON')
    return {}
  }
}
