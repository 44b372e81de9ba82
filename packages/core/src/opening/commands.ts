// The writing half of a book, as far as it is there before what writes is loaded: names, and their turn in the queue.
import type { Book } from '../book.ts'
import type { CommandQueue } from './command-queue.ts'
import type { Imports } from './imports.ts'

/** The writing half of a book. */
export type Commands = Pick<Book, (typeof commandNames)[number]>

/** Commands that write one action each. */
const written = [
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
  'setPrice',
  'upliftPrices',
  'noteExport',
  'saveView',
  'removeView',
] as const

/** Names of {@link Commands}. */
export const commandNames = [
  ...written,
  'recordActivity',
  'importClients',
  'recordUsage',
  'previewBilling',
  'applyBilling',
  'sealRun',
  'changeClients',
  'revokeDevices',
  'previewUndo',
  'previewRedo',
  'undo',
  'redo',
] as const

/** Binds the commands to one document. `catchUp` brings in what the server has by now, where there is one that answers. */
export function createCommands(parts: {
  queue: CommandQueue
  imports: Imports
  catchUp: () => Promise<unknown>
}): Commands {
  const { queue, imports } = parts
  const singles = written.map((name) => [name, (input: unknown) => queue.run((writing) => writing.write(name, input))])
  return {
    ...(Object.fromEntries(singles) as Pick<Commands, (typeof written)[number]>),
    recordActivity: (reports) => queue.run((writing) => writing.report('recordActivity', reports)),
    importClients: (plan) => imports.run(plan),
    recordUsage: (records) => queue.run((writing) => writing.recordUsage(records)),
    previewBilling: (change) => queue.run((writing) => writing.previewBilling(change)),
    applyBilling: (change) => queue.run((writing) => writing.applyBilling(change)),
    changeClients: (change) => queue.run((writing) => writing.changeClients(change)),
    // Outside of the queue: nobody's command waits for a server.
    revokeDevices: async (which) => {
      await parts.catchUp()
      return queue.run((writing) => writing.revokeDevices(which))
    },
    previewUndo: (request) => queue.run((writing) => writing.previewUndo('undo', request)),
    previewRedo: (request) => queue.run((writing) => writing.previewUndo('redo', request)),
    undo: (request) => queue.run((writing) => writing.undo('undo', request)),
    redo: (request) => queue.run((writing) => writing.undo('redo', request)),
    sealRun: (seal) => queue.run((writing) => writing.seal(seal)),
  }
}
