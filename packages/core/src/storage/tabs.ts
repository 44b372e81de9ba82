// Tabs of one browser profile that have the same book open pass edits on to each other, server or not.
import * as Y from 'yjs'
import * as z from 'zod/mini'

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const TabMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), stateVector: Bytes }),
  z.object({ type: z.literal('update'), update: Bytes }),
])

const origin = { source: 'tabs', name: 'broadcast-channel' }

/** Links `doc` with other tabs on the channel `name`; does nothing where the runtime has no channels. */
export function linkTabs(name: string, doc: Y.Doc): { close(): void } {
  if (typeof BroadcastChannel === 'undefined') return { close() {} }
  const channel = new BroadcastChannel(name)
  // Node keeps a process alive for an open channel, which would keep scripts from ending.
  ;(channel as { unref?: () => void }).unref?.()

  const post = (message: z.infer<typeof TabMessage>) => channel.postMessage(message)
  const hello = () => post({ type: 'hello', stateVector: Y.encodeStateVector(doc) })
  const onUpdate = (update: Uint8Array, from: unknown) => {
    if (from !== origin) post({ type: 'update', update })
  }
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const message = TabMessage.safeParse(event.data)
    if (!message.success) return
    if (message.data.type === 'hello') {
      const missing = Y.diffUpdate(Y.encodeStateAsUpdate(doc), message.data.stateVector)
      post({ type: 'update', update: missing })
      return
    }
    Y.applyUpdate(doc, message.data.update, origin)
    // An edit that builds on one this tab has not seen: ask for the rest.
    if (doc.store.pendingStructs) hello()
  }
  doc.on('update', onUpdate)
  hello()
  return {
    close() {
      doc.off('update', onUpdate)
      channel.close()
    },
  }
}
