// `tierbook members`, `role` and `revoke`: who is in a book, and who stays in it; they take effect on a running server within a second.
import { type Role, roles } from '@tierbook/core/protocol'
import { Argument, Command } from 'commander'
import { OperatorError } from '../operate/operator-error.ts'
import { openStore, openStoreForChanges } from '../operate/open-store.ts'
import { chosenBooks, onlyBook } from '../operate/chosen-books.ts'
import type { StoredMember } from '../storage/access-store.ts'
import type { ServerStorage } from '../storage/storage.ts'
import { print, runCommand, table, timeWords } from './run.ts'

export function membersCommand(): Command {
  return new Command('members')
    .description('list people and their devices: role, when each was last connected, who was revoked')
    .option('--book <id>', 'this book only')
    .option('--json', 'print one JSON document')
    .action((options: { book?: string; json?: true }) =>
      runCommand(async (settings) => {
        const storage = await openStore(settings)
        try {
          const books: { book: string; members: readonly StoredMember[] }[] = []
          for await (const { book } of chosenBooks(storage, options.book))
            books.push({ book, members: await storage.access.members(book) })
          print(options, { json: { books }, lines: books.flatMap(({ book, members }) => memberLines(book, members)) })
          return 'done'
        } finally {
          await storage.close()
        }
      }),
    )
}

export function roleCommand(): Command {
  return new Command('role')
    .description('give a person another role; whoever is connected comes back with it')
    .argument('<actor>', 'the person’s id, see `tierbook members`')
    .addArgument(new Argument('<role>', 'the new role').choices([...roles]))
    .option('--book <id>', 'which book, where the server holds several')
    .option('--json', 'print one JSON document')
    .action((actor: string, role: Role, options: ChangeOptions) =>
      change(options, async (storage, book) => {
        if (!(await storage.access.setRole({ book, actor, role }))) throw unknown(actor)
        return { json: { book, actor, role }, lines: [`${actor} is ${role === 'viewer' ? 'a' : 'an'} ${role} now`] }
      }),
    )
}

export function revokeCommand(): Command {
  return new Command('revoke')
    .description('let a person in no more, or one of their devices; connections end within a second')
    .argument('<actor>', 'the person’s id, see `tierbook members`')
    .option('--device <id>', 'this device only')
    .option('--book <id>', 'which book, where the server holds several')
    .option('--json', 'print one JSON document')
    .action((actor: string, options: ChangeOptions & { device?: string }) =>
      change(options, async (storage, book) => {
        const { device } = options
        if (!(await storage.access.revoke({ book, actor, device, now: Date.now() }))) throw unknown(device ?? actor)
        const who = device === undefined ? actor : `device ${device} of ${actor}`
        return { json: { book, actor, device: device ?? null, revoked: true }, lines: [`${who} is let in no more`] }
      }),
    )
}

interface ChangeOptions {
  readonly book?: string
  readonly json?: true
}

/** Writes to the store beside a running server, which notices. */
async function change(
  options: ChangeOptions,
  work: (storage: ServerStorage, book: string) => Promise<{ json: unknown; lines: readonly string[] }>,
): Promise<void> {
  await runCommand(async (settings) => {
    const storage = await openStoreForChanges(settings)
    try {
      const { book } = await onlyBook(storage, options.book)
      print(options, await work(storage, book))
      return 'done'
    } finally {
      await storage.close()
    }
  })
}

function unknown(id: string): OperatorError {
  return new OperatorError(`the book knows no ${id}; see \`tierbook members\``)
}

function memberLines(book: string, members: readonly StoredMember[]): string[] {
  const rows = members.flatMap(({ actor, name, role, revokedAt, devices }) => [
    [actor, name ?? '-', role ?? 'as its token says', revokedAt === null ? '' : `revoked ${timeWords(revokedAt)}`],
    ...devices.map((device) => [
      `  ${device.device}`,
      device.name ?? '-',
      `last seen ${timeWords(device.lastSeenAt)}`,
      device.revokedAt === null ? '' : `revoked ${timeWords(device.revokedAt)}`,
    ]),
  ])
  return [`book ${book}`, ...table(rows).map((line) => `  ${line}`)]
}
