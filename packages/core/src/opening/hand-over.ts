// Handing actions to the server in a recovery (SY3): most at once, those of a refused update one by one, so that what it does not take is known exactly.
import type * as Y from 'yjs'
import { visitAll } from '../log/log-items.ts'
import type { FinalWord } from '../sync/sync.ts'
import { isAboutContent } from './final-words.ts'
import { type LackingAction, writeAgain } from './lacking-actions.ts'
import type { ServerBook } from './server-book.ts'

/** Actions handed over at once; one that is refused takes those beside it along, so they are tried again one by one. */
const atOnce = 200

/**
 * Hands actions to the server: those it had no word about some hundred at once, those of a refused update one by one, so that what it does not take is
 * known exactly. Stops at the first refusal.
 */
export async function handOver(parts: {
  own: readonly LackingAction[]
  server: ServerBook
  suspects: Set<string>
  refused: Map<string, FinalWord>
  word: FinalWord
}): Promise<{ count: number; final: FinalWord | null }> {
  const { own, server, suspects, refused, word } = parts
  // A viewer's changes are not taken one by one either.
  if (codeOf(word) === 'read-only') for (const { text } of own) refused.set(text, word)
  const wanted = own.filter(({ text }) => !refused.has(text))
  let count = 0
  for (let at = 0; at < wanted.length;) {
    const isAlone = suspects.has(wanted[at]?.text ?? '')
    const rest = wanted.slice(at, at + (isAlone ? 1 : atOnce))
    const end = rest.findIndex(({ text }) => suspects.has(text))
    const part = isAlone || end < 0 ? rest : rest.slice(0, end)
    const final = await server.deliver((doc) => writeAgain(doc, part))
    if (final) {
      const [only, ...others] = part
      if (others.length > 0) for (const { text } of part) suspects.add(text)
      else if (only && isAboutContent(final)) refused.set(only.text, final)
      return { count, final }
    }
    count += part.length
    at += part.length
  }
  return { count, final: null }
}

/** The texts of the clocks that were refused; of everything that was not acknowledged, the server says no more. */
export function suspectsOf(doc: Y.Doc, { refused }: FinalWord): Set<string> {
  const texts = new Set<string>()
  visitAll(doc.getArray('log'), (value, client, clock) => {
    const isRefused = refused.some((range) => range.client === client && range.from <= clock && clock < range.to)
    if (isRefused && typeof value === 'string') texts.add(value)
  })
  return texts
}

/** The server's code of a refusal. */
export function codeOf(word: FinalWord | undefined): string | null {
  return word?.refused[0]?.code ?? word?.reason.split(':')[0] ?? null
}
