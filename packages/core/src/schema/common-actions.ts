// A grammar for the actions that make up most of any log. A text that fits it exactly needs neither a JSON parser nor the schemas:
// the grammar is at least as strict (a property test holds the two against each other), and a large book opens in half the time.
import type { Action } from './action.ts'
import type { AnyEntry } from './entries.ts'
import { plainDateAt } from './plain-date.ts'
import { endOfActionId, endOfEntryId, endOfInteger, endOfText, isWord } from './scan-text.ts'

/** Reads `text` if it is one of the common actions in canonical form; null says nothing about whether it is valid. */
export function readCommonAction(text: string): Action | null {
  const atEnd = text.startsWith('{"at":') ? endOfInteger(text, 6) : -1
  const head = atEnd < 0 ? null : readHeader(text, atEnd)
  if (!head) return null
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
  return readTail(text, place, head, { at: Number(text.slice(6, atEnd)), entries })
}

const comma = 44
const quote = 34
const idLength = 22
const headerLength = ',"by":""'.length + ',"device":""'.length + ',"entries":['.length + 2 * idLength

/** Who and where, with the text it stands in. */
interface Header {
  readonly text: string
  readonly by: string
  readonly device: string
}

/** The header read last: a session's actions stand together and have the same one. */
let lastHeader: Header | undefined

/** `,"by":"<actor>","device":"<device>","entries":[` */
function readHeader(text: string, from: number): Header | null {
  if (lastHeader && text.startsWith(lastHeader.text, from)) return lastHeader
  const isHeader =
    text.startsWith(',"by":"', from) &&
    isWord(text, from + 7, idLength) &&
    text.startsWith('","device":"', from + 29) &&
    isWord(text, from + 41, idLength) &&
    text.startsWith('","entries":[', from + 63)
  if (!isHeader) return null
  lastHeader = {
    text: text.slice(from, from + headerLength),
    by: text.slice(from + 7, from + 29),
    device: text.slice(from + 41, from + 63),
  }
  return lastHeader
}

/** `],"id":"<action>","n":<n>,"prev":<hash>,"v":1}`, with nothing behind it. */
function readTail(
  text: string,
  from: number,
  { by, device }: Header,
  { at, entries }: Pick<Action, 'at' | 'entries'>,
): Action | null {
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
  if (n < 1 || n > Number.MAX_SAFE_INTEGER || at > 8_640_000_000_000_000 || at < -8_640_000_000_000_000) return null
  const prev = isFirst ? null : text.slice(nEnd + 9, nEnd + 52)
  return { v: 1, id: text.slice(idStart, idEnd), n, at, by, device, prev, entries }
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
  const effectiveOn = plainDateAt(text, place + 17)
  if (effectiveOn === null) return -1
  place += 27
  const kind = tierKindAt(text, place)
  if (!kind) return -1
  place += kind.mark.length
  const reasonEnd = endOfReason(text, place)
  const subjectEnd = reasonEnd + 11 + idLength
  if (!isSubject(text, reasonEnd)) return -1
  const subject = text.slice(reasonEnd + 11, subjectEnd)
  if (kind.kind !== 'tier.assigned') {
    entries.push(withReason({ kind: kind.kind, subject, effectiveOn, after }, text, place, reasonEnd))
    return text.startsWith('"}', subjectEnd) ? subjectEnd + 2 : -1
  }
  if (!text.startsWith('","tier":"', subjectEnd)) return -1
  const tier = tierAt(text, subjectEnd + 10)
  if (tier === null || !text.startsWith('"}', subjectEnd + 10 + tier.length)) return -1
  entries.push(withReason({ kind: kind.kind, subject, effectiveOn, after, tier }, text, place, reasonEnd))
  return subjectEnd + 12 + tier.length
}

const tierKinds = ['tier.assigned', 'client.ended', 'client.resumed'].map((kind) => ({
  kind,
  mark: `","kind":"${kind}",`,
}))

function tierKindAt(text: string, from: number) {
  for (const kind of tierKinds) if (text.startsWith(kind.mark, from)) return kind
  return undefined
}

/** Where `"reason":"<text>",` ends: at once where there is none, -1 where it is malformed. */
function endOfReason(text: string, from: number): number {
  if (!text.startsWith('"reason":"', from)) return from
  const end = endOfText(text, from + 10, 1_000)
  return end < 0 || text.charCodeAt(end + 1) !== comma ? -1 : end + 2
}

/** `entry` with the reason that stands between `from` and `end`, if one does. */
function withReason(entry: AnyEntry, text: string, from: number, end: number): AnyEntry {
  return end === from ? entry : { ...entry, reason: text.slice(from + 10, end - 2) }
}

/** `["reason":"<text>",]"subject":"<client>","target":"<entry>"}` */
function readRetracted(text: string, from: number, entries: AnyEntry[]): number {
  const reasonEnd = endOfReason(text, from)
  if (!isSubject(text, reasonEnd)) return -1
  const subjectEnd = reasonEnd + 11 + idLength
  const end = text.startsWith('","target":"', subjectEnd) ? endOfEntryId(text, subjectEnd + 12) : -1
  if (end < 0 || !text.startsWith('"}', end)) return -1
  const [subject, target] = [text.slice(reasonEnd + 11, subjectEnd), text.slice(subjectEnd + 12, end)]
  entries.push(withReason({ kind: 'entry.retracted', subject, target }, text, from, reasonEnd))
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
  const createdOn = plainDateAt(text, from)
  if (createdOn === null || !text.startsWith('",', from + 10)) return -1
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

/** `"subject":"<client>` at `from`, which may be -1. */
function isSubject(text: string, from: number): boolean {
  return from >= 0 && text.startsWith('"subject":"', from) && isWord(text, from + 11, idLength)
}

/** Where `","subject":"<client>"}` ends that begins at `from`. */
function endOfSubject(text: string, from: number): number {
  if (from < 0 || !text.startsWith('","subject":"', from) || !isWord(text, from + 13, idLength)) return -1
  return text.startsWith('"}', from + 35) ? from + 37 : -1
}

/** The tier that a text names from `from` on, one shared text for each built-in one. */
function tierAt(text: string, from: number): string | null {
  for (const tier of builtIns)
    if (text.startsWith(tier, from) && text.charCodeAt(from + tier.length) === quote) return tier
  return isWord(text, from, idLength) ? text.slice(from, from + idLength) : null
}

const builtIns = ['starter', 'professional', 'enterprise']
