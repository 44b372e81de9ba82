// How long tests wait for what must come: `vi.waitFor` by itself gives up after a second, which says more about a busy machine than about the server.
import { vi } from 'vitest'

const { waitFor } = vi

vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: 20_000, ...options })
