// Tabs of one browser profile that have the same book open pass edits on to each other, server or not.
import * as Y from 'yjs'
import * as z from 'zod/mini'

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
/** `replica` names the document that a tab shows: after a recovery (SY3) tabs that still show the one before must not bring it back. */
const TabMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), replica: z.string(), stateVector: Bytes }),
  z.object({ type: z.literal('update'), replica: z.string(), update: Bytes }),
  z.object({ type: z.literal('replaced'), replica: z.string() }),
])

const origin = { source: 'tabs', name: 'broadcast-channel' }

/** A tab's link with the others. */
export interface TabLink {
  /** Tells the others that `replica` has taken the place of the document so far, and links `doc` from now on. */
  replace(doc: Y.Doc): void
  close(): void
}

/** Links `doc` with other tabs on the channel `name`; does nothing where the runtime has no channels. */
export function linkTabs(options: {
  name: string
  doc: Y.Doc
  replica: () => string
  /** Another tab says that another document is stored now. */
  onReplaced: () => void
}): TabLink {
  if (typeof BroadcastChannel === 'undefined') return { replace() {}, close() {} }
  const channel = new BroadcastChannel(options.name)
  // Node keeps a process alive for an open channel, which would keep scripts from ending.
  ;(channel as { unref?: () => void }).unref?.()
  let { doc } = options

  const post = (message: z.infer<typeof TabMessage>) => channel.postMessage(message)
  const hello = () => post({ type: 'hello', replica: options.replica(), stateVector: Y.encodeStateVector(doc) })
  const onUpdate = (update: Uint8Array, from: unknown) => {
    if (from !== origin) post({ type: 'update', replica: options.replica(), update })
  }
  let askedWith = ''
  /** An edit builds on one that this tab has not seen: ask for the rest, once for each state, since nobody may have it. */
  const askForMissing = () => {
    const state = Y.encodeStateVector(doc).toString()
    if (!doc.store.pendingStructs || state === askedWith) return
    askedWith = state
    hello()
  }
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const message = TabMessage.safeParse(event.data)
    if (!message.success) return
    const replica = options.replica()
    if (message.data.type === 'replaced') {
      if (message.data.replica !== replica) options.onReplaced()
      return
    }
    if (message.data.replica !== replica) return
    if (message.data.type === 'hello') {
      post({ type: 'update', replica, update: Y.encodeStateAsUpdate(doc, message.data.stateVector) })
      return
    }
    Y.applyUpdate(doc, message.data.update, origin)
    askForMissing()
  }
  doc.on('update', onUpdate)
  hello()
  return {
    replace(next) {
      doc.off('update', onUpdate)
      doc = next
      doc.on('update', onUpdate)
      post({ type: 'replaced', replica: options.replica() })
      hello()
    },
    close() {
      doc.off('update', onUpdate)
      channel.close()
    },
  }
}
