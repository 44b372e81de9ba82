// A grammar for the actions that make up most of any log. A text that fits it exactly needs neither a JSON parser nor the schemas:
// the grammar is at least as strict (a property test holds the two against each other), and a large book opens in half the time.
import type { Action } from './action.ts'
import type { AnyEntry } from './entries.ts'
import { isPlainDate } from './plain-date.ts'
import { endOfActionId, endOfEntryId, endOfInteger, endOfText, isWord } from './scan-text.ts'

/** Reads `text` if it is one of the common actions in canonical form; null says nothing about whether it is valid. */
export function readCommonAction(text: string): Action | null {
  const atEnd = text.startsWith('{"at":') ? endOfInteger(text, 6) : -1
  if (atEnd < 0 || !isHeader(text, atEnd)) return null
  const entries: AnyEntry[] = []
  let place = atEnd + headerLength
  for (;;) {
    const end = readEntry(text, place, entries)
    if (end < 0) return null
    place = end
    if (text.charCodeAt(place) !== comma) break
    place += 1
    if (entries.length === 500) return null
  }
  return readTail(text, place, {
    at: Number(text.slice(6, atEnd)),
    by: text.slice(atEnd + 7, atEnd + 29),
    device: text.slice(atEnd + 41, atEnd + 63),
    entries,
  })
}

const comma = 44
const quote = 34
const idLength = 22
const headerLength = ',"by":""'.length + ',"device":""'.length + ',"entries":['.length + 2 * idLength

/** `,"by":"<actor>","device":"<device>","entries":[` */
function isHeader(text: string, from: number): boolean {
  return (
    text.startsWith(',"by":"', from) &&
    isWord(text, from + 7, idLength) &&
    text.startsWith('","device":"', from + 29) &&
    isWord(text, from + 41, idLength) &&
    text.startsWith('","entries":[', from + 63)
  )
}

/** `],"id":"<action>","n":<n>,"prev":<hash>,"v":1}`, with nothing behind it. */
function readTail(text: string, from: number, head: Pick<Action, 'at' | 'by' | 'device' | 'entries'>): Action | null {
  const idStart = from + 8
  const idEnd = text.startsWith('],"id":"', from) ? endOfActionId(text, idStart) : -1
  const nEnd = idEnd >= 0 && text.startsWith('","n":', idEnd) ? endOfInteger(text, idEnd + 6) : -1
  if (nEnd < 0 || !text.startsWith(',"prev":', nEnd)) return null
  const isFirst = text.startsWith('null', nEnd + 8)
  if (
    !isFirst &&
    !(text.charCodeAt(nEnd + 8) === quote && isWord(text, nEnd + 9, 43) && text.charCodeAt(nEnd + 52) === quote)
  )
    return null
  const end = nEnd + (isFirst ? 12 : 53)
  if (text.length !== end + 7 || !text.endsWith(',"v":1}')) return null
  const n = Number(text.slice(idEnd + 6, nEnd))
  if (n < 1 || n > Number.MAX_SAFE_INTEGER || head.at > 8_640_000_000_000_000 || head.at < -8_640_000_000_000_000)
    return null
  return { ...head, v: 1, id: text.slice(idStart, idEnd), n, prev: isFirst ? null : text.slice(nEnd + 9, nEnd + 52) }
}

/** Reads one entry into `entries`; gives where it ends, -1 where it is not a common one. Keys are sorted, so the first one tells the kind. */
function readEntry(text: string, from: number, entries: AnyEntry[]): number {
  if (text.startsWith('{"after":[', from)) return readTierEvent(text, from + 10, entries)
  if (text.startsWith('{"kind":"client.edited","name":"', from)) return readRenamed(text, from + 32, entries)
  if (text.startsWith('{"createdOn":"', from)) return readAdded(text, from + 14, entries)
  if (text.startsWith('{"externalRef":"', from)) return readReferenced(text, from + 16, entries)
  if (text.startsWith('{"kind":"entry.retracted",', from)) return readRetracted(text, from + 26, entries)
  return -1
}

/** `…],"effectiveOn":"<date>","kind":"<kind>",["reason":"<text>",]"subject":"<client>"[,"tier":"<tier>"]}` */
function readTierEvent(text: string, from: number, entries: AnyEntry[]): number {
  const after: string[] = []
  let place = from
  if (text.charCodeAt(place) === quote) {
    const end = endOfEntryId(text, place + 1)
    if (end < 0 || text.charCodeAt(end) !== quote) return -1
    after.push(text.slice(place + 1, end))
    place = end + 1
  }
  if (!text.startsWith('],"effectiveOn":"', place)) return -1
  const effectiveOn = text.slice(place + 17, place + 27)
  if (!isPlainDate(effectiveOn)) return -1
  place += 27
  const kind = tierKinds.find(({ mark }) => text.startsWith(mark, place))
  if (!kind) return -1
  place += kind.mark.length
  const reason = readReason(text, place)
  if (!reason) return -1
  const subjectEnd = reason.end + 11 + idLength
  if (!text.startsWith('"subject":"', reason.end) || !isWord(text, reason.end + 11, idLength)) return -1
  const entry = {
    kind: kind.kind,
    subject: text.slice(reason.end + 11, subjectEnd),
    effectiveOn,
    after,
    ...reason.fields,
  }
  if (kind.kind !== 'tier.assigned') {
    entries.push(entry)
    return text.startsWith('"}', subjectEnd) ? subjectEnd + 2 : -1
  }
  if (!text.startsWith('","tier":"', subjectEnd)) return -1
  const tierEnd = text.indexOf('"', subjectEnd + 10)
  const tier = text.slice(subjectEnd + 10, tierEnd)
  if (!isTierId(tier) || !text.startsWith('}', tierEnd + 1)) return -1
  entries.push({ ...entry, tier })
  return tierEnd + 2
}

const tierKinds = ['tier.assigned', 'client.ended', 'client.resumed'].map((kind) => ({
  kind,
  mark: `","kind":"${kind}",`,
}))

/** `"reason":"<text>",` where there is one; undefined where it is malformed. */
function readReason(text: string, from: number): { end: number; fields: { reason?: string } } | undefined {
  if (!text.startsWith('"reason":"', from)) return { end: from, fields: {} }
  const end = endOfText(text, from + 10, 1_000)
  if (end < 0 || text.charCodeAt(end + 1) !== comma) return undefined
  return { end: end + 2, fields: { reason: text.slice(from + 10, end) } }
}

/** `["reason":"<text>",]"subject":"<client>","target":"<entry>"}` */
function readRetracted(text: string, from: number, entries: AnyEntry[]): number {
  const reason = readReason(text, from)
  if (!reason || !text.startsWith('"subject":"', reason.end) || !isWord(text, reason.end + 11, idLength)) return -1
  const subjectEnd = reason.end + 11 + idLength
  const end = text.startsWith('","target":"', subjectEnd) ? endOfEntryId(text, subjectEnd + 12) : -1
  if (end < 0 || !text.startsWith('"}', end)) return -1
  const [subject, target] = [text.slice(reason.end + 11, subjectEnd), text.slice(subjectEnd + 12, end)]
  entries.push({ kind: 'entry.retracted', subject, target, ...reason.fields })
  return end + 2
}

/** `<text>","kind":"client.edited","subject":"<client>"}` */
function readReferenced(text: string, from: number, entries: AnyEntry[]): number {
  const end = endOfText(text, from, 200)
  if (end < 0 || !text.startsWith('","kind":"client.edited"', end)) return -1
  const subjectEnd = endOfSubject(text, end + 23)
  if (subjectEnd < 0) return -1
  entries.push({
    kind: 'client.edited',
    subject: text.slice(subjectEnd - 24, subjectEnd - 2),
    externalRef: text.slice(from, end),
  })
  return subjectEnd
}

/** `<name>","subject":"<client>"}` */
function readRenamed(text: string, from: number, entries: AnyEntry[]): number {
  const end = endOfText(text, from, 200)
  const subjectEnd = endOfSubject(text, end)
  if (subjectEnd < 0) return -1
  entries.push({
    kind: 'client.edited',
    subject: text.slice(subjectEnd - 24, subjectEnd - 2),
    name: text.slice(from, end),
  })
  return subjectEnd
}

/** `<date>",["externalRef":"<text>",]"kind":"client.added","name":"<name>","subject":"<client>"}` */
function readAdded(text: string, from: number, entries: AnyEntry[]): number {
  const createdOn = text.slice(from, from + 10)
  if (!isPlainDate(createdOn) || !text.startsWith('",', from + 10)) return -1
  let place = from + 12
  let externalRef: string | undefined
  if (text.startsWith('"externalRef":"', place)) {
    const end = endOfText(text, place + 15, 200)
    if (end < 0 || text.charCodeAt(end + 1) !== comma) return -1
    externalRef = text.slice(place + 15, end)
    place = end + 2
  }
  if (!text.startsWith('"kind":"client.added","name":"', place)) return -1
  const nameEnd = endOfText(text, place + 30, 200)
  const subjectEnd = endOfSubject(text, nameEnd)
  if (subjectEnd < 0) return -1
  const entry = {
    kind: 'client.added',
    subject: text.slice(subjectEnd - 24, subjectEnd - 2),
    name: text.slice(place + 30, nameEnd),
    createdOn,
  }
  entries.push(externalRef === undefined ? entry : { ...entry, externalRef })
  return subjectEnd
}

/** Where `","subject":"<client>"}` ends that begins at `from`. */
function endOfSubject(text: string, from: number): number {
  if (from < 0 || !text.startsWith('","subject":"', from) || !isWord(text, from + 13, idLength)) return -1
  return text.startsWith('"}', from + 35) ? from + 37 : -1
}

function isTierId(tier: string): boolean {
  return (
    tier === 'starter' ||
    tier === 'professional' ||
    tier === 'enterprise' ||
    (tier.length === idLength && isWord(tier, 0, idLength))
  )
}
