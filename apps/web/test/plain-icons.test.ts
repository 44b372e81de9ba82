// Icons are made plain when the app is built: each one that the app imports is drawn as Lucide draws it.
import { compile } from 'svelte/compiler'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { expect, test } from 'vitest'
import { plainIcons } from '../plain-icons-plugin.ts'

const src = join(import.meta.dirname, '../src')
const icons = join(createRequire(import.meta.url).resolve('@lucide/svelte'), '../icons')

async function importedIcons(): Promise<readonly string[]> {
  const files = (await readdir(src, { recursive: true })).filter((file) => /\.(svelte|ts)$/.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(src, file), 'utf8')))
  const names = texts.flatMap((text) =>
    [...text.matchAll(/'@lucide\/svelte\/icons\/([\w-]+)'/g)].map(([, name]) => name ?? ''),
  )
  return [...new Set(names)]
}

/** An icon that got another name leaves a module of its old one behind. */
async function readIcon(name: string): Promise<string> {
  const alias = await readFile(join(icons, `${name}.js`), 'utf8').catch(() => `'./${name}.svelte'`)
  return readFile(join(icons, /['"]\.\/([\w-]+\.svelte)['"]/.exec(alias)?.[1] ?? ''), 'utf8')
}

function makePlain(code: string, id: string): string {
  const { handler } = plainIcons().transform as unknown as { handler: (code: string, id: string) => { code: string } }
  return handler(code, id).code
}

test('every icon of the app compiles to markup that has all of its shapes', async () => {
  const names = await importedIcons()
  expect(names.length).toBeGreaterThan(30)
  for (const name of names) {
    const code = await readIcon(name)
    const plain = makePlain(code, name)
    expect(() => compile(plain, { runes: true, generate: 'client' }), name).not.toThrow()
    const { node } = JSON.parse(/const iconData = (\{.*\});$/m.exec(code)?.[1] ?? '') as { node: [string, object][] }
    for (const [, attributes] of node)
      for (const value of Object.values(attributes)) expect(plain).toContain(`"${value}"`)
    expect(plain.match(/<(path|circle|rect|line|polyline|polygon|ellipse) /g), name).toHaveLength(node.length)
  }
})

test('an icon that is written otherwise stops the build', () => {
  expect(() => makePlain('<svg />', 'other.svelte')).toThrow('other.svelte: expected one icon as data')
})

test('the plugin takes icons and nothing else', () => {
  const { filter } = (plainIcons() as Plugin & { transform: { filter: { id: RegExp } } }).transform
  expect(filter.id.test('/x/node_modules/@lucide/svelte/dist/icons/chevron-down.svelte')).toBe(true)
  expect(filter.id.test('/x/node_modules/@lucide/svelte/dist/Icon.svelte')).toBe(false)
  expect(filter.id.test('/x/src/lib/ui/Dialog.svelte')).toBe(false)
})
