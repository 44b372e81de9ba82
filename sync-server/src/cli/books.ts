// `tierbook books`: what this server holds.
import { Command } from 'commander'
import { createSilentLogger } from '../logger.ts'
import { listBooks } from '../operate/list-books.ts'
import { openStore } from '../operate/open-store.ts'
import { print, runCommand, table, timeWords } from './run.ts'

export function booksCommand(): Command {
  return new Command('books')
    .description('list the books: name, id, how much is in them, when the last update came')
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      runCommand(async (settings) => {
        const storage = await openStore(settings)
        try {
          const books = await listBooks(storage, createSilentLogger())
          const rows = books.map((each) => [
            each.book,
            each.name ?? '-',
            String(each.actions),
            String(each.updates),
            timeWords(each.lastReceivedAt),
            timeWords(each.generation),
          ])
          const lines = table([['book', 'name', 'actions', 'updates', 'last update', 'history since'], ...rows])
          print(options, { json: { books }, lines })
          return 'done'
        } finally {
          await storage.close()
        }
      }),
    )
}
