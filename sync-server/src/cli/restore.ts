// `tierbook restore`: puts a backup in place of the store, as a new generation.
import { Command } from 'commander'
import { resolve } from 'node:path'
import { restoreBackup } from '../operate/restore.ts'
import { requireFolder } from '../operate/open-store.ts'
import { print, runCommand } from './run.ts'

export function restoreCommand(): Command {
  return new Command('restore')
    .description(
      'put a backup in place of the store, with the server stopped; every book becomes a new generation, the old store is set aside',
    )
    .argument('<folder>', 'a folder that `tierbook backup` made')
    .option('--json', 'print one JSON document')
    .action((folder: string, options: { json?: true }) =>
      runCommand(async (settings) => {
        requireFolder(settings, 'restore it with pg_restore, see docs/operate.md')
        const { dataFolder } = settings
        const restored = await restoreBackup({ backup: resolve(folder), dataFolder, now: Date.now })
        const { books, setAside, tookKey } = restored
        print(options, {
          json: restored,
          lines: [
            `restored ${books.length} ${books.length === 1 ? 'book' : 'books'} to ${dataFolder}`,
            ...books.map(({ book, seq }) => `  ${book}: ${seq} updates`),
            setAside === null ? 'there was no store before' : `the store that was there lies in ${setAside}`,
            tookKey ? 'the signing key was restored too' : 'the signing key of the data folder was kept',
            'start the server: devices that know more bring it back by themselves',
          ],
        })
        return 'done'
      }),
    )
}
