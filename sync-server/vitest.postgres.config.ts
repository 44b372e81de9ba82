import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Each file starts a PostgreSQL of its own: one at a time.
  test: {
    include: ['test/postgres/**/*.test.ts'],
    setupFiles: ['test/patience.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
})
