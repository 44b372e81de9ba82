// `tierbook token`: makes invite links and tokens from the data folder's key, beside a running server or without one.
import { roles, type Role } from '@tierbook/core/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describeAddress, inviteUrl, inviteWarnings } from '../identity/public-address.ts'
import { openSigningKey, readSigningKey, type SigningKey, writeSigningKey } from '../identity/signing-key.ts'
import { createTokens, Id } from '../identity/tokens.ts'
import { openDatabase } from '../operate/open-store.ts'
import { OperatorError } from '../operate/operator-error.ts'
import type { Settings } from '../settings.ts'
import { fileNames, prepareFolder, readRunning } from '../storage/data-folder.ts'
import { settingsOrComplain } from './read-settings.ts'
import { print } from './run.ts'

interface TokenOptions {
  readonly book?: string
  readonly role: Role
  readonly hours?: number
  readonly reusable?: true
  readonly access?: true
  readonly actor?: string
  readonly json?: true
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('print an invite link, or with --access a token for scripts')
    .option(
      '--book <id>',
      'the book; without it the link leads to the only one, or puts a first one on the server',
      readId,
    )
    .addOption(new Option('--role <role>', 'what the bearer may do').choices([...roles]).default('editor'))
    .option('--hours <n>', 'how long an invite can be redeemed', readHours)
    .option('--reusable', 'for any number of people until it expires, instead of for one')
    .option('--access', 'print an access token instead of an invite; needs --book and --actor')
    .option('--actor <id>', 'whom the access token is for', readId)
    .option('--json', 'print one JSON document')
    .action(printToken)
}

async function printToken(options: TokenOptions, command: Command): Promise<void> {
  const settings = settingsOrComplain()
  if (!settings) return
  const key = await keyOf(settings).catch((error: unknown) => {
    if (error instanceof OperatorError) return command.error(`error: ${error.message}`)
    throw error
  })
  const tokens = createTokens({ key, tokenDays: settings.tokenDays })
  const { book, role, actor } = options
  if (options.access) {
    if (book === undefined || actor === undefined) return command.error('error: --access needs --book and --actor')
    const { token, expiresAt } = await tokens.signAccess({ book, role, actor, device: actor })
    print(options, { json: { token, book, actor, role, expiresAt }, lines: [token] })
    return
  }
  const { invite, expiresAt } = await tokens.signInvite({
    role,
    book,
    hours: options.hours ?? settings.inviteHours,
    reusable: options.reusable ?? false,
  })
  const address = describeAddress(
    settings.publicUrl ?? readRunning(settings.dataFolder)?.url ?? `http://localhost:${settings.port}`,
  )
  const url = inviteUrl(address, invite)
  const warnings = inviteWarnings(address)
  print(options, { json: { url, role, book: book ?? null, expiresAt, warnings }, lines: [url] })
  if (options.json) return
  console.error(`for ${role === 'viewer' ? 'a' : 'an'} ${role}, until ${new Date(expiresAt).toISOString()}`)
  for (const warning of warnings) console.error(warningWords[warning])
}

async function keyOf({ databaseUrl, dataFolder }: Settings): Promise<SigningKey> {
  if (databaseUrl !== undefined) {
    const storage = await openDatabase({ url: databaseUrl })
    try {
      return readSigningKey(await storage.secret('signing-key', writeSigningKey), 'in the database')
    } finally {
      await storage.close()
    }
  }
  const unusable = prepareFolder(dataFolder)
  if (unusable) throw new OperatorError(unusable.message)
  if (!existsSync(join(dataFolder, fileNames.database))) {
    console.error(
      `no server has run on the data folder ${dataFolder} yet, and others refuse what its key signs; set TIERBOOK_DATA to theirs`,
    )
  }
  return openSigningKey(join(dataFolder, fileNames.key))
}

const warningWords = {
  loopback: 'only this machine reaches the address; set TIERBOOK_PUBLIC_URL to invite other devices',
  'not-https': 'the address is not HTTPS: other devices cannot work offline there',
} as const

function readId(text: string): string {
  if (!Id.safeParse(text).success) throw new InvalidArgumentError('expected 22 characters of base64url')
  return text
}

function readHours(text: string): number {
  const hours = Number(text)
  if (!Number.isInteger(hours) || hours < 1 || hours > 720)
    throw new InvalidArgumentError('expected a whole number from 1 to 720')
  return hours
}
