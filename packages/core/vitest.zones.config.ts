import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vitest.config.ts'

/**
 * What each zone is tried on: all but the long files about bytes, sockets, disks and kills, in which no date is read, and the model's seeds, which play the
 * same in every zone: `test/model/replay.test.ts` shows that, in each test run.
 */
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
        'test/book-file.test.ts',
        'test/model/**',
        'test/recovery*.test.ts',
        'test/revocation.test.ts',
        'test/stored-*.test.ts',
        'test/unseen-work.test.ts',
      ],
    },
  }),
)
