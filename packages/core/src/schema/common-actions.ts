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

const scanned = new CommonAction()

/**
 * Reads `text` if it is one of the common actions in canonical form, into the one object that the next call uses again; null says nothing
 * about whether it is valid.
 */
export function scanCommonAction(text: string): CommonAction | null {
  const atEnd = text.startsWith('{"at":') ? endOfInteger(text, 6) : -1
  const header = atEnd < 0 ? null : readHeader(text, atEnd)
  if (!header) return null
  scanned.text = text
  scanned.header = header
  scanned.at = numberAt(text, 6, atEnd)
  scanned.count = 0
  let place = atEnd + headerLength
  for (;;) {
    place = readEntry(text, place)
    if (place < 0) return null
    if (text.charCodeAt(place) !== comma) break
    place += 1
    if (scanned.count === 500) return null
  }
  return readTail(text, place) ? scanned : null
}

const comma = 44
const quote = 34
const headerLength = ',"by":""'.length + ',"device":""'.length + ',"entries":['.length + 2 * idLength

/** The header read last: a session's actions stand together and have the same one. */
let lastHeader: ActionHeader | undefined

/** `,"by":"<actor>","device":"<device>","entries":[` */
function readHeader(text: string, from: number): ActionHeader | null {
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
function readTail(text: string, from: number): boolean {
  const id = from + 8
  const idEnd = text.startsWith('],"id":"', from) ? endOfActionId(text, id) : -1
  const nEnd = idEnd >= 0 && text.startsWith('","n":', idEnd) ? endOfInteger(text, idEnd + 6) : -1
  if (nEnd < 0 || !text.startsWith(',"prev":', nEnd)) return false
  const isFirst = text.startsWith('null', nEnd + 8)
  if (
    !isFirst &&
    !(text.charCodeAt(nEnd + 8) === quote && isWord(text, nEnd + 9, 43) && text.charCodeAt(nEnd + 52) === quote)
  )
    return false
  const end = nEnd + (isFirst ? 12 : 53)
  if (text.length !== end + 7 || !text.endsWith(',"v":1}')) return false
  scanned.id = id
  scanned.seq = numberAt(text, id + sessionLength + 1, idEnd)
  scanned.n = numberAt(text, idEnd + 6, nEnd)
  scanned.prev = isFirst ? -1 : nEnd + 9
  const { n, at } = scanned
  return n >= 1 && n <= Number.MAX_SAFE_INTEGER && at <= 8_640_000_000_000_000 && at >= -8_640_000_000_000_000
}

/** Reads one entry; gives where it ends, -1 where it is not a common one. Keys are sorted, so the first one tells the kind. */
function readEntry(text: string, from: number): number {
  if (text.startsWith('{"after":[', from)) return readTierEvent(text, from + 10)
  if (text.startsWith('{"kind":"client.edited","name":"', from)) return readRenamed(text, from + 32)
  if (text.startsWith('{"createdOn":"', from)) return readAdded(text, from + 14)
  if (text.startsWith('{"externalRef":"', from)) return readReferenced(text, from + 16)
  if (text.startsWith('{"kind":"entry.retracted",', from)) return readRetracted(text, from + 26)
  return -1
}

/** `…],"effectiveOn":"<date>","kind":"<kind>",["reason":"<text>",]"subject":"<client>"[,"tier":"<tier>"]}` */
function readTierEvent(text: string, from: number): number {
  const entry = scanned.nextEntry('')
  let place = from
  if (text.charCodeAt(place) === quote) {
    place = readNamed(text, place + 1, entry)
    if (place < 0 || text.charCodeAt(place) !== quote) return -1
    place += 1
  }
  if (!text.startsWith('],"effectiveOn":"', place)) return -1
  entry.day = dayAt(text, place + 17)
  const kind = entry.day === 0 ? undefined : tierKindAt(text, place + 27)
  if (!kind) return -1
  entry.kind = kind.kind
  place = readReason(text, place + 27 + kind.mark.length, entry)
  const end = readSubject(text, place, entry)
  if (end < 0) return -1
  if (kind.kind !== 'tier.assigned') return text.startsWith('"}', end) ? end + 2 : -1
  if (!text.startsWith('","tier":"', end)) return -1
  const tier = tierAt(text, end + 10)
  if (tier === null || !text.startsWith('"}', end + 10 + tier.length)) return -1
  entry.tier = tier
  return end + 12 + tier.length
}

const tierKinds = ['tier.assigned', 'client.ended', 'client.resumed'].map((kind) => ({
  kind,
  mark: `","kind":"${kind}",`,
}))

function tierKindAt(text: string, from: number) {
  for (const kind of tierKinds) if (text.startsWith(kind.mark, from)) return kind
  return undefined
}

/** `["reason":"<text>",]"subject":"<client>","target":"<entry>"}` */
function readRetracted(text: string, from: number): number {
  const entry = scanned.nextEntry('entry.retracted')
  const subjectEnd = readSubject(text, readReason(text, from, entry), entry)
  if (subjectEnd < 0 || !text.startsWith('","target":"', subjectEnd)) return -1
  const end = readNamed(text, subjectEnd + 12, entry)
  return end >= 0 && text.startsWith('"}', end) ? end + 2 : -1
}

/** `<text>","kind":"client.edited","subject":"<client>"}` */
function readReferenced(text: string, from: number): number {
  const entry = scanned.nextEntry('client.edited')
  const end = readText(text, from, entry.externalRef)
  return end >= 0 && text.startsWith('","kind":"client.edited"', end) ? readLastSubject(text, end + 23, entry) : -1
}

/** `<name>","subject":"<client>"}` */
function readRenamed(text: string, from: number): number {
  const entry = scanned.nextEntry('client.edited')
  return readLastSubject(text, readText(text, from, entry.name), entry)
}

/** `<date>",["externalRef":"<text>",]"kind":"client.added","name":"<name>","subject":"<client>"}` */
function readAdded(text: string, from: number): number {
  const entry = scanned.nextEntry('client.added')
  entry.day = dayAt(text, from)
  if (entry.day === 0 || !text.startsWith('",', from + 10)) return -1
  let place = from + 12
  if (text.startsWith('"externalRef":"', place)) {
    const end = readText(text, place + 15, entry.externalRef)
    if (end < 0 || text.charCodeAt(end + 1) !== comma) return -1
    place = end + 2
  }
  if (!text.startsWith('"kind":"client.added","name":"', place)) return -1
  return readLastSubject(text, readText(text, place + 30, entry.name), entry)
}

/** Where a text of at most 200 units ends, which goes into `span`; -1 where it is none. */
function readText(text: string, from: number, span: Span): number {
  span.from = from
  span.to = endOfText(text, from, 200)
  return span.to
}

/** Where `"reason":"<text>",` ends: at once where there is none, -1 where it is malformed. */
function readReason(text: string, from: number, { reason }: CommonEntry): number {
  if (!text.startsWith('"reason":"', from)) return from
  reason.from = from + 10
  reason.to = endOfText(text, from + 10, 1_000)
  return reason.to < 0 || text.charCodeAt(reason.to + 1) !== comma ? -1 : reason.to + 2
}

/** Where `<action>/<index>` ends that begins at `from`. */
function readNamed(text: string, from: number, { named }: CommonEntry): number {
  const slash = endOfActionId(text, from)
  const end = endOfIndex(text, slash)
  if (end < 0) return -1
  named.from = from
  named.to = end
  named.seq = numberAt(text, from + sessionLength + 1, slash)
  named.index = numberAt(text, slash + 1, end)
  return end
}

/** Where the id ends in `"subject":"<client>` that begins at `from`, which may be -1. */
function readSubject(text: string, from: number, entry: CommonEntry): number {
  if (from < 0 || !text.startsWith('"subject":"', from)) return -1
  entry.subject = from + 11
  return readIdWords(text, from + 11, entry.words) ? from + 11 + idLength : -1
}

/** Where `","subject":"<client>"}` ends that begins at `from`, which may be -1. */
function readLastSubject(text: string, from: number, entry: CommonEntry): number {
  if (from < 0 || !text.startsWith('",', from)) return -1
  const end = readSubject(text, from + 2, entry)
  return end >= 0 && text.startsWith('"}', end) ? end + 2 : -1
}

/** The tier that a text names from `from` on, one shared text for each built-in one. */
function tierAt(text: string, from: number): string | null {
  for (const tier of builtIns)
    if (text.startsWith(tier, from) && text.charCodeAt(from + tier.length) === quote) return tier
  return isWord(text, from, idLength) ? text.slice(from, from + idLength) : null
}

const builtIns = ['starter', 'professional', 'enterprise']
