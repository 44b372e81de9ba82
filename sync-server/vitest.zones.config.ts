import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vitest.config.ts'

const { include: _all, ...test } = all.test ?? {}

/** What each zone is tried on: where moments are read, written or compared. Operators' commands write them in UTC by the same few calls; lint sees that. */
export default mergeConfig(
  { ...all, test },
  defineConfig({
    test: {
      include: [
        'src/http/*.test.ts',
        'src/identity/*.test.ts',
        'test/api.test.ts',
        'test/history.test.ts',
        'test/people.test.ts',
        'test/receipts.test.ts',
      ],
    },
  }),
)
