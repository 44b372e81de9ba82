// `tierbook restore`: puts a backup in place of the store, as a new generation.
import { Command } from 'commander'
import { resolve } from 'node:path'
import { restoreBackup, restoreToDatabase } from '../operate/restore.ts'
import { namingFullDisk } from '../operate/store-fault.ts'
import { print, runCommand } from './run.ts'

export function restoreCommand(): Command {
  return new Command('restore')
    .description(
      'put a backup in place of the folder’s store, which is set aside, or into an empty database, with the server stopped; every book becomes a new generation',
    )
    .argument('<folder>', 'a folder that `tierbook backup` made')
    .option('--json', 'print one JSON document')
    .action((folder: string, options: { json?: true }) =>
      runCommand(async (settings) => {
        const { dataFolder, databaseUrl: url } = settings
        const request = { backup: resolve(folder), now: Date.now }
        const restored = await (url === undefined
          ? namingFullDisk(dataFolder, () => restoreBackup({ ...request, dataFolder }))
          : restoreToDatabase({ ...request, url }))
        const place = url === undefined ? dataFolder : 'the database'
        const { books, setAside, tookKey } = restored
        print(options, {
          json: restored,
          lines: [
            `restored ${books.length} ${books.length === 1 ? 'book' : 'books'} to ${place}`,
            ...books.map(({ book, seq }) => `  ${book}: ${seq} updates`),
            setAside === null ? 'there was no book before' : `the store that was there lies in ${setAside}`,
            tookKey ? 'the signing key was restored too' : 'the signing key that was there was kept',
            'start the server: devices that know more bring it back by themselves',
          ],
        })
        return 'done'
      }),
    )
}
