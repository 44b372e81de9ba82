// Checks an audit export of Tierbook with nothing but Node: `node verify-audit.mjs export.jsonl`. It shares no code with the programs that write
// such a file, so that their faults are not repeated here. The format and what it proves: docs/data-model.md and docs/threat-model.md.
import { createHash, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Gives what is wrong with the bytes of an export, each with the line or action concerned, the first one in the log first. */
export function verifyAudit(bytes) {
  const [found, followed, bare] = [[], new Set(), []] // hashes that one who is vouched for names; actions that nothing tells of
  const report = (place, where, what) => found.push({ place, text: `${where}: ${what}` })
  const { book, actions, known } = readExport(bytes, report)
  const keys = new Map() // the first that each device says of itself
  for (const { subject, publicKey, of } of entriesOf(actions.toReversed(), 'device.added'))
    if (publicKey && subject === of.device) keys.set(of.signer, { publicKey, n: of.n })
  const isSigning = ({ signer, n }) => keys.get(signer)?.n <= n // a device that has said its key signs all it writes
  const vouched = actions.toReversed().filter(({ id, hash, prev, sig, text, signer, n, place }) => {
    const isVouched = followed.has(hash) || isSigned(text, book, keys.get(signer)?.publicKey)
    if (isVouched) followed.add(prev)
    else if (sig || isSigning({ signer, n })) report(place, `action ${id}`, 'is not signed by its device')
    else bare.push(id)
    return isVouched
  })
  const [refused, claimed] = [vouched, actions.toReversed()].map(refusedIn)
  const refusedOf = (signer, n) => (signer && !isSigning({ signer, n }) ? claimed : refused) // by the signed word only, or anybody's
  for (const each of actions) checkPlace(each, { known, refused: refusedOf(each.signer, each.n), report })
  checkRevocations(vouched, { actions, known, refusedOf, report })
  const summary = `${actions.length} actions, ${new Set(actions.map(({ session }) => session)).size} sessions, ${keys.size} devices that sign, ${vouched.length} actions vouched for, ${bare.length} not signed${bare.slice(-1).map((id) => ` (by whom, and whether altered since, is not known; the first is ${id})`)}`
  return { summary, problems: found.sort((a, b) => a.place - b.place).map(({ text }) => text) }
}

/** Reads a head, an action a line, and an end with a digest of what is before it; each line must be what it would be written as. */
function readExport(bytes, report) {
  const body = bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1)
  const [head, ...lines] = body.toString().split('\n').slice(0, -1)
  const [, book] = /^\{"audit":1,"book":"([\w-]{22})",/.exec(head) ?? []
  if (!book) report(-1, 'line 1', 'is not the head of an audit export of version 1')
  const end = JSON.stringify({ end: lines.length, sha256: createHash('sha256').update(body).digest('hex') })
  if (`${bytes.subarray(body.length)}` !== `${end}\n`) report(1e9, `line ${lines.length + 2}`, 'is not its end')
  const actions = lines.flatMap((line, place) => {
    try {
      const { text } = JSON.parse(line)
      const [action, hash] = [JSON.parse(text), createHash('sha256').update(text).digest('base64url')]
      const [[session, seq], signer] = [action.id.split('.'), `${action.by} ${action.device}`]
      const read = { ...action, hash, text, session, seq: Number(seq), signer, place }
      for (const entry of read.entries) entry.of = read
      if (JSON.stringify({ action: action.id, hash, text }) === line) return [read]
    } catch {
      // it is reported like what was changed and can still be read
    }
    report(place, `line ${place + 2}, action ${/[\w-]{11}\.\d+/.exec(line)}`, 'is not the one that was hashed')
    return []
  })
  return { book, actions, known: new Map(actions.map((action) => [action.id, action])) }
}

/** An action names the hash of the one before it in its session; of one that a server refused its author says the hash. */
function checkPlace({ id, by, signer, session, seq, prev, text, place }, { known, refused, report }) {
  const at = (number) => known.get(`${session}.${number}`) ?? refused.get(`${by}${session}.${number}`)
  let number = seq - 1
  while (at(number) && !known.has(`${session}.${number}`)) number--
  if (known.get(id).text !== text) report(place, `action ${id}`, 'stands there twice')
  if (number >= 0 && !at(number)) report(place - 0.5, `action ${session}.${number}`, 'is missing')
  else if (number >= 0 && at(number).signer !== signer) report(place, `action ${id}`, 'is of somebody else')
  else if (prev !== (at(seq - 1)?.hash ?? null))
    report(at(seq - 1)?.place ?? place, `action ${session}.${seq && seq - 1}`, `${id} followed another`)
}

/** A signature covers the kind of text, the book, and the text without it. The last characters of both have idle bits, which are zero. */
function isSigned(text, book, x) {
  const [mark, sig] = /,"sig":"([\w-]{85}[AQgw])"(?=,"v":\d+\}$)/.exec(text) ?? []
  if (!mark || !/^[\w-]{43}$/.test(x)) return false
  const message = Buffer.from(`tierbook action 1\n${book}\n${text.replace(mark, '')}`)
  return verify(null, message, { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }, Buffer.from(sig, 'base64url'))
}

/** A revocation names the last action seen of each session, the device in the place of the revoked one what counts besides. Nothing else may be there. */
function checkRevocations(vouched, { actions, known, refusedOf, report }) {
  const revoked = entriesOf(vouched, 'device.revoked')
  const ended = new Set(revoked.map(({ actor, subject }) => `${actor} ${subject}`))
  const again = entriesOf(vouched, 'device.added').filter((entry) => entry.again && !ended.has(entry.of.signer))
  const nameOf = ({ actor, subject, of }) => `${actor} ${subject} ${of.batch ?? of.id}`
  const headsOf = (said) => said.flatMap((one) => Object.entries(one.heads ?? {}).map((head) => [...head, one]))
  for (const [id, hash, { actor, subject, of }] of headsOf([...revoked, ...again]))
    if ((known.get(id) ?? refusedOf(actor && `${actor} ${subject}`, of.n).get((actor ?? of.by) + id))?.hash !== hash)
      report(known.get(id)?.place ?? of.place, `action ${id}`, 'is missing, or not as at a revocation')
  for (const name of new Set(revoked.map(nameOf))) {
    const said = [...revoked.filter((one) => nameOf(one) === name), ...again.filter(({ of }) => name.startsWith(of.by))]
    const lastSeen = new Map(headsOf(said).map(([id]) => id.split('.')))
    for (const { id, signer, session, seq, place } of actions)
      if (name.startsWith(`${signer} `) && seq > (lastSeen.get(session) ?? -1))
        report(place, `action ${id}`, 'is of a device that was revoked before')
  }
}
const entriesOf = (actions, kind) => actions.flatMap(({ entries }) => entries.filter((entry) => entry.kind === kind))
const refusedIn = (all) => new Map(entriesOf(all, 'action.withdrawn').map((each) => [each.of.by + each.subject, each]))

if (import.meta.url.endsWith(`/${process.argv[1]?.split(/[\\/]/).at(-1)}`)) {
  const { summary, problems } = verifyAudit(readFileSync(process.argv[2] ?? 0))
  console.log([summary, ...problems, `problems: ${problems.length}`].join('\n'))
  process.exitCode = problems.length === 0 ? 0 : 1
}
