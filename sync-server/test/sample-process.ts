// Test support: the command as a real child process, killed where a test leaves it running.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
/** Sources without their types, and compiled: each process would take a second of its own for that. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

export interface SampleProcess {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Resolves with the first match in standard output. */
  printed(pattern: RegExp): Promise<string>
  /** Resolves when the log holds the message. */
  logged(message: string): Promise<void>
}

interface CommandOptions {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export function runCommand({ args, environment }: CommandOptions): SampleProcess {
  return runNode([main, ...args], environment)
}

/** The command by a user whom permissions bind. It is loaded before root steps down: nobody else may be able to read this checkout. */
export function runUnprivileged({ args, environment }: CommandOptions): SampleProcess {
  const script = `
    const { startCommand } = await import(${JSON.stringify(new URL('../src/cli/start.ts', import.meta.url))})
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
    await startCommand().parseAsync(${JSON.stringify(args.slice(1))}, { from: 'user' })`
  return runNode(['--input-type=module', '--eval', script], environment)
}

/** Any script under this Node. */
export function runNode(args: readonly string[], environment: Readonly<Record<string, string>>): SampleProcess {
  const child = spawn(process.execPath, args, {
    // Nothing of the test's own environment but what a program needs.
    env: {
      PATH: process.env['PATH'] ?? '',
      TIERBOOK_HOST: '127.0.0.1',
      NODE_COMPILE_CACHE: compiled,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const seen = async (stream: NodeJS.ReadableStream, find: () => string | undefined, what: string) => {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      const next = await Promise.race([once(stream, 'data'), ended])
      if (!Array.isArray(next))
        throw new Error(`the command ended with ${next} before it said ${what}: ${stdout}${stderr}`)
    }
  }
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    printed: (pattern) => seen(child.stdout, () => pattern.exec(stdout)?.[1], String(pattern)),
    logged: async (message) => {
      await seen(child.stderr, () => (stderr.includes(`"msg":"${message}"`) ? message : undefined), message)
    },
  }
}

/** A server in a process of its own, with the token of an owner who joined through its link. */
export async function startSampleProcess(options: {
  folder: string
  port?: string
  environment?: Record<string, string>
}): Promise<SampleProcess & { port: string; invite: string }> {
  const environment = { TIERBOOK_DATA: options.folder, PORT: options.port ?? '0', ...options.environment }
  const command = runCommand({ args: ['start'], environment })
  const port = await command.printed(/Open +http:\/\/localhost:(\d+)/)
  const invite = await command.printed(/join#(\S+)\s/)
  return { ...command, port, invite }
}

/** Redeems an invite as the app does. */
export async function join(
  port: number | string,
  request: { invite: string; actor: string; book?: string; token?: string },
): Promise<{
  status: number
  body: { token: string; book: string; role: string; expiresAt: number; error?: { code: string } }
}> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/join`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
    },
    body: JSON.stringify({
      invite: request.invite,
      actor: { id: request.actor, name: 'Ada' },
      device: { id: request.actor },
      ...(request.book === undefined ? {} : { book: request.book }),
    }),
  })
  return { status: answer.status, body: (await answer.json()) as never }
}
