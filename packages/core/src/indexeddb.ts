// `@tierbook/core/indexeddb`: storage in the browser.
export { deleteBook, indexedDb, type IndexedDbOptions } from './storage/indexeddb.ts'
