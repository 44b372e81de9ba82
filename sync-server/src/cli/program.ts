// The command `tierbook` with all that it can do.
import { Command } from 'commander'
import { version } from '../version.ts'
import { backupCommand } from './backup.ts'
import { booksCommand } from './books.ts'
import { doctorCommand } from './doctor.ts'
import { exportCommand } from './export.ts'
import { membersCommand, revokeCommand, roleCommand } from './members.ts'
import { moveCommand } from './move.ts'
import { restoreCommand } from './restore.ts'
import { startCommand } from './start.ts'
import { tokenCommand } from './token.ts'
import { verifyCommand } from './verify.ts'

export function createProgram(): Command {
  return new Command('tierbook')
    .description(
      'Keeps the devices of a Tierbook in step and serves the app. Settings come from the environment; see docs/operate.md.',
    )
    .version(version)
    .addCommand(startCommand(), { isDefault: true })
    .addCommand(tokenCommand())
    .addCommand(booksCommand())
    .addCommand(membersCommand())
    .addCommand(roleCommand())
    .addCommand(revokeCommand())
    .addCommand(verifyCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(moveCommand())
    .addCommand(exportCommand())
    .addCommand(doctorCommand())
}
