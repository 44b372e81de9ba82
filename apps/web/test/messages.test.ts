// The message catalogue: complete in every language, all of it used, and no text for people outside of it.
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { textInMarkup, textInScript } from './find-text.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const settings = JSON.parse(readFileSync(join(root, 'project.inlang/settings.json'), 'utf8')) as {
  locales: string[]
  'plugin.inlang.messageFormat': { pathPattern: string[] }
}
const { pathPattern } = settings['plugin.inlang.messageFormat']
// Names of things, not sentences: the same in every language.
const sameEverywhere = new Set([
  ...'Tierbook,English,Deutsch,Acme Dental,Harbour Logistics,Starter,Enterprise,Bearer,Reader'.split(','),
  ...'Mac OS,Mac,Chromebook,Edge,Opera'.split(','),
  ...'Stripe,Kill Bill,Lago,Flexprice'.split(','),
  // Names of keys, as events have them and as they are printed on keyboards.
  ...'Enter,Escape,Esc,Backspace,Arrow,Tab,Home,End,Ctrl K,Ctrl Z,Ctrl Shift Z,Home End,Shift X'.split(','),
])
// Data of the invented book and of example files, and the headings and words that the import knows in each language, are no interface.
const notInterface =
  /src\/lib\/(sample|paraglide|import\/(import-fields|read-price-row|read-price-item)|overview\/export-table)/

function catalogue(locale: string): Map<string, string> {
  const entries = pathPattern.flatMap((pattern) => {
    const file = JSON.parse(readFileSync(join(root, pattern.replace('{locale}', locale)), 'utf8')) as Record<
      string,
      unknown
    >
    return Object.entries(file)
      .filter(([key]) => key !== '$schema')
      .map(([key, text]) => [key, JSON.stringify(text)] as const)
  })
  expect(new Set(entries.map(([key]) => key)).size, `each key of ${locale} stands once`).toBe(entries.length)
  return new Map(entries)
}

const placeholders = (text: string | undefined) => [...new Set(text?.match(/\{\w+\}/g))].sort()

test('every file of the catalogue is listed, and keys carry the name of their file', () => {
  const files = readdirSync(join(root, 'messages')).sort()
  const listed = pathPattern.flatMap((pattern) =>
    settings.locales.map((locale) => pattern.replace('./messages/', '').replace('{locale}', locale)),
  )
  expect(files).toEqual(listed.sort())
  for (const file of files) {
    const subject = file.split('.')[0] ?? ''
    const keys = Object.keys(JSON.parse(readFileSync(join(root, 'messages', file), 'utf8')) as object)
    expect(
      keys.filter((key) => key !== '$schema' && !key.startsWith(`${subject}_`)),
      file,
    ).toEqual([])
    expect(keys, `${file} is sorted`).toEqual([...keys].sort())
  }
})

test('every language has every message, with the same placeholders and a text', () => {
  const english = catalogue('en')
  for (const locale of settings.locales) {
    const other = catalogue(locale)
    expect([...other.keys()].sort(), locale).toEqual([...english.keys()].sort())
    for (const [key, text] of english) {
      expect(placeholders(other.get(key)), `${key} in ${locale}`).toEqual(placeholders(text))
      expect(other.get(key)?.length, `${key} in ${locale}`).toBeGreaterThan(2)
    }
  }
})

test('every message is used', () => {
  const source = sources()
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  const used = new Set([...source.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key))
  expect([...catalogue('en').keys()].filter((key) => !used.has(key))).toEqual([])
})

test('text for people stands in the catalogue, not in the code', () => {
  const found = sources().flatMap((file) => {
    if (notInterface.test(file) || file.endsWith('.test.ts')) return []
    const source = readFileSync(join(root, file), 'utf8')
    const texts = file.endsWith('.svelte')
      ? [...textInMarkup(source), ...textInScript(scriptOf(source))]
      : textInScript(source)
    return texts.filter((text) => !sameEverywhere.has(text.replace(/^line \d+: /, ''))).map((text) => `${file} ${text}`)
  })
  expect(found).toEqual([])
})

test('the search for text finds it where people read it, and leaves classes and code alone', () => {
  const markup = `<p class="No text here">Hello there</p><img alt="A picture" src="x y z"><b title={on ? 'Switch off' : x}>{m.a()}</b>`
  expect(textInMarkup(markup).map((text) => text.replace(/^line \d+: /, ''))).toEqual([
    'Hello there',
    'A picture',
    'Switch off',
  ])
  const script = `import x from 'some module'\nconst a = 'Saved to disk'\nconst b = \`\${n} rows left over\`\nthrow new Error('a bug here')\nconst c = 'px-4 text-sm hover:bg-hover'`
  expect(textInScript(script).map((text) => text.replace(/^line \d+: /, ''))).toEqual([
    'Saved to disk',
    'rows left over',
  ])
})

function sources(): string[] {
  return globSync('src/**/*.{svelte,ts}', { cwd: root }).sort()
}

/** The script of a component with its lines where they are in the file. */
function scriptOf(source: string): string {
  const match = /<script[^>]*>([\s\S]*?)<\/script>/.exec(source)
  if (!match) return ''
  return '\n'.repeat(source.slice(0, match.index).split('\n').length - 1) + (match[1] ?? '')
}
