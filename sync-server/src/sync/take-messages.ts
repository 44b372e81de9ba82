// Takes a turn's messages: as many as possible in one transaction of the document, the others one by one, with what each needs first.
import type { Connection } from './connection.ts'
import { type DialogueContext, takeFrame } from './dialogue.ts'
import type { OpenBook } from './open-book.ts'
import type { Turn } from './turn.ts'

/** A frame that came in. */
export interface Message {
  readonly connection: Connection
  readonly frame: Uint8Array
}

/** Rejects where the store cannot give what a message needs: the book must be thrown away then. */
export async function takeMessages(context: DialogueContext, turn: Turn, messages: readonly Message[]): Promise<void> {
  const { open } = context
  const take = ({ connection, frame }: Message) => takeFrame(context, turn, connection, frame)
  for (let at = 0; at < messages.length;) {
    at += takeTogether(open, turn, messages.slice(at), take)
    const next = messages[at++]
    if (next === undefined) break
    for (let taken = take(next); taken !== 'taken'; taken = take(next)) {
      if (taken === 'needs-latest') await open.catchUp(turn)
      else if (open.isResident) throw new Error('a frame was not taken with the document in memory')
      else await open.makeResident()
    }
  }
}

/** Takes messages in one transaction of the document until one needs something else; gives how many it took. */
function takeTogether(
  book: OpenBook,
  turn: Turn,
  messages: readonly Message[],
  take: (message: Message) => ReturnType<typeof takeFrame>,
): number {
  if (messages.length < 2) return 0
  let taken = 0
  const update = book.together(() => {
    while (messages[taken] && take(messages[taken] as Message) === 'taken') taken++
  })
  const [sender = null] = turn.senders
  if (update) turn.news.push({ update, from: turn.senders.size === 1 ? sender : null })
  turn.senders.clear()
  return taken
}
