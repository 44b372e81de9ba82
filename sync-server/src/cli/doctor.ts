// `tierbook doctor`: what is wrong with this installation, and what to do about it.
import { Command } from 'commander'
import { examine } from '../operate/examine.ts'
import { settingsInEffect } from '../settings-table.ts'
import { print, runCommand, table } from './run.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'look at settings, data folder, disk, key, database, clock, address and the running server, or at the nodes’ PostgreSQL; nothing is changed',
    )
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      runCommand(async (settings) => {
        const examinations = await examine(settings, Date.now)
        const inEffect = settingsInEffect(settings, process.env)
        const marks = { ok: 'ok', warning: 'WARNING', failed: 'FAILED' } as const
        const lines = [
          ...table(examinations.map(({ name, status, words }) => [marks[status], name, words])),
          '',
          ...table(inEffect.map(({ variable, value, isSet }) => [variable, value, isSet ? 'set' : 'default'])),
        ]
        print(options, { json: { examinations, settings: inEffect }, lines })
        return examinations.some(({ status }) => status === 'failed') ? 'found' : 'done'
      }),
    )
}
