// `tierbook verify`: re-hashes everything that was stored and compares what follows from it.
import { Command } from 'commander'
import { readJson } from '../operate/backup.ts'
import { Checkpoint } from '../operate/checkpoint.ts'
import { openStore } from '../operate/open-store.ts'
import type { Finding } from '../operate/verify-book.ts'
import { type Verification, verifyStore } from '../operate/verify-store.ts'
import { print, runCommand, showProgress } from './run.ts'

interface VerifyOptions {
  readonly book?: string
  readonly checkpoint?: string
  readonly json?: true
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('re-hash every stored update, and check all that follows from them; names the first bad one')
    .option('--book <id>', 'this book only')
    .option('--checkpoint <file>', 'also prove that the store continues a checkpoint.json, as backups hold one')
    .option('--json', 'print one JSON document')
    .action((options: VerifyOptions) =>
      runCommand(async (settings) => {
        const checkpoint = options.checkpoint === undefined ? undefined : readJson(options.checkpoint, Checkpoint)
        const storage = await openStore(settings)
        try {
          const verification = await verifyStore(storage, { book: options.book, checkpoint, onProgress: showProgress })
          print(options, { json: verification, lines: verificationLines(verification) })
          return verification.findings.length === 0 ? 'done' : 'found'
        } finally {
          await storage.close()
        }
      }),
    )
}

/** The verdict, the first finding first. */
export function verificationLines({ books, updates, findings }: Verification): string[] {
  const scope = `${books} ${books === 1 ? 'book' : 'books'}, ${updates} ${updates === 1 ? 'update' : 'updates'}`
  if (findings.length === 0) return [`whole: ${scope}`]
  return [`NOT whole: ${findings.length} findings in ${scope}`, ...findings.slice(0, 100).map(findingLine)]
}

function findingLine({ book, seq, problem }: Finding): string {
  return `  book ${book}${seq === null ? '' : `, update ${seq}`}: ${problem}`
}
