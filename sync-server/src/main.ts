#!/usr/bin/env node
// The command `tierbook`.
import { Command } from 'commander'
import { startCommand } from './cli/start.ts'
import { tokenCommand } from './cli/token.ts'
import { version } from './version.ts'

const program = new Command('tierbook')
  .description(
    'Keeps the devices of a Tierbook in step and serves the app. Settings come from the environment; see the README.',
  )
  .version(version)
  .addCommand(startCommand(), { isDefault: true })
  .addCommand(tokenCommand())

await program.parseAsync()
