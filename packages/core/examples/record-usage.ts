// Records usage counts that another system exported: `node record-usage.ts usage.csv`, run each night. What is recorded already changes nothing.
// The file: client's external reference, unit, month and quantity, such as `A-1001,Backup GB,2026-10,812.5`, without a heading.
import { createId, memory, openBook } from '@tierbook/core'
import { webSocket } from '@tierbook/core/websocket'
import { readFile } from 'node:fs/promises'

const { TIERBOOK_URL, TIERBOOK_TOKEN, TIERBOOK_BOOK, TIERBOOK_ACTOR } = process.env
const [, , file] = process.argv
if (!TIERBOOK_URL || !TIERBOOK_TOKEN || !TIERBOOK_BOOK || !file)
  throw new Error('set TIERBOOK_URL, TIERBOOK_TOKEN and TIERBOOK_BOOK, and name a file')

const book = await openBook({
  id: TIERBOOK_BOOK,
  author: { id: TIERBOOK_ACTOR ?? createId(), name: 'Usage script' },
  storage: memory(),
  sync: webSocket({ url: TIERBOOK_URL, token: TIERBOOK_TOKEN }),
})
await new Promise<void>((resolve) => {
  const look = () => {
    if (book.status.loaded && book.status.sync === 'online') resolve()
  }
  book.subscribe(look)
  look()
})
const clients = new Map(book.clients().map(({ id, externalRef }) => [externalRef, id]))

const records = []
for (const [index, line] of (await readFile(file, 'utf8')).trim().split(/\r?\n/).entries()) {
  const [reference = '', unit = '', month = '', quantity = ''] = line.split(',').map((cell) => cell.trim())
  const client = clients.get(reference)
  if (client) records.push({ client, unit, ...daysOf(month), quantity })
  else console.error(`line ${index + 1}: expected the external reference of a client, got "${reference}"`)
}

const recorded = await book.recordUsage(records)
if (recorded.ok) console.log(`${recorded.value.written} of ${records.length} records written`)
else if (recorded.error.code === 'nothing-to-change') console.log('all of it is recorded already')
else {
  console.error(recorded.error.message)
  process.exitCode = 1
}
await book.flush() // acknowledged by the server
await book.close()

/** A month as the days from its first up to the first of the next. */
function daysOf(month: string): { from: string; to: string } {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
  return { from: `${month}-01`, to: `${next}-01` }
}
