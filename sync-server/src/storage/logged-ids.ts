// Finds the ids of the actions in a stored update, without a document: for data from before receipts were kept.
import * as z from 'zod'
import * as Y from 'yjs'

const Logged = z.object({
  id: z.string().regex(/^[\w-]+\.\d+$/),
  n: z.number(),
  by: z.string(),
  entries: z.array(z.unknown()),
})

/** Ids in the order of the update; none where it cannot be read, which loading the book or `verify` will say. */
export function readLoggedIds(update: Uint8Array): string[] {
  const ids: string[] = []
  for (const struct of structsOf(update)) {
    if (struct instanceof Y.Item) for (const value of struct.content.getContent()) ids.push(...idOf(value))
  }
  return ids
}

function structsOf(update: Uint8Array) {
  try {
    return Y.decodeUpdate(update).structs
  } catch {
    return []
  }
}

function idOf(value: unknown): string[] {
  if (typeof value !== 'string' || !value.startsWith('{')) return []
  try {
    const read = Logged.safeParse(JSON.parse(value))
    return read.success ? [read.data.id] : []
  } catch {
    return []
  }
}
