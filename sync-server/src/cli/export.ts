// `tierbook export`: a book's log as JSON Lines or CSV, for other programs and for people who leave.
import { Command, Option } from 'commander'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { exportBook, exportFormats, type ExportFormat } from '../operate/export-book.ts'
import { openStore } from '../operate/open-store.ts'
import { OperatorError } from '../operate/operator-error.ts'
import { onlyBook } from '../operate/chosen-books.ts'
import { runCommand } from './run.ts'

interface ExportOptions {
  readonly book?: string
  readonly format: ExportFormat
  readonly out?: string
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write a book’s log in its order: JSON Lines, one action a line, or CSV, one entry a row')
    .option('--book <id>', 'which one, where the server holds several')
    .addOption(new Option('--format <format>', 'how').choices([...exportFormats]).default('jsonl'))
    .option('--out <file>', 'a new file; standard output without it')
    .action((options: ExportOptions) =>
      runCommand(async (settings) => {
        const storage = await openStore(settings)
        try {
          const record = await onlyBook(storage, options.book)
          await write(exportBook(storage, record, options.format), options)
          return 'done'
        } finally {
          await storage.close()
        }
      }),
    )
}

async function write(lines: AsyncIterable<string>, { out, format }: ExportOptions): Promise<void> {
  const stream = out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx' })
  const failure = new Promise<never>((_resolve, reject) => stream.once('error', reject))
  failure.catch(() => {}) // the first to await it throws
  try {
    const end = format === 'csv' ? '\r\n' : '\n'
    for await (const line of lines) {
      if (!stream.write(line + end)) await Promise.race([once(stream, 'drain'), failure])
    }
    if (stream === process.stdout) return
    stream.end()
    await Promise.race([finished(stream), failure])
  } catch (cause) {
    throw new OperatorError(
      `${out ?? 'standard output'} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}
