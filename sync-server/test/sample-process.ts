// Test support: the command as a real child process, killed where a test leaves it running.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface SampleProcess {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Resolves with the first match in standard output. */
  printed(pattern: RegExp): Promise<string>
}

export function runCommand(options: {
  args: string[]
  environment: Record<string, string>
  uid?: number
}): SampleProcess {
  const child = spawn(process.execPath, [main, ...options.args], {
    // Nothing of the test's own environment but what a program needs.
    env: { PATH: process.env['PATH'] ?? '', TIERBOOK_HOST: '127.0.0.1', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    async printed(pattern) {
      for (;;) {
        const match = pattern.exec(stdout)?.[1]
        if (match !== undefined) return match
        const next = await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended])
        if (!Array.isArray(next))
          throw new Error(`the command ended with ${next} before it printed ${pattern}: ${stdout}${stderr}`)
      }
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
  request: { invite: string; actor: string; book?: string },
): Promise<{
  status: number
  body: { token: string; book: string; role: string; expiresAt: number; error?: { code: string } }
}> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      invite: request.invite,
      actor: { id: request.actor, name: 'Ada' },
      device: { id: request.actor },
      ...(request.book === undefined ? {} : { book: request.book }),
    }),
  })
  return { status: answer.status, body: (await answer.json()) as never }
}
