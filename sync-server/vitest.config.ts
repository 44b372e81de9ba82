import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Each file opens servers, sockets and child processes of its own; two at a time keep small machines responsive.
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/postgres/**'],
    setupFiles: ['test/patience.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
})
