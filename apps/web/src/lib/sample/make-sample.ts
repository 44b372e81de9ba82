// Makes the sample book: real commands, played over two years by three invented colleagues, then kept like any other book.
import { createId, openBook } from '@tierbook/core'
import { indexedDb } from '@tierbook/core/indexeddb'
import type { AppState } from '#lib/app/app-state.svelte.ts'
import { newBook } from '#lib/app/new-book.ts'
import { bringIn, openReplicas } from './replicas.ts'
import { playStory, storyStart } from './story.ts'

/** Opens a fresh sample book; true when it is open. */
export async function makeSample(app: AppState): Promise<boolean> {
  const id = createId()
  const create = newBook('Northwind IT (sample)')
  const end = Date.now()
  const clock = { now: storyStart(end) }
  const replicas = await openReplicas(id, create, clock)
  const [finished] = replicas
  if (!finished) throw new Error('the sample book needs at least one colleague')
  await playStory(replicas, clock, end)
  const { actor, device, name } = app.identity
  const book = await openBook({
    id,
    author: { id: actor, name: name ?? 'You' },
    device,
    storage: indexedDb(),
    sync: bringIn(finished),
  })
  await book.flush()
  await book.close()
  await Promise.all(replicas.map((replica) => replica.close()))
  return app.open({ id, name: create.name, actor, sample: true, server: null })
}
