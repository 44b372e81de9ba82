// Refused actions that are still to be declared (LG6). A kill between a recovery and its declaration would leave a gap in a session that
// looks like a cut: so what is to be declared is on disk before the document without it is.
import type * as Y from 'yjs'
import * as z from 'zod/mini'
import { visitAll } from '../log/log-items.ts'
import { parseAction } from '../schema/action.ts'
import type { StorageHandle } from '../storage/storage.ts'
import { markNames } from './durability.ts'

const Texts = z.array(z.string())

/** Remembers that these texts were refused, before the document without them is stored. */
export async function noteUndeclared(marks: StorageHandle['marks'], refused: readonly string[]): Promise<void> {
  const earlier = await readNoted(marks)
  const hopeless = new Set(refused.filter(isDeclaration).flatMap((text) => [...declaredBy(text)]))
  const texts = [...new Set([...earlier, ...refused.filter((text) => !isDeclaration(text))])]
  // A declaration that is refused is not said again: neither would ever end.
  const left = texts.filter((text) => !hopeless.has(idOf(text)))
  if (left.length > 0) await marks.set(markNames.undeclared, left)
  else await marks.delete(markNames.undeclared)
}

/** The texts that are noted and whose withdrawal `doc` lacks. What is on disk by now is forgotten: ask when a document was just loaded. */
export async function takeUndeclared(marks: StorageHandle['marks'], doc: Y.Doc): Promise<readonly string[]> {
  const noted = await readNoted(marks)
  if (noted.length === 0) return []
  const declared = new Set<string>()
  visitAll(doc.getArray('log'), (value) => {
    if (typeof value === 'string' && isDeclaration(value)) for (const id of declaredBy(value)) declared.add(id)
  })
  const left = noted.filter((text) => !declared.has(idOf(text)))
  if (left.length === 0) await marks.delete(markNames.undeclared)
  return left
}

async function readNoted(marks: StorageHandle['marks']): Promise<readonly string[]> {
  const stored = Texts.safeParse(await marks.get(markNames.undeclared))
  return stored.success ? stored.data : []
}

/** May find too many, which costs a reading. */
function isDeclaration(text: string): boolean {
  return text.includes('"kind":"action.withdrawn"')
}

function declaredBy(text: string): ReadonlySet<string> {
  const parsed = parseAction(text)
  const entries = parsed.ok ? parsed.action.entries : []
  return new Set(entries.filter(({ kind }) => kind === 'action.withdrawn').map(({ subject }) => subject))
}

function idOf(text: string): string {
  const parsed = parseAction(text)
  return parsed.ok ? parsed.action.id : ''
}
