import adapter from '@sveltejs/adapter-static'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      compilerOptions: { runes: true },
      adapter: adapter({ fallback: '200.html', precompress: true }),
      version: { name: process.env['APP_VERSION'] ?? 'dev' },
    }),
  ],
  test: { include: ['test/**/*.test.ts', 'src/**/*.test.ts'] },
})
