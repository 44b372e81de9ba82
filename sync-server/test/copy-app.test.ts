import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from './sample-process.ts'
import { sampleFolder } from './sample-server.ts'

test('packing takes the built app along, and nothing of an older build', async () => {
  const { root, script } = sampleRepository({
    'sync-server/dist/main.js': '',
    'sync-server/app/old.js': '',
    'apps/web/build/200.html': 'shell',
    'apps/web/build/_app/immutable/a.js': 'a',
  })
  expect(await runNode([script], {}).ended).toBe(0)
  expect(readFileSync(join(root, 'sync-server/app/200.html'), 'utf8')).toBe('shell')
  expect(existsSync(join(root, 'sync-server/app/_app/immutable/a.js'))).toBe(true)
  expect(existsSync(join(root, 'sync-server/app/old.js'))).toBe(false)
})

test('without a build packing fails and says what to run', async () => {
  const { script } = sampleRepository({ 'sync-server/dist/main.js': '' })
  const command = runNode([script], {})
  expect(await command.ended).toBe(1)
  expect(command.stderr()).toMatch(/200\.html is missing\. Run `npm run build`/)
})

/** The script in a repository of its own, beside `files`. */
function sampleRepository(files: Readonly<Record<string, string>>): { root: string; script: string } {
  const root = sampleFolder()
  const script = join(root, 'sync-server/scripts/copy-app.js')
  cpSync(fileURLToPath(new URL('../scripts/copy-app.js', import.meta.url)), script)
  for (const [file, text] of Object.entries({ 'sync-server/package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return { root, script }
}
