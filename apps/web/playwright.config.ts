// End-to-end tests: the built app, served by the real sync server, in a real Chromium.
import { defineConfig } from '@playwright/test'
import { chromiumSwitches } from '../../scripts/chromium-switches.mjs'
import { findChromium } from './e2e/find-chromium.ts'

const executablePath = findChromium()

export default defineConfig({
  testDir: 'e2e',
  // What fails here fails by what it says: a busy machine may take its time.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  // Two files at a time: each test runs its own server and up to three browser contexts, and waits for them half of its time.
  workers: 2,
  reporter: [['list']],
  use: {
    serviceWorkers: 'allow',
    // Snapshots and steps say what happened; a film of each test would cost as much as the test where a machine draws without a graphics card.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: chromiumSwitches,
    },
  },
})
