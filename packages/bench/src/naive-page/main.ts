// The same table on the naive layout, with nothing else on the page: y-indexeddb, the same virtual list, rows read from nested maps.
import { mount } from 'svelte'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import ClientTable from './ClientTable.svelte'

const doc = new Y.Doc()
const persistence = new IndexeddbPersistence('naive-book', doc)
const clients = doc.getMap<Y.Map<unknown>>('clients')
await persistence.whenSynced

const target = document.getElementById('app')
if (new URLSearchParams(location.search).has('seed')) {
  const response = await fetch('/book.bin')
  Y.applyUpdate(doc, new Uint8Array(await response.arrayBuffer()))
  // Transactions on one store complete in order: when this count is in, the update is written.
  const store = (persistence.db as IDBDatabase).transaction('updates', 'readonly').objectStore('updates')
  await new Promise((resolve, reject) => {
    const counting = store.count()
    counting.onsuccess = resolve
    counting.onerror = () => reject(counting.error ?? new Error('the book could not be counted'))
  })
  document.title = 'seeded'
} else if (target) {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  const rows = [...clients].map(([id, client]) => ({
    id,
    name: String(client.get('name')),
    tier: (client.get('tier') as string | null) ?? '',
    lastActivity: Number(client.get('lastActivity') ?? 0),
    createdOn: String(client.get('createdOn')),
  }))
  rows.sort((a, b) => collator.compare(a.name, b.name))
  mount(ClientTable, { target, props: { rows } })
}
