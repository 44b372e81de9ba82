import { defineConfig } from 'tsdown'

export default defineConfig({
  // The thread is started by its file's name.
  entry: { main: 'src/main.ts', index: 'src/index.ts', 'work-thread': 'src/sync/work-thread.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node24',
  dts: { entry: ['src/index.ts'] },
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  publint: { strict: true },
})
