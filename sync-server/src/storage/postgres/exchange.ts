// NOTIFY and LISTEN on a connection of their own: hints that come within a millisecond, and that nothing relies on.
import { Client } from 'pg'
import type { Logger } from '../../logger.ts'
import type { Exchange, Hearing } from '../exchange.ts'
import { databaseProblem } from './database.ts'

/** PostgreSQL's own limit is 8,000 bytes. */
const maxPayload = 7_900
/** Tries to connect again: at once, then ever longer. */
const pausesMs = [50, 200, 1_000, 2_000]
const channel = 'tierbook'
/** By itself, so that what is heard of commits is never more than that. */
const presenceChannel = 'tierbook_presence'

/** `url` must lead to the server itself: a pooler in transaction mode passes no notifications on. */
export function openPostgresExchange({ url, logger }: { url: string; logger: Logger }): Exchange {
  let client: Client | null = null
  let isClosed = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  const hearings: Hearing[] = []
  let waiting = new Map<string, number>()
  let isTelling = false

  const connect = async () => {
    const next = new Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      query_timeout: 15_000,
      keepAlive: true,
      application_name: 'tierbook hints',
    })
    let isLost = false
    const lose = (problem: unknown) => {
      if (isLost) return
      isLost = true
      client = null
      next.end().catch(() => {})
      if (isClosed) return
      if (failures === 0)
        logger.warn({ reason: databaseProblem(problem) }, 'hints of other servers are lost; the store is asked instead')
      timer = setTimeout(() => void connect(), pausesMs[Math.min(failures, pausesMs.length - 1)])
      failures++
    }
    next.on('error', lose)
    next.on('end', () => lose(new Error('the connection ended')))
    next.on('notification', ({ channel: on, payload, processId }) => {
      if (processId !== ownProcess(next)) hear(on, payload ?? '')
    })
    try {
      await next.connect()
      await next.query(`LISTEN ${channel}`)
      await next.query(`LISTEN ${presenceChannel}`)
    } catch (error) {
      return lose(error)
    }
    if (isClosed || isLost) return void next.end().catch(() => {})
    client = next
    if (failures > 0) logger.info('hints of other servers come again')
    failures = 0
    for (const { lost } of hearings) lost?.()
  }
  const hear = (on: string, payload: string) => {
    if (on === presenceChannel) {
      for (const { presence } of hearings) presence?.(payload)
      return
    }
    const moved = readPositions(payload)
    if (moved.size > 0) for (const { positions } of hearings) positions?.(moved)
  }
  const notify = async (on: string, payload: string) => {
    await client?.query('SELECT pg_notify($1, $2)', [on, payload]).catch(() => {})
  }
  /** One message at a time; what comes meanwhile goes into the next. */
  const send = async () => {
    isTelling = true
    while (client && waiting.size > 0) {
      const payloads = writePositions(waiting)
      waiting = new Map()
      for (const payload of payloads) await notify(channel, payload)
    }
    waiting = new Map()
    isTelling = false
  }
  void connect()

  return {
    tellPositions(positions) {
      for (const [book, seq] of positions) waiting.set(book, seq)
      if (!isTelling) void send()
    },
    tellPresence: (text) => notify(presenceChannel, text),
    maxTextBytes: maxPayload,
    listen: (hearing) => void hearings.push(hearing),
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}

/** `<book> <seq>` a line, in as many texts as it takes. */
export function writePositions(positions: ReadonlyMap<string, number>): string[] {
  const payloads: string[] = []
  let payload = ''
  for (const [book, seq] of positions) {
    const line = `${book} ${seq}`
    if (payload !== '' && payload.length + line.length + 1 > maxPayload) {
      payloads.push(payload)
      payload = ''
    }
    payload += payload === '' ? line : `\n${line}`
  }
  return payload === '' ? payloads : [...payloads, payload]
}

/** Anybody who may use the database can send anything: what is not understood is left out. */
export function readPositions(payload: string): Map<string, number> {
  const positions = new Map<string, number>()
  for (const line of payload.split('\n')) {
    const [, book, seq] = /^([\w-]{1,64}) (\d{1,15})$/.exec(line) ?? []
    if (book !== undefined) positions.set(book, Number(seq))
  }
  return positions
}

function ownProcess(client: Client): number | null {
  return (client as Client & { processID: number | null }).processID
}
