// A grammar for the actions that make up most of any log. A text that fits it exactly needs neither a JSON parser nor the schemas:
// the grammar is at least as strict (a property test holds the two against each other), and reading a book takes half the time.
import { type Action } from './action.ts'
import type { AnyEntry } from './entries.ts'
import { isPlainDate } from './plain-date.ts'

const actionId = '[\\w-]{11}\\.(?:0|[1-9]\\d{0,9})'
const text = (max: number) => `[^"\\\\\\u0000-\\u001f]{1,${max}}`
const date = '\\d{4}-\\d\\d-\\d\\d'

const head = /\{"at":(0|-?[1-9]\d{0,15}),"by":"([\w-]{22})","device":"([\w-]{22})","entries":\[/y
const tail = new RegExp(`\\],"id":"(${actionId})","n":([1-9]\\d{0,15}),"prev":(?:null|"([\\w-]{43})"),"v":1\\}`, 'y')
const assigned = new RegExp(
  `\\{"after":\\[(?:"(${actionId}/(?:0|[1-9]\\d{0,2}))")?\\],"effectiveOn":"(${date})","kind":"tier\\.assigned",(?:"reason":"(${text(1_000)})",)?"subject":"([\\w-]{22})","tier":"([a-z]{2,20}|[\\w-]{22})"\\}`,
  'y',
)
const renamed = new RegExp(`\\{"kind":"client\\.edited","name":"(${text(200)})","subject":"([\\w-]{22})"\\}`, 'y')
const added = new RegExp(
  `\\{"createdOn":"(${date})",(?:"externalRef":"(${text(200)})",)?"kind":"client\\.added","name":"(${text(200)})","subject":"([\\w-]{22})"\\}`,
  'y',
)

/** Reads `text` if it is one of the common actions in canonical form; null says nothing about whether it is valid. */
export function readCommonAction(text: string): Action | null {
  head.lastIndex = 0
  const start = head.exec(text)
  if (!start) return null
  const entries: AnyEntry[] = []
  let place = head.lastIndex
  for (;;) {
    const pattern = patternAt(text, place)
    const entry = pattern && readEntry(pattern, text, place)
    if (!pattern || !entry) return null
    entries.push(entry)
    place = pattern.lastIndex
    if (text.charCodeAt(place) !== comma) break
    place += 1
    if (entries.length === 500) return null
  }
  tail.lastIndex = place
  const end = tail.exec(text)
  if (!end || tail.lastIndex !== text.length) return null
  const at = Number(start[1])
  const n = Number(end[2])
  if (at > 8_640_000_000_000_000 || at < -8_640_000_000_000_000 || n > Number.MAX_SAFE_INTEGER) return null
  return { v: 1, id: end[1] ?? '', n, at, by: start[2] ?? '', device: start[3] ?? '', prev: end[3] ?? null, entries }
}

const comma = 44

/** Canonical JSON sorts keys, so the first letter of the first key tells the kind. */
function patternAt(text: string, place: number): RegExp | null {
  switch (text.charAt(place + 2)) {
    case 'a':
      return assigned
    case 'k':
      return renamed
    case 'c':
      return added
    default:
      return null
  }
}

function readEntry(pattern: RegExp, text: string, place: number): AnyEntry | null {
  pattern.lastIndex = place
  const found = pattern.exec(text)
  if (!found) return null
  if (pattern === assigned) {
    const [, after, effectiveOn, reason, subject = '', tier] = found
    if (!isPlainDate(effectiveOn) || reason?.isWellFormed() === false) return null
    const entry = { kind: 'tier.assigned', subject, tier, effectiveOn, after: after === undefined ? [] : [after] }
    return reason === undefined ? entry : { ...entry, reason }
  }
  if (pattern === renamed) {
    const [, name, subject = ''] = found
    return name?.isWellFormed() ? { kind: 'client.edited', subject, name } : null
  }
  const [, createdOn, externalRef, name, subject = ''] = found
  if (!isPlainDate(createdOn) || !name?.isWellFormed() || externalRef?.isWellFormed() === false) return null
  const entry = { kind: 'client.added', subject, name, createdOn }
  return externalRef === undefined ? entry : { ...entry, externalRef }
}
