import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vitest.config.ts'

const { include: _all, ...test } = all.test ?? {}

/** What each zone is tried on: where dates are read, written or compared. */
export default mergeConfig(
  { ...all, test },
  defineConfig({
    test: {
      include: [
        'src/http/*.test.ts',
        'src/identity/*.test.ts',
        'test/api.test.ts',
        'test/command.test.ts',
        'test/history.test.ts',
        'test/operate.test.ts',
        'test/people.test.ts',
        'test/receipts.test.ts',
      ],
    },
  }),
)
