// Stands in for the runtime's BroadcastChannel, which delivers when it likes: here messages move when the run says so, and a seed replays.
import type { Random } from '../../src/testing/random.ts'

/** All channels between the tabs of one run. */
export interface TabChannels {
  /** Delivers one message to one tab, drawn at random; false where none is under way. Order between two tabs is kept. */
  deliverOne(random: Random): boolean
  deliverAll(): void
  /** Channels opened while `open` runs, to cut them as when the tab is killed. */
  during<T>(open: () => Promise<T>): Promise<{ value: T; cut: () => void }>
  /** Puts the runtime's own back. */
  restore(): void
}

interface Tab {
  readonly name: string
  readonly inbox: unknown[]
  onmessage: ((event: { data: unknown }) => void) | null
}

/** Takes the place of `BroadcastChannel` until `restore`. */
export function replaceTabChannels(): TabChannels {
  const before = globalThis.BroadcastChannel
  const tabs = new Set<Tab>()
  let opened: Tab[] | undefined

  class Channel implements Tab {
    readonly name: string
    readonly inbox: unknown[] = []
    onmessage: Tab['onmessage'] = null

    constructor(name: string) {
      this.name = name
      tabs.add(this)
      opened?.push(this)
    }

    postMessage(data: unknown): void {
      if (!tabs.has(this)) return
      for (const tab of tabs) if (tab !== this && tab.name === this.name) tab.inbox.push(structuredClone(data))
    }

    close(): void {
      tabs.delete(this)
    }
  }
  globalThis.BroadcastChannel = Channel as unknown as typeof BroadcastChannel

  const deliver = (tab: Tab) => tab.onmessage?.({ data: tab.inbox.shift() })
  const withMail = () => [...tabs].filter(({ inbox }) => inbox.length > 0)
  return {
    deliverOne(random) {
      const waiting = withMail()
      if (waiting.length === 0) return false
      deliver(random.pick(waiting))
      return true
    },
    deliverAll() {
      for (let waiting = withMail(); waiting.length > 0; waiting = withMail()) waiting.forEach(deliver)
    },
    async during(open) {
      const mine: Tab[] = []
      opened = mine
      try {
        const value = await open()
        return { value, cut: () => mine.forEach((tab) => tabs.delete(tab)) }
      } finally {
        opened = undefined
      }
    },
    restore() {
      globalThis.BroadcastChannel = before
    },
  }
}
