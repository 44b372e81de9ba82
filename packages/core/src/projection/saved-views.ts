// Named views of the table: anything can be in there, and what does not fit is left out.
import type { SavedView } from '../book.ts'
import type { FieldReader } from './said-fields.ts'

/** Views by name, of all fields with these `keys`; one that was taken away has no name any more. */
export function readViews(read: FieldReader, keys: Iterable<string>): readonly SavedView[] {
  const views: SavedView[] = []
  for (const key of keys) {
    const name = read(key)
    if (!key.endsWith('/name') || typeof name !== 'string') continue
    const id = key.slice(0, -'/name'.length)
    const query = read(`${id}/query`)
    const columns = read(`${id}/columns`)
    if (typeof query !== 'string' || typeof columns !== 'string') continue
    views.push({ name, query, columns: columns.split(',').filter(Boolean) })
  }
  return views.sort((a, b) => a.name.localeCompare(b.name))
}
