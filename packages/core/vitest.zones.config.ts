import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vitest.config.ts'

/**
 * What each zone is tried on: what has days in it. Not the long files about bytes, sockets, disks, kills and recoveries, in which no date is read, nor what
 * seeds play, which is the same in every zone: `test/model/replay.test.ts` shows that, in each test run. That nothing asks the machine for its zone, lint sees.
 */
export default mergeConfig(
  all,
  defineConfig({
    test: {
      exclude: [
        'src/admission/**',
        'src/storage/**',
        'src/sync/**',
        'test/audit.test.ts',
        'test/book-file.test.ts',
        'test/convergence/**',
        'test/failure-rows.test.ts',
        'test/fields-from-log.test.ts',
        'test/lost-*.test.ts',
        'test/model/**',
        'test/recovery*.test.ts',
        'test/revocation.test.ts',
        'test/stored-*.test.ts',
        'test/unseen-work.test.ts',
        'test/waiting-notes.test.ts',
        'test/withdrawn.test.ts',
      ],
    },
  }),
)
