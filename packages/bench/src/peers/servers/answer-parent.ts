// What each measured server tells the process that started it.

/** What a server's process used since it started, and holds. */
export interface Usage {
  readonly cpuMs: number
  readonly rssBytes: number
  /** After garbage was collected, where that was asked for. */
  readonly heapBytes: number
}

/** What is asked of a server's process. */
export type Question =
  | { readonly kind: 'usage'; readonly collect: boolean }
  | { readonly kind: 'token'; readonly book: string; readonly actor: string; readonly role: 'owner' | 'editor' }
  | { readonly kind: 'stop' }

/** Listens for questions. `stop` stores what is still to be stored. */
export function answerParent(server: {
  port: number
  token?: (question: Extract<Question, { kind: 'token' }>) => Promise<string>
  stop: () => Promise<unknown>
}): void {
  const answer = async (question: Question): Promise<unknown> => {
    if (question.kind === 'token') return (await server.token?.(question)) ?? ''
    if (question.kind === 'stop') return server.stop().then(() => 'stopped')
    if (question.collect) for (let i = 0; i < 3; i++) globalThis.gc?.({ type: 'major', execution: 'sync' })
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { cpuMs: (user + system) / 1_000, rssBytes: rss, heapBytes: heapUsed + external } satisfies Usage
  }
  process.on('message', (question: Question) => {
    void answer(question).then((said) => process.send?.({ said }))
  })
  // Whoever measures may be stopped at any time, and nobody else ends this process.
  process.once('disconnect', () => process.exit(1))
  process.send?.({ port: server.port })
}
