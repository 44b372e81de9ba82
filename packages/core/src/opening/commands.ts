// The writing half of a book: each command decides in its own file and runs through the queue.
import type { Book } from '../book.ts'
import { draftActivity } from '../commands/activity.ts'
import { assignTier, endClient, resumeClient } from '../commands/assignments.ts'
import { editBook } from '../commands/book-settings.ts'
import { addClient, editClient } from '../commands/clients.ts'
import type { Command, CommandContext } from '../commands/draft.ts'
import { retract } from '../commands/retract.ts'
import { settle } from '../commands/settle.ts'
import { addTier, editTier } from '../commands/tiers.ts'
import type { CommandQueue } from './command-queue.ts'
import type { Importer } from './importer.ts'

/** The writing half of a book. */
export type Commands = Pick<Book, (typeof commandNames)[number]>

/** Names of {@link Commands}. */
export const commandNames = [
  'editBook',
  'addClient',
  'editClient',
  'assignTier',
  'endClient',
  'resumeClient',
  'retract',
  'settle',
  'addTier',
  'editTier',
  'recordActivity',
  'importClients',
] as const

/** Binds the commands to one document. */
export function createCommands(parts: {
  context: CommandContext
  queue: CommandQueue
  importer: Importer
  now: () => number
}): Commands {
  const { context, queue } = parts
  const run = <T>(name: string, command: Command<unknown, T>, input: unknown) =>
    queue.run(name, () => command(context, input))
  return {
    editBook: (change) => run('editBook', editBook, change),
    addClient: (client) => run('addClient', addClient, client),
    editClient: (change) => run('editClient', editClient, change),
    assignTier: (change) => run('assignTier', assignTier, change),
    endClient: (change) => run('endClient', endClient, change),
    resumeClient: (change) => run('resumeClient', resumeClient, change),
    retract: (change) => run('retract', retract, change),
    settle: (change) => run('settle', settle, change),
    addTier: (tier) => run('addTier', addTier, tier),
    editTier: (change) => run('editTier', editTier, change),
    recordActivity: (reports) =>
      queue.report('recordActivity', () => draftActivity(context.projection, reports, parts.now())),
    importClients: (plan) => parts.importer.run(plan),
  }
}
