// `tierbook start`: runs the server until it is told to stop.
import { Command } from 'commander'
import { createLogger } from '../logger.ts'
import { createServer } from '../server.ts'
import type { Settings } from '../settings.ts'
import { StartError } from '../start-error.ts'
import type { RunningServer } from '../storage/data-folder.ts'
import { writeBanner, writeFacts } from './banner.ts'
import { settingsOrComplain } from './read-settings.ts'
import { print } from './run.ts'

const sameWishMs = 1_000

export function startCommand(): Command {
  return (
    new Command('start')
      .description('run the server (default)')
      .option('--json', 'print where it runs and the owner link as one JSON document')
      // It is the command that is meant where none is named: what is no command's name gets here.
      .allowExcessArguments()
      .action(start)
  )
}

async function start(options: { json?: true }, command: Command): Promise<void> {
  const [word] = command.args
  if (word !== undefined) return command.error(`error: there is no command ${word}; see \`tierbook --help\``)
  const settings = settingsOrComplain()
  if (!settings) return
  const logger = createLogger({ level: settings.logLevel, pretty: process.stderr.isTTY })
  try {
    const server = await createServer({ settings, logger, processMetrics: true })
    onStopSignal(async () => {
      const { unstored } = await server.close()
      // Nothing keeps the process now. What could not be stored was not acknowledged either, but an operator must see it.
      process.exitCode = unstored > 0 ? 1 : 0
    })
    process.stdout.write(options.json ? await writeFacts(server) : await writeBanner(server, settings))
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    const { problem } = error
    if (problem.code === 'in-use' && problem.running && (await isWanted(problem.running, settings))) {
      const { pid, url } = problem.running
      const words = `Tierbook is already running at ${url}`
      print(options, { json: { url, pid, ownerLink: null, isNew: false }, lines: [words] })
      return
    }
    console.error(`Tierbook cannot start: ${problem.message}`)
    process.exitCode = 1
  }
}

/** Ctrl-C under npm or npx arrives twice within moments: that is one wish to stop. A later one ends the process at once. */
function onStopSignal(stop: () => Promise<void>): void {
  let askedAt: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const at = performance.now()
      if (askedAt === null) void stop()
      else if (at - askedAt > sameWishMs) process.exit(1)
      askedAt ??= at
    })
  }
}

/** Whether the server that holds the data folder is alive and on the port that was asked for: then there is nothing to do. */
async function isWanted(running: RunningServer, { port }: Settings): Promise<boolean> {
  if (port !== 0 && running.port !== port) return false
  try {
    const answer = await fetch(`http://127.0.0.1:${running.port}/healthz`, { signal: AbortSignal.timeout(3_000) })
    return ((await answer.json()) as { instance?: unknown }).instance === running.instance
  } catch {
    return false
  }
}
