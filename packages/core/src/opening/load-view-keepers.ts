// Loads what stores the projection and the overview for the next opening: once the page is idle, or with the first change, which takes a
// stored overview away. Nothing that is shown waits for it.
import type { BookProjection } from '../projection/book-projection.ts'
import type { StorageHandle } from '../storage/storage.ts'
import type { ViewKeepers } from './view-keepers.ts'
import { whenIdle } from './when-idle.ts'

/** Keeps what `projection` shows for the next opening; `isWhole` says whether all of the log is in it. */
export function loadViewKeepers(parts: {
  storage: StorageHandle
  projection: BookProjection
  isWhole: boolean
}): ViewKeepers {
  let loading: Promise<ViewKeepers | null> | undefined
  let keepers: ViewKeepers | null = null
  const load = () =>
    (loading ??= import('./view-keepers.ts')
      .then(async ({ keepViews }) => (keepers = await keepViews(parts)))
      // What is not kept takes nothing from anybody: the log tells it again.
      .catch(() => null))
  const cancel = 'document' in globalThis ? whenIdle(() => void load()) : () => {}
  return {
    noteChange() {
      if (keepers) keepers.noteChange()
      else void load().then((loaded) => loaded?.noteChange())
    },
    async close() {
      cancel()
      await (await load())?.close()
    },
  }
}
