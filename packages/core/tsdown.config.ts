import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/admission.ts',
    'src/protocol.ts',
    'src/indexeddb.ts',
    'src/websocket.ts',
    'src/file.ts',
    'src/audit.ts',
    'src/testing.ts',
  ],
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  dts: true,
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
  publint: { strict: true },
  attw: { profile: 'esm-only', level: 'error' },
})
