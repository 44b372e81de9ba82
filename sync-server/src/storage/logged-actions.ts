// Finds actions in stored updates and documents, without judging them: admission did, and damage must not hide the rest.
import * as Y from 'yjs'
import * as z from 'zod'

/** What every action says about itself; the rest of it comes along. */
export type LoggedAction = z.infer<typeof LoggedAction>
const LoggedAction = z.looseObject({
  id: z.string().regex(/^[\w-]+\.\d+$/),
  n: z.number(),
  at: z.number(),
  by: z.string(),
  device: z.string(),
  entries: z.array(z.looseObject({ kind: z.string(), subject: z.string() })),
})

/** Ids in the order of the update; none where it cannot be read, which loading the book or `verify` will say. */
export function readLoggedIds(update: Uint8Array): string[] {
  const ids: string[] = []
  for (const struct of structsOf(update)) {
    if (struct instanceof Y.Item) for (const { id } of readActions(struct.content.getContent())) ids.push(id)
  }
  return ids
}

/** The actions among values. No field of a book is the text of an action. */
export function readActions(values: readonly unknown[]): LoggedAction[] {
  return values.flatMap((value) => {
    if (typeof value !== 'string' || !value.startsWith('{')) return []
    try {
      const read = LoggedAction.safeParse(JSON.parse(value))
      return read.success ? [read.data] : []
    } catch {
      return []
    }
  })
}

function structsOf(update: Uint8Array) {
  try {
    return Y.decodeUpdate(update).structs
  } catch {
    return []
  }
}
