import * as Y from 'yjs'
import { createBooks, openStoredBook, storeBook } from './src/book/books.ts'
import { fullSize } from './src/book/facts.ts'
const books = createBooks(fullSize)
for (let i = 0; i < 6; i++) {
  const s = await storeBook(books.ours)
  globalThis.gc?.()
  const t0 = performance.now(); const n = new Y.Doc(); Y.applyUpdate(n, books.naive); const naive = performance.now() - t0; n.destroy()
  globalThis.gc?.()
  const t1 = performance.now(); const o = new Y.Doc(); Y.applyUpdate(o, books.ours); const ours = performance.now() - t1; o.destroy()
  globalThis.gc?.()
  const t = performance.now()
  const b = await openStoredBook(s, books)
  const checked = performance.now() - t
  await b.close()
  globalThis.gc?.()
  const t2 = performance.now()
  const c = await openStoredBook(s, books)
  const trusted = performance.now() - t2
  await c.close()
  console.log({ naive, ours, checked, trusted, ratio: checked / naive, r2: trusted / naive, r0: ours/naive })
}
