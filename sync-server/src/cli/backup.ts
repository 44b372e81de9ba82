// `tierbook backup`: copies the store beside a running server.
import { Command } from 'commander'
import { join, resolve } from 'node:path'
import { makeBackup } from '../operate/backup.ts'
import { namingFullDisk } from '../operate/store-fault.ts'
import { version } from '../version.ts'
import { print, runCommand, showProgress } from './run.ts'
import { verificationLines } from './verify.ts'

interface BackupOptions {
  readonly to: string
  readonly json?: true
}

export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'copy database, signing key and a signed checkpoint to a new folder, beside a running server, and verify the copy',
    )
    .requiredOption('--to <folder>', 'where backups go; each gets a folder of its own, named by the time')
    .option('--json', 'print one JSON document')
    .action((options: BackupOptions) =>
      runCommand(async (settings) => {
        const name = `tierbook-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
        const target = join(resolve(options.to), name)
        const backup = await namingFullDisk(target, () =>
          makeBackup({ place: settings, target, version, now: Date.now, onProgress: showProgress }),
        )
        const lines = [
          `backed up to ${backup.folder} (${Math.ceil(backup.bytes / 1024)} KiB)`,
          ...verificationLines(backup.verification),
        ]
        print(options, { json: backup, lines })
        return backup.verification.findings.length === 0 ? 'done' : 'found'
      }),
    )
}
