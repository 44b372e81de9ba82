import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vitest.config.ts'

/** What each zone is tried on: all but the long files about killed processes, broken disks and load, in which no date is read. */
export default mergeConfig(
  all,
  defineConfig({
    test: {
      exclude: [
        'test/cold.test.ts',
        'test/faults.test.ts',
        'test/full-disk.test.ts',
        'test/input-output-errors.test.ts',
        'test/kill*.test.ts',
        'test/soak.test.ts',
        'test/strangers.test.ts',
        'test/ten-devices.test.ts',
      ],
    },
  }),
)
