// `tierbook move`: from SQLite to PostgreSQL and back.
import { Command } from 'commander'
import { resolve } from 'node:path'
import { moveBooks } from '../operate/move.ts'
import { isDatabase } from '../operate/move-place.ts'
import { namingFullDisk } from '../operate/store-fault.ts'
import { print, runCommand, showProgress } from './run.ts'
import { verificationLines } from './verify.ts'

interface MoveOptions {
  readonly to: string
  readonly book?: string
  readonly json?: true
}

export function moveCommand(): Command {
  return new Command('move')
    .description(
      'carry all books with the signing key, or one book, to another store, with the servers stopped, and verify them there; run again, it goes on',
    )
    .requiredOption('--to <place>', 'a data folder, or a database such as postgres://user:password@host/database')
    .option('--book <id>', 'this book only; the key stays, so its devices need new links')
    .option('--json', 'print one JSON document')
    .action((options: MoveOptions) =>
      runCommand(async ({ dataFolder, databaseUrl }) => {
        const to = isDatabase(options.to) ? options.to : resolve(options.to)
        const from = databaseUrl ?? resolve(dataFolder)
        const carry = () => moveBooks({ from, to, book: options.book, onProgress: showProgress })
        const move = await (isDatabase(options.to) ? carry() : namingFullDisk(to, carry))
        const updates = move.books.reduce((sum, { seq }) => sum + seq, 0)
        const lines = [
          ...move.books.map(({ book, seq, head }) => `  ${book}: ${seq} updates, head ${head}`),
          ...verificationLines({ books: move.books.length, updates, findings: move.findings }),
          ...(move.movedKey ? ['the signing key went along: devices stay signed in'] : []),
          'the store that they came from is as it was: start no server on it any more',
        ]
        print(options, { json: move, lines })
        return move.findings.length === 0 ? 'done' : 'found'
      }),
    )
}
