// Every setting in one place: read from the environment once, checked together, each wrong one reported.
import { resolve } from 'node:path'
import * as z from 'zod'

/** Everything an operator can set. Times are in the unit of the name, sizes in bytes. */
export type Settings = z.infer<typeof Settings>

/** Either settings, or one line for each that is wrong. */
export type SettingsResult =
  { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Reads settings from environment variables; `PORT` and whatever starts with `TIERBOOK_`.
 *
 * @example
 * const read = readSettings(process.env)
 * if (!read.ok) throw new Error(read.problems.join('\n'))
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): SettingsResult {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries(variables)) {
    const text = environment[variable]
    // An empty variable is an unset one: compose files and units write `NAME=` for "leave it".
    if (text !== undefined && text.trim() !== '') values[name] = text.trim()
  }
  const known = new Set<string>(Object.values(variables))
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith('TIERBOOK_') && !known.has(variable)) {
      problems.push(`${variable}: there is no such setting; known are ${[...known].join(', ')}`)
    }
  }
  const parsed = Settings.safeParse(values)
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]) as keyof typeof variables
    const got = secretSettings.has(name) ? 'something else' : JSON.stringify(values[name])
    problems.push(`${variables[name] ?? name}: ${issue.message}, got ${got}`)
  }
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  return { ok: true, settings: parsed.data }
}

/** The environment variable of each setting. */
export const variables = {
  dataFolder: 'TIERBOOK_DATA',
  databaseUrl: 'TIERBOOK_DATABASE_URL',
  hintsUrl: 'TIERBOOK_HINTS_URL',
  pollMs: 'TIERBOOK_POLL_MS',
  port: 'PORT',
  host: 'TIERBOOK_HOST',
  publicUrl: 'TIERBOOK_PUBLIC_URL',
  allowedOrigins: 'TIERBOOK_ALLOWED_ORIGINS',
  trustProxy: 'TIERBOOK_TRUST_PROXY',
  metricsToken: 'TIERBOOK_METRICS_TOKEN',
  logLevel: 'TIERBOOK_LOG_LEVEL',
  appFolder: 'TIERBOOK_APP',
  tokenDays: 'TIERBOOK_TOKEN_DAYS',
  inviteHours: 'TIERBOOK_INVITE_HOURS',
  ownerLinkHours: 'TIERBOOK_OWNER_LINK_HOURS',
  maxConnections: 'TIERBOOK_MAX_CONNECTIONS',
  maxConnectionsPerBook: 'TIERBOOK_MAX_CONNECTIONS_PER_BOOK',
  maxConnectionsPerActor: 'TIERBOOK_MAX_CONNECTIONS_PER_ACTOR',
  maxConnectionsPerAddress: 'TIERBOOK_MAX_CONNECTIONS_PER_ADDRESS',
  messagesPerSecond: 'TIERBOOK_MESSAGES_PER_SECOND',
  requestsPerMinute: 'TIERBOOK_REQUESTS_PER_MINUTE',
  requestSeconds: 'TIERBOOK_REQUEST_SECONDS',
  maxBufferedBytes: 'TIERBOOK_MAX_BUFFERED_BYTES',
  pingSeconds: 'TIERBOOK_PING_SECONDS',
  idleBookSeconds: 'TIERBOOK_IDLE_BOOK_SECONDS',
  idleIndexSeconds: 'TIERBOOK_IDLE_INDEX_SECONDS',
  keepLogDays: 'TIERBOOK_KEEP_LOG_DAYS',
} as const

/** Shown to nobody, not even where they are wrong. */
export const secretSettings: ReadonlySet<string> = new Set<keyof typeof variables>([
  'databaseUrl',
  'hintsUrl',
  'metricsToken',
])

const whole = (min: number, max: number) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    context.addIssue({ code: 'custom', message: `expected a whole number from ${min} to ${max}`, input: value })
    return z.NEVER
  })
const webAddress = 'expected an http or https address without path, such as https://book.example.com'
const origin = z
  .string()
  .refine(isOrigin, webAddress)
  .transform((text) => new URL(text).origin)

/** The schema behind {@link readSettings}: raw texts in, checked values out. */
export const Settings = z.object({
  /** Folder of the database and the signing key. */
  dataFolder: z
    .string()
    .default('./data')
    .transform((folder) => resolve(folder))
    .describe('folder of the database and the signing key: this is what to back up'),
  /** Several nodes over one database; the key that signs is in it too, and the data folder is not used. */
  databaseUrl: z
    .string()
    .refine(isDatabaseUrl, 'expected an address such as postgres://user:password@host/database')
    .optional()
    .describe(
      'PostgreSQL database in place of the folder, such as `postgres://user:password@host/database`: for several nodes',
    ),
  /** Nodes tell each other what they stored by NOTIFY, which needs a session: a pooler in transaction mode has none. */
  hintsUrl: z
    .string()
    .refine(isDatabaseUrl, 'expected an address such as postgres://user:password@host/database')
    .optional()
    .describe('the same database without a pooler between, where `TIERBOOK_DATABASE_URL` leads to one'),
  /** How long a node that missed what others told may be behind. */
  pollMs: whole(50, 60_000)
    .default(1_000)
    .describe(
      'within how many ms others’ edits are read where hints are lost: a node asks the database twice in that time',
    ),
  /** 0 lets the system choose, for tests. */
  port: whole(0, 65_535).default(4400).describe('port'),
  /**
   * Address to listen on. All interfaces by default, because a phone must be able to join over the local network;
   * nothing but the app's own files is served without a signed token.
   */
  host: z.string().min(1).default('0.0.0.0').describe('address to listen on; all by default, so that a phone can join'),
  /** The address in links and QR codes; without it `http://localhost:<port>`, which only this machine reaches. */
  publicUrl: origin.optional().describe('address in links and QR codes, such as `https://book.example.com`'),
  /** Further origins whose pages may call this server, separated by commas: a development server of the app, say. */
  allowedOrigins: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine((list) => list.every(isOrigin), webAddress)
    .describe('further origins whose pages may call the server, separated by commas'),
  /** `1` behind a reverse proxy that sets X-Forwarded-For: limits then count its last address. */
  trustProxy: z
    .enum(['0', '1'], 'expected 0 or 1')
    .default('0')
    .transform((text) => text === '1')
    .describe('`1` behind a proxy that sets X-Forwarded-For'),
  /** When set, `/metrics` wants it as a bearer token. */
  metricsToken: z
    .string()
    .min(16, 'expected at least 16 characters')
    .optional()
    .describe('when set, `/metrics` wants it as a bearer token'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'expected trace, debug, info, warn, error or silent')
    .default('info')
    .describe('`trace`, `debug`, `info`, `warn`, `error` or `silent`'),
  /** Folder of the built app; without it the one beside this package. */
  appFolder: z
    .string()
    .transform((folder) => resolve(folder))
    .optional()
    .describe('folder of the built app'),
  /** Life of an access token. A device that stays offline longer has to be invited again, so it covers a quarter of a year. */
  tokenDays: whole(1, 3650).default(90).describe('life of an access token: how long a device may stay offline'),
  /** How long an invite can be redeemed: over a weekend. */
  inviteHours: whole(1, 720).default(72).describe('how long an invite can be redeemed'),
  /** How long the owner link that `start` prints can be redeemed. */
  ownerLinkHours: whole(1, 720).default(24).describe('how long the link that `start` prints can be redeemed'),
  /** Open websockets on the whole server: some 50 KiB each. */
  maxConnections: whole(1, 100_000).default(2_000).describe('websockets on the server'),
  maxConnectionsPerBook: whole(1, 100_000).default(500).describe('websockets on one book'),
  /** Some devices with some tabs each. */
  maxConnectionsPerActor: whole(1, 100_000).default(100).describe('websockets of one person on one book'),
  /** An office behind one address, several tabs each. */
  maxConnectionsPerAddress: whole(1, 100_000).default(200).describe('websockets from one address'),
  /** Messages a second that one socket gets read; a faster one is slowed down, not closed. */
  messagesPerSecond: whole(1, 1_000_000)
    .default(5_000)
    .describe('read from one websocket; a faster one is slowed down'),
  /** Calls a minute of the JSON API from one address. */
  requestsPerMinute: whole(1, 1_000_000).default(120).describe('calls of the API from one address'),
  /** How long a request may take to arrive, and an answer may lie unread: whoever is slower is cut. */
  requestSeconds: whole(1, 3600).default(30).describe('how long a request may take to arrive, its answer to be read'),
  /** Unsent bytes that one socket may hold beside its first sync: a slower reader is closed with 1013. */
  maxBufferedBytes: whole(65_536, 1_073_741_824)
    .default(16_777_216)
    .describe('unsent bytes of one websocket before it is closed'),
  /** A silent socket is gone after two of these. */
  pingSeconds: whole(1, 3600).default(30).describe('a websocket that is silent for two of these is cut'),
  /** How long a book stays in memory after its last device left: a reload finds it warm. */
  idleBookSeconds: whole(0, 86_400)
    .default(10)
    .describe('how long a book stays open after its last device left, the latest 256 of them'),
  /** An index takes about a third of a book's bytes; reading and joining go on without it. */
  idleIndexSeconds: whole(0, 86_400)
    .default(30)
    .describe('how long the index of a book stays in memory after the last edit, while devices are connected'),
  /** What a book says and said is in the book itself; the updates are how it came there. */
  keepLogDays: whole(1, 36_500)
    .optional()
    .describe('for how many days the bytes of each update are kept; all of them for ever without it'),
})

function isDatabaseUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1
}

function isOrigin(text: string): boolean {
  try {
    const { protocol, pathname, search, hash, username } = new URL(text)
    return /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === '' && username === ''
  } catch {
    return false
  }
}
