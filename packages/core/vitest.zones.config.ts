import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vitest.config.ts'

/** What each zone is tried on: all but the long files about bytes, sockets and disks, in which no date is read. */
export default mergeConfig(
  all,
  defineConfig({
    test: {
      exclude: [
        'src/admission/admit-*.test.ts',
        'src/admission/check-log.test.ts',
        'src/storage/**',
        'src/sync/**',
        'test/audit.test.ts',
        'test/stored-bytes.test.ts',
      ],
    },
  }),
)
