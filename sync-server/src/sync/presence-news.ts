// What servers tell each other about who is here, as texts short enough for a hint. Whatever comes is read as a stranger's.
import * as z from 'zod'
import type { ActorState } from './presence.ts'
import { maxStateLength } from './read-states.ts'

const count = z.int().min(0)
const book = z.string().regex(/^[\w-]{1,64}$/)
const actor = z.string().min(1).max(64)

/** Of the server that says it: what its devices show in a book, of which books it wants to hear, or that it stops. */
const PresenceNews = z.object({
  node: z.string().min(1).max(64),
  books: z
    .array(z.object({ book, states: z.array(z.tuple([count, count, actor, z.string().max(maxStateLength)])) }))
    .default([]),
  asks: z.array(book).default([]),
  stops: z.boolean().default(false),
})

/** News as a receiver reads them. */
export interface PresenceNews {
  readonly node: string
  readonly books: readonly { readonly book: string; readonly states: readonly ActorState[] }[]
  readonly asks: readonly string[]
  readonly stops: boolean
}

/** Null where the text is none. */
export function readPresenceNews(text: string): PresenceNews | null {
  const read = PresenceNews.safeParse(parse(text))
  if (!read.success) return null
  const books = read.data.books.map(({ book: id, states }) => ({
    book: id,
    states: states.flatMap(([client, clock, by, state]) =>
      parse(state) === undefined ? [] : [{ client, clock, actor: by, state }],
    ),
  }))
  return { ...read.data, books }
}

/** A state or a question for one text. */
export type PresenceItem =
  { readonly book: string; readonly state: ActorState } | { readonly book: string; readonly state: null }

/** As many of the items as fit, in order, and how many these are. One that fits into no text at all is left out and counts. */
export function writePresenceNews(
  node: string,
  items: readonly PresenceItem[],
  maxBytes: number,
): { text: string | null; used: number } {
  const books = new Map<string, [number, number, string, string][]>()
  const asks: string[] = []
  const empty = JSON.stringify({ node, books: [], asks: [] }).length
  let bytes = empty
  let used = 0
  for (const { book: id, state } of items) {
    const said = state && ([state.client, state.clock, state.actor, state.state] as [number, number, string, string])
    // A comma, and what names the book where it is the first of it.
    const wraps = said && !books.has(id) ? JSON.stringify({ book: id, states: [] }).length + 1 : 0
    const size = Buffer.byteLength(JSON.stringify(said ?? id)) + 1 + wraps
    if (bytes + size > maxBytes && bytes > empty) break
    used++
    if (bytes + size > maxBytes) continue
    bytes += size
    if (!said) asks.push(id)
    else if (books.get(id)?.push(said) === undefined) books.set(id, [said])
  }
  if (bytes === empty) return { text: null, used }
  const told = { node, books: [...books].map(([id, states]) => ({ book: id, states })), asks }
  return { text: JSON.stringify(told), used }
}

/** The last that a server says: nobody is here with it any more. */
export function writeGoodbye(node: string): string {
  return JSON.stringify({ node, stops: true })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
