// Takes a turn's messages, one after the other, with what each needs first.
import type { Connection } from './connection.ts'
import { type DialogueContext, takeFrame } from './dialogue.ts'
import type { Turn } from './turn.ts'

/** A frame that came in. */
export interface Message {
  readonly connection: Connection
  readonly frame: Uint8Array
}

/** Rejects where the store cannot give what a message needs: the book must be thrown away then. */
export async function takeMessages(context: DialogueContext, turn: Turn, messages: readonly Message[]): Promise<void> {
  const { open } = context
  for (const { connection, frame } of messages) {
    const take = () => takeFrame(context, turn, connection, frame)
    for (let taken = take(); taken !== 'taken'; taken = take()) {
      if (taken === 'needs-latest') await open.catchUp(turn)
      else if (open.hasIndex) throw new Error('a frame was not taken with the index in memory')
      else await open.makeIndex()
    }
  }
}
