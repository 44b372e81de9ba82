import { defineConfig, mergeConfig } from 'vitest/config'
import all from './vite.config.ts'

const { test: _all, ...app } = all

/** What each zone is tried on: what reads, says or counts days. */
export default mergeConfig(
  app,
  defineConfig({
    test: {
      include: [
        'backup',
        'changes',
        'import',
        'installed',
        'invoices',
        'overview',
        'record',
        'sample',
        'time',
        'ui',
      ].map((folder) => `src/lib/${folder}/*.test.ts`),
      testTimeout: all.test?.testTimeout ?? 0,
      fsModuleCache: false,
    },
  }),
)
