// Checks an audit export of Tierbook with nothing but Node: `node verify-audit.mjs export.jsonl`. It shares no code with the programs that write
// such a file, so that their faults are not repeated here. The format and what it proves: docs/data-model.md and docs/threat-model.md.
import { createHash, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Gives what is wrong with the bytes of an export, each with the line or action concerned. */
export function verifyAudit(bytes) {
  const problems = []
  const report = (where, what) => problems.push(`${where}: ${what}`)
  const { book, actions } = readExport(bytes, report)
  const refused = entriesOf(actions, 'action.withdrawn').map((entry) => [entry.subject, entry])
  const known = new Map([...refused, ...actions.map((action) => [action.id, action])])
  const added = entriesOf(actions, 'device.added').filter((entry) => entry.subject === entry.device && entry.publicKey)
  const keys = new Map(added.toReversed().map(({ device, publicKey }) => [device, publicKey])) // the first that each says
  const users = new Map(added.map(({ by, device, publicKey: key }) => [`${by} ${device} ${key}`, key]))
  for (const { id } of added.filter(({ device, publicKey }) => keys.get(device) !== publicKey))
    report(`action ${id}`, 'its device had another key before')
  for (const action of actions) checkPlace(action, known, report)
  const followed = new Set() // hashes that one who is vouched for names
  const vouched = actions.toReversed().filter(({ id, by, device, prev, sig, hash, text }) => {
    const isVouched = followed.has(hash) || isSigned(text, book, users.get(`${by} ${device} ${keys.get(device)}`))
    if (isVouched) followed.add(prev)
    else if (sig) report(`action ${id}`, 'is not signed by its device')
    return isVouched
  })
  checkRevocations(vouched, { actions, known, report })
  const summary = `${actions.length} actions, ${new Set(actions.map(({ session }) => session)).size} sessions, ${keys.size} devices that sign, ${vouched.length} actions vouched for`
  return { summary, problems }
}

/** Reads a head, an action a line, and an end with a digest of what is before it; each line must be what it would be written as. */
function readExport(bytes, report) {
  const body = bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1)
  const [head, ...lines] = body.toString().split('\n').slice(0, -1)
  const [, book] = /^\{"audit":1,"book":"([\w-]{22})",/.exec(head) ?? []
  if (!book) report('line 1', 'is not the head of an audit export of version 1')
  const end = JSON.stringify({ end: lines.length, sha256: createHash('sha256').update(body).digest('hex') })
  if (`${bytes.subarray(body.length)}` !== `${end}\n`) report(`line ${lines.length + 2}`, 'is not the end of this file')
  const actions = lines.flatMap((line, index) => {
    try {
      const { text } = JSON.parse(line)
      const [action, hash] = [JSON.parse(text), createHash('sha256').update(text).digest('base64url')]
      const { id, by, device, batch } = action
      const [session, seq] = id.split('.')
      const entries = action.entries.map((entry) => ({ ...entry, id, by, device, batch }))
      if (JSON.stringify({ action: id, hash, text }) === line)
        return [{ ...action, entries, hash, text, session, seq: Number(seq) }]
    } catch {
      // it is reported like what was changed and can still be read
    }
    report(`line ${index + 2}, action ${/[\w-]{11}\.\d+/.exec(line)}`, 'is not the one that was hashed')
    return []
  })
  return { book, actions }
}

/** An action names the hash of the one before it in its session; of one that a server refused its author says the hash. */
function checkPlace({ id, by, device, session, seq, prev, text }, known, report) {
  const at = (number) => known.get(`${session}.${number}`)
  let number = seq - 1
  while (at(number)?.kind && at(number).by === by) number--
  const before = number < 0 ? { by, device, text } : at(number)
  if (known.get(id).text !== text) report(`action ${id}`, 'stands there twice')
  if (!before?.text) report(`action ${session}.${number}`, 'is missing')
  else if (before.by !== by || before.device !== device) report(`action ${id}`, 'is of somebody else')
  else if (prev !== (at(seq - 1)?.hash ?? null)) report(`action ${session}.${seq && seq - 1}`, `${id} followed another`)
}

/** A signature covers the kind of text, the book, and the text without it. The last characters of both have idle bits, which are zero. */
function isSigned(text, book, x) {
  const [mark, sig] = /,"sig":"([\w-]{85}[AQgw])"(?=,"v":\d+\}$)/.exec(text) ?? []
  if (!mark || !/^[\w-]{43}$/.test(x)) return false
  const message = Buffer.from(`tierbook action 1\n${book}\n${text.replace(mark, '')}`)
  return verify(null, message, { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }, Buffer.from(sig, 'base64url'))
}

/** A revocation names the last action seen of each session, the device in the place of the revoked one what counts besides. Nothing else may be there. */
function checkRevocations(vouched, { actions, known, report }) {
  const revoked = entriesOf(vouched, 'device.revoked')
  const isRevoked = (each) => revoked.some(({ actor, subject }) => actor === each.by && subject === each.device)
  const again = entriesOf(vouched, 'device.added').filter((entry) => entry.again && !isRevoked(entry))
  const nameOf = ({ actor, subject, batch, id }) => `${actor} ${subject} ${batch ?? id}`
  for (const name of new Set(revoked.map(nameOf))) {
    const said = [...revoked.filter((each) => nameOf(each) === name), ...again.filter(({ by }) => name.startsWith(by))]
    const heads = Object.assign({}, ...said.map((entry) => entry.heads))
    for (const [id, hash] of Object.entries(heads))
      if (known.get(id)?.hash !== hash) report(`action ${id}`, 'is missing, or another one than at a revocation')
    const lastSeen = new Map(Object.keys(heads).map((id) => id.split('.')))
    for (const { id, by, device, session, seq } of actions)
      if (name.startsWith(`${by} ${device} `) && seq > (lastSeen.get(session) ?? -1))
        report(`action ${id}`, 'is of a device that was revoked before')
  }
}
const entriesOf = (actions, kind) => actions.flatMap(({ entries }) => entries.filter((entry) => entry.kind === kind))

if (import.meta.url.endsWith(`/${process.argv[1]?.split(/[\\/]/).at(-1)}`)) {
  const { summary, problems } = verifyAudit(readFileSync(process.argv[2] ?? 0))
  console.log([summary, ...problems, `problems: ${problems.length}`].join('\n'))
  process.exitCode = problems.length === 0 ? 0 : 1
}
