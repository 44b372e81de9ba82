// A grammar for the actions that make up most of any log. A text that fits it exactly needs neither a JSON parser nor the schemas:
// the grammar is at least as strict (a property test holds the two against each other), and a large book opens in half the time.
import { type ActionHeader, CommonAction, type CommonEntry, type Span } from './common-action.ts'
import { dayAt } from './plain-date.ts'
import {
  endOfActionId,
  endOfIndex,
  endOfInteger,
  endOfText,
  idLength,
  isWord,
  numberAt,
  readIdWords,
  sessionLength,
} from './scan-text.ts'
import { endOfMark, isMarkAt, toMark, units, fillUnits } from './text-units.ts'

const scanned = new CommonAction()

/**
 * Reads `text` if it is one of the common actions in canonical form, into the one object that the next call uses again; null says nothing
 * about whether it is valid.
 */
export function scanCommonAction(text: string): CommonAction | null {
  fillUnits(text)
  const at = endOfMark(marks.at, 0)
  const atEnd = at < 0 ? -1 : endOfInteger(units, at)
  const header = atEnd < 0 ? null : readHeader(text, atEnd)
  if (!header) return null
  scanned.text = text
  scanned.header = header
  scanned.at = numberAt(units, at, atEnd)
  scanned.count = 0
  let place = atEnd + header.units.length
  for (;;) {
    place = readEntry(place)
    if (place < 0) return null
    if (units[place] !== comma) break
    place += 1
    if (scanned.count === 500) return null
  }
  return readTail(place) === text.length ? scanned : null
}

const comma = 44
const mostMs = 8_640_000_000_000_000

/** What stands between the parts that differ. */
const marks = {
  at: toMark('{"at":'),
  by: toMark(',"by":"'),
  device: toMark('","device":"'),
  entries: toMark('","entries":['),
  effectiveOn: toMark('],"effectiveOn":"'),
  tier: toMark('","tier":"'),
  target: toMark('","target":"'),
  edited: toMark('","kind":"client.edited",'),
  added: toMark('"kind":"client.added","name":"'),
  quote: toMark('"'),
  next: toMark('",'),
  externalRef: toMark('"externalRef":"'),
  reason: toMark('"reason":"'),
  subject: toMark('"subject":"'),
  end: toMark('"}'),
  id: toMark('],"id":"'),
  n: toMark('","n":'),
  prev: toMark(',"prev":'),
  noHash: toMark('null'),
  sig: toMark(',"sig":"'),
  version: toMark(',"v":1}'),
}

/** The header read last: a session's actions stand together and have the same one. */
let lastHeader: ActionHeader | undefined

/** `,"by":"<actor>","device":"<device>","entries":[` */
function readHeader(text: string, from: number): ActionHeader | null {
  if (lastHeader && isMarkAt(lastHeader.units, from)) return lastHeader
  const by = endOfMark(marks.by, from)
  const device = by >= 0 && isWord(units, by, idLength) ? endOfMark(marks.device, by + idLength) : -1
  const end = device >= 0 && isWord(units, device, idLength) ? endOfMark(marks.entries, device + idLength) : -1
  if (end < 0) return null
  lastHeader = {
    units: units.slice(from, end),
    by: text.slice(by, by + idLength),
    device: text.slice(device, device + idLength),
  }
  return lastHeader
}

/** Where `],"id":"<action>","n":<n>,"prev":<hash>[,"sig":"<signature>"],"v":1}` ends; -1 where it is not there. */
function readTail(from: number): number {
  const id = endOfMark(marks.id, from)
  const idEnd = id < 0 ? -1 : endOfActionId(units, id)
  const n = endOfMark(marks.n, idEnd)
  const nEnd = n < 0 ? -1 : endOfInteger(units, n)
  const prev = endOfMark(marks.prev, nEnd)
  const isFirst = isMarkAt(marks.noHash, prev)
  const hash = isFirst ? prev : endOfMark(marks.quote, prev)
  if (hash < 0 || !(isFirst || isWord(units, hash, hashLength))) return -1
  scanned.id = id
  scanned.seq = numberAt(units, id + sessionLength + 1, idEnd)
  scanned.n = numberAt(units, n, nEnd)
  scanned.prev = isFirst ? -1 : hash
  if (scanned.n < 1 || scanned.n > Number.MAX_SAFE_INTEGER || Math.abs(scanned.at) > mostMs) return -1
  const end = isFirst ? hash + marks.noHash.length : endOfMark(marks.quote, hash + hashLength)
  return endOfMark(marks.version, readSignature(end))
}

const hashLength = 43
const signatureLength = 86

/** Where `,"sig":"<signature>"` ends: at once where there is none, -1 where it is malformed or `from` is. */
function readSignature(from: number): number {
  const sig = from < 0 ? -1 : endOfMark(marks.sig, from)
  scanned.sig = sig
  if (sig < 0) return from
  return isWord(units, sig, signatureLength) ? endOfMark(marks.quote, sig + signatureLength) : -1
}

/** Reads one entry; gives where it ends, -1 where it is not a common one. Keys are sorted, so the first one tells the kind. */
function readEntry(from: number): number {
  for (const { mark, read } of entryKinds) if (isMarkAt(mark, from)) return read(from + mark.length)
  return -1
}

/** By how their text begins, those that are most frequent first. */
const entryKinds = [
  { mark: toMark('{"after":['), read: readTierEvent },
  { mark: toMark('{"kind":"client.edited","name":"'), read: readRenamed },
  { mark: toMark('{"createdOn":"'), read: readAdded },
  { mark: toMark('{"externalRef":"'), read: readReferenced },
  { mark: toMark('{"kind":"entry.retracted",'), read: readRetracted },
]

/** `…],"effectiveOn":"<date>","kind":"<kind>",["reason":"<text>",]"subject":"<client>"[,"tier":"<tier>"]}` */
function readTierEvent(from: number): number {
  const entry = scanned.nextEntry('')
  const named = endOfMark(marks.quote, from)
  const date = endOfMark(marks.effectiveOn, named < 0 ? from : endOfMark(marks.quote, readNamed(named, entry)))
  entry.day = date < 0 ? 0 : dayAt(units, date)
  const kind = entry.day === 0 ? undefined : tierKindAt(date + 10)
  if (!kind) return -1
  entry.kind = kind.kind
  const end = readSubject(readReason(date + 10 + kind.mark.length, entry), entry)
  if (kind.kind !== 'tier.assigned') return endOfMark(marks.end, end)
  const place = endOfMark(marks.tier, end)
  const tier = place < 0 ? null : tierAt(place)
  if (tier === null) return -1
  entry.tier = tier
  return endOfMark(marks.end, place + tier.length)
}

const tierKinds = ['tier.assigned', 'client.ended', 'client.resumed'].map((kind) => ({
  kind,
  mark: toMark(`","kind":"${kind}",`),
}))

function tierKindAt(from: number) {
  for (const kind of tierKinds) if (isMarkAt(kind.mark, from)) return kind
  return undefined
}

/** `["reason":"<text>",]"subject":"<client>","target":"<entry>"}` */
function readRetracted(from: number): number {
  const entry = scanned.nextEntry('entry.retracted')
  const target = endOfMark(marks.target, readSubject(readReason(from, entry), entry))
  return endOfMark(marks.end, readNamed(target, entry))
}

/** `<text>","kind":"client.edited","subject":"<client>"}` */
function readReferenced(from: number): number {
  const entry = scanned.nextEntry('client.edited')
  const end = endOfMark(marks.edited, readText(from, entry.externalRef))
  return endOfMark(marks.end, readSubject(end, entry))
}

/** `<name>","subject":"<client>"}` */
function readRenamed(from: number): number {
  const entry = scanned.nextEntry('client.edited')
  const end = endOfMark(marks.next, readText(from, entry.name))
  return endOfMark(marks.end, readSubject(end, entry))
}

/** `<date>",["externalRef":"<text>",]"kind":"client.added","name":"<name>","subject":"<client>"}` */
function readAdded(from: number): number {
  const entry = scanned.nextEntry('client.added')
  entry.day = dayAt(units, from)
  let place = entry.day === 0 ? -1 : endOfMark(marks.next, from + 10)
  const ref = endOfMark(marks.externalRef, place)
  if (ref >= 0) place = endOfMark(marks.next, readText(ref, entry.externalRef))
  const end = endOfMark(marks.next, readText(endOfMark(marks.added, place), entry.name))
  return endOfMark(marks.end, readSubject(end, entry))
}

/** Where a text of at most 200 units ends, which goes into `span`; -1 where it is none or `from` is. */
function readText(from: number, span: Span): number {
  span.from = from
  span.to = from < 0 ? -1 : endOfText(units, from, 200, scanned.text)
  return span.to
}

/** Where `"reason":"<text>",` ends: at once where there is none, -1 where it is malformed. */
function readReason(from: number, { reason }: CommonEntry): number {
  const text = endOfMark(marks.reason, from)
  if (text < 0) return from
  reason.from = text
  reason.to = endOfText(units, text, 1_000, scanned.text)
  return endOfMark(marks.next, reason.to)
}

/** Where `<action>/<index>` ends that begins at `from`, which may be -1. */
function readNamed(from: number, { named }: CommonEntry): number {
  const slash = from < 0 ? -1 : endOfActionId(units, from)
  const end = slash < 0 ? -1 : endOfIndex(units, slash)
  if (end < 0) return -1
  named.from = from
  named.to = end
  named.seq = numberAt(units, from + sessionLength + 1, slash)
  named.index = numberAt(units, slash + 1, end)
  return end
}

/** Where the id ends in `"subject":"<client>` that begins at `from`, which may be -1. */
function readSubject(from: number, entry: CommonEntry): number {
  entry.subject = endOfMark(marks.subject, from)
  return entry.subject >= 0 && readIdWords(units, entry.subject, entry.words) ? entry.subject + idLength : -1
}

/** The tier that is named from `from` on, one shared text for each built-in one. */
function tierAt(from: number): string | null {
  for (const { tier, mark } of builtIns) if (isMarkAt(mark, from)) return tier
  return isWord(units, from, idLength) ? scanned.text.slice(from, from + idLength) : null
}

const builtIns = ['starter', 'professional', 'enterprise'].map((tier) => ({ tier, mark: toMark(`${tier}"`) }))
