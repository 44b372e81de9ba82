// Named views of the table as the document holds them: anything can be in there, and what does not fit is left out.
import type { Map as YMap } from 'yjs'
import type { SavedView } from '../book.ts'

/** Views by name; one that was taken away has no name any more. */
export function readViews(views: YMap<unknown>): readonly SavedView[] {
  const read: SavedView[] = []
  views.forEach((name, key) => {
    if (!key.endsWith('/name') || typeof name !== 'string') return
    const id = key.slice(0, -'/name'.length)
    const query = views.get(`${id}/query`)
    const columns = views.get(`${id}/columns`)
    if (typeof query !== 'string' || typeof columns !== 'string') return
    read.push({ name, query, columns: columns.split(',').filter(Boolean) })
  })
  return read.sort((a, b) => a.name.localeCompare(b.name))
}
