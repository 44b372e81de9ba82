// Hocuspocus with SQLite. Its own SQLite extension is this, on a database driver that would have to be compiled; here it is Node's.
import { type onLoadDocumentPayload, type onStoreDocumentPayload, Server } from '@hocuspocus/server'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as Y from 'yjs'
import { answerParent } from './answer-parent.ts'

const database = new DatabaseSync(join(process.env['DATA'] ?? '', 'hocuspocus.db'))
database.exec('CREATE TABLE IF NOT EXISTS documents (name varchar(255) NOT NULL, data blob NOT NULL, UNIQUE(name))')
const select = database.prepare('SELECT data FROM documents WHERE name = ?')
const upsert = database.prepare(
  'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data',
)
const server = new Server({
  port: Number(process.env['PORT']),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  extensions: [
    {
      async onLoadDocument({ documentName, document }: onLoadDocumentPayload) {
        const row = select.get(documentName)
        if (row) Y.applyUpdate(document, row['data'] as Uint8Array)
      },
      async onStoreDocument({ documentName, document }: onStoreDocumentPayload) {
        upsert.run(documentName, Y.encodeStateAsUpdate(document))
      },
    },
  ],
})
await server.listen()
answerParent({ port: server.address.port, stop: () => server.destroy() })
