// What the fields that describe clients, tiers and the book hold: what the log says last, and of notes, whose texts are in no log, what may stand there by
// what everybody wrote and had seen when they wrote it. It shares no code with commands, projection or recovery, and knows of Yjs only that of two
// who have not seen each other either may win.
import type { Doc, Transaction } from 'yjs'

/** An action as it was written. */
export interface Writing {
  readonly id: string
  readonly text: string
  /** Ids of the actions that were in its author's log. */
  readonly saw: ReadonlySet<string>
  /** The texts of its notes, which stand in no log, by place. */
  readonly notes: ReadonlyMap<string, unknown>
}

/** Notes every action in the moment in which a command writes it. */
export interface WritingNotes {
  readonly all: ReadonlyMap<string, Writing>
  follow(doc: Doc): void
}

/** A field, such as `clients/<client>/name`, and each value that it may hold: several where people wrote notes at the same time. */
export type Described = ReadonlyMap<string, readonly unknown[]>

/** What a book shows of its fields, by place. */
export type ShownFields = ReadonlyMap<string, unknown>

const builtIn = {
  starter: ['Starter', 'Small businesses, basic monitoring', 100, 'slate'],
  professional: ['Professional', 'Growing businesses, advanced monitoring', 200, 'sky'],
  enterprise: ['Enterprise', 'Large organisations, full feature access', 300, 'violet'],
}

/** What stands where nobody ever wrote; null where it is not in here. */
const unwritten: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['meta/name', 'Untitled book'],
  ['meta/timeZone', 'UTC'],
  ['meta/currency', 'EUR'],
  ...Object.entries(builtIn).flatMap(([tier, values]) =>
    ['name', 'typicalUse', 'rank', 'colour'].map((field, at): [string, unknown] => [
      `tiers/${tier}/${field}`,
      values[at],
    ]),
  ),
])

/**
 * Adds up what `writings` say: of a note each text counts until somebody who had seen it wrote another, of any other field what stands last in the log. Two
 * things are looser of notes, whose texts are in no log, where a server lost what it had (`lost`: the texts that were written before it, or into a document of
 * before). Devices that hand a note over again at the same time, each without what the other knows, may leave an earlier one; and one that a refused action had
 * written over here may be gone.
 */
export function readDescribed(
  writings: readonly Writing[],
  { refused, lost }: { refused: readonly Writing[]; lost: ReadonlySet<string> },
): Described {
  const overwritten = new Set(refused.flatMap(({ notes }) => [...notes.keys()]))
  const said = new Map<string, { value: unknown; by: Writing }[]>()
  for (const by of [...writings].sort(byLogOrder))
    for (const [place, value] of placesOf(by)) said.set(place, [...(said.get(place) ?? []), { value, by }])
  const described = new Map<string, readonly unknown[]>()
  for (const [place, all] of said) {
    const isNote = all.some(({ by }) => by.notes.has(place))
    const isLost = isNote && all.some(({ by }) => lost.has(by.text))
    const last = isNote ? all.filter(({ by }) => !all.some((other) => other.by.saw.has(by.id))) : all.slice(-1)
    const may = (isLost ? all : last).map(({ value }) => value)
    described.set(place, [...new Set([...may, ...(isLost && overwritten.has(place) ? [null] : [])])])
  }
  return described
}

/** The first field that shows what it cannot hold; null where all is as it was written. */
export function flawOf(shown: ShownFields, described: Described): string | null {
  for (const [place, value] of shown) {
    const expected = described.get(place) ?? [unwritten.get(place) ?? null]
    if (!expected.includes(value))
      return `${place}: came ${JSON.stringify(value)}, expected one of ${JSON.stringify(expected)}`
  }
  return null
}

/** Makes the notes of one run; `onWriting` hears of each in its document. */
export function noteWritings(onWriting: (writing: Writing, doc: Doc) => void): WritingNotes {
  const all = new Map<string, Writing>()
  return {
    all,
    follow(doc) {
      const log = doc.getArray<string>('log')
      doc.on('afterTransaction', ({ origin }: Transaction) => {
        if ((origin as { source?: unknown } | null)?.source !== 'command') return
        const texts = log.toArray()
        const text = texts.at(-1) ?? ''
        const ids = texts.map((each) => (JSON.parse(each) as { id: string }).id)
        const id = ids.pop() ?? ''
        const notes = new Map<string, unknown>()
        for (const { subject, note } of entriesOf(text))
          if (note !== undefined) notes.set(`clients/${subject}/note`, doc.getMap('clients').get(`${subject}/note`))
        const writing = { id, text, saw: new Set(ids), notes }
        all.set(text, writing)
        onWriting(writing, doc)
      })
    },
  }
}

interface SaidEntry {
  readonly [field: string]: unknown
  readonly kind: string
  readonly subject: string
}

const roots: Readonly<Record<string, string>> = { book: 'meta', client: 'clients', tier: 'tiers' }

/** By their numbers, and by their ids where those are the same. */
function byLogOrder(a: Writing, b: Writing): number {
  const [one, other] = [a, b].map(({ text }) => (JSON.parse(text) as { n: number }).n)
  return one! - other! || (a.id < b.id ? -1 : 1)
}

function entriesOf(text: string): readonly SaidEntry[] {
  return (JSON.parse(text) as { entries: SaidEntry[] }).entries
}

/** Of two entries of one action the later one holds. */
function placesOf({ text, notes }: Writing): ReadonlyMap<string, unknown> {
  const places = new Map<string, unknown>(notes)
  for (const { kind, subject, was: _, ...fields } of entriesOf(text)) {
    const [about = '', does = ''] = kind.split('.')
    const root = roots[about]
    if (root === undefined || !['created', 'added', 'edited'].includes(does)) continue
    const before = root === 'meta' ? root : `${root}/${subject}`
    for (const [field, value] of Object.entries(fields)) if (field !== 'note') places.set(`${before}/${field}`, value)
  }
  return places
}
