// Whether two documents are one book: made of the same elements, with the same ones deleted, and with the same contents.
import * as Y from 'yjs'

/** Compares everything, whatever the roots are. Roots that only one of them was asked for are empty, and count as missing in none. */
export function isSameBook(a: Y.Doc, b: Y.Doc): boolean {
  return Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b)) && contentsOf(a) === contentsOf(b)
}

/** All that is visible, as text: lists in their order, fields by their names. */
function contentsOf(doc: Y.Doc): string {
  const roots = [...doc.share].map(([name, type]) => {
    const list: unknown[] = []
    for (let item = type._start; item !== null; item = item.right) {
      if (!item.deleted) list.push(...(item.content.getContent() as unknown[]))
    }
    const fields = [...type._map].flatMap(([key, item]) =>
      item.deleted ? [] : [[key, item.content.getContent()] as const],
    )
    return [name, list, fields.sort(([a], [b]) => (a < b ? -1 : 1))] as const
  })
  return JSON.stringify(roots.sort(([a], [b]) => (a < b ? -1 : 1)))
}
