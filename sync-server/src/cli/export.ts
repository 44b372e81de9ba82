// `tierbook export`: a book's log as JSON Lines or CSV, for other programs and for people who leave.
import { Command, Option } from 'commander'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { exportBook, exportFormats, type ExportFormat } from '../operate/export-book.ts'
import { openStore } from '../operate/open-store.ts'
import { OperatorError } from '../operate/operator-error.ts'
import { onlyBook } from '../operate/chosen-books.ts'
import { print, runCommand, showProgress } from './run.ts'

interface ExportOptions {
  readonly book?: string
  readonly format: ExportFormat
  readonly out?: string
  readonly json?: true
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write a book’s log in its order: JSON Lines, one action a line, or CSV, one entry a row')
    .option('--book <id>', 'which one, where the server holds several')
    .addOption(new Option('--format <format>', 'how').choices([...exportFormats]).default('jsonl'))
    .option('--out <file>', 'a new file; standard output without it')
    .option('--json', 'print one JSON document about what was written; needs --out')
    .action((options: ExportOptions) =>
      runCommand(async (settings) => {
        const { out, format, json } = options
        if (json && out === undefined)
          throw new OperatorError('--json needs --out: what is exported goes to standard output')
        const storage = await openStore(settings)
        try {
          const record = await onlyBook(storage, options.book)
          const onProgress = (seq: number) => showProgress({ book: record.book, seq, of: record.seq })
          const lines = await write(exportBook(storage, record, { format, onProgress }), options)
          if (json) print({ json }, { json: { book: record.book, format, file: out, lines }, lines: [] })
          return 'done'
        } finally {
          await storage.close()
        }
      }),
    )
}

/** Gives how many lines. */
async function write(lines: AsyncIterable<string>, { out, format }: ExportOptions): Promise<number> {
  const stream = out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx' })
  const failure = new Promise<never>((_resolve, reject) =>
    stream.once('error', (cause: Error) =>
      reject(new OperatorError(`${out ?? 'standard output'} cannot be written: ${cause.message}`)),
    ),
  )
  failure.catch(() => {}) // the first to await it throws
  const end = format === 'csv' ? '\r\n' : '\n'
  let count = 0
  for await (const line of lines) {
    count++
    if (!stream.write(line + end)) await Promise.race([once(stream, 'drain'), failure])
  }
  if (stream === process.stdout) return count
  stream.end()
  await Promise.race([finished(stream), failure])
  return count
}
