import { defineConfig } from 'tsdown'

export default defineConfig({
  // A file for each module: whoever only writes an amount loads no calendar and no spreadsheets.
  unbundle: true,
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  publint: { strict: true },
  attw: { profile: 'esm-only', level: 'error' },
})
