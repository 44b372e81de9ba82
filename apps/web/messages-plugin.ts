// Builds the message catalogue: paraglide checks and compiles it, then English stays with the code that uses each message and every
// other language becomes one module that loads when it is wanted. The first page pays for one language.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Plugin } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const compiled = join(here, 'src/lib/paraglide/messages')
const registry = join(here, 'src/lib/i18n/registry.ts')
const say = join(here, 'src/lib/i18n/say.ts')
const texts = join(here, 'messages/')
const catalogue = "import { m } from '#lib/paraglide/messages.js'"
const virtual = 'virtual:messages/'

/** The plugin for `vite.config.ts`. */
export function messages(): Plugin {
  let done: Promise<unknown> | null = null
  /** All messages: the place of one is its name between the code and a catalogue. Looked up once for the some thousand modules that ask. */
  let places = new Map<string, number>()
  const prepare = async () => {
    await compile()
    places = new Map(keys().map((key, place) => [key, place]))
  }
  return {
    name: 'tierbook:messages',
    enforce: 'pre',
    async buildStart() {
      await (done ??= prepare())
    },
    async handleHotUpdate({ file, server }) {
      if (!file.startsWith(texts)) return
      await prepare()
      server.hot.send({ type: 'full-reload' })
    },
    resolveId: (id) => (id.startsWith(virtual) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${virtual}`)) return null
      const locale = id.slice(virtual.length + 1)
      const entries = [...places.keys()].map((key) =>
        textOf(readFileSync(join(compiled, `${key}.js`), 'utf8'), locale, key),
      )
      return `import * as registry from ${JSON.stringify(registry)}\nexport const texts = [\n${entries.join(',\n')}\n]`
    },
    transform(code, id) {
      const key = id.startsWith(`${compiled}/`) ? /\/(?!_)(\w+)\.js$/.exec(id)?.[1] : undefined
      if (key === undefined) return code.includes(catalogue) ? { code: importEach(code, places), map: null } : null
      return {
        code: `import * as registry from ${JSON.stringify(registry)}
import { say } from ${JSON.stringify(say)}
export const ${key} = /* @__PURE__ */ say(${places.get(key)}, ${textOf(code, 'en', key)})`,
        map: null,
      }
    },
  }
}

/** Each message by itself in place of the catalogue, so that a bundler takes along those that are used here and no others. */
function importEach(code: string, known: ReadonlyMap<string, number>): string {
  const used = new Set<string>()
  const direct = code.replaceAll(/\bm\.(\w+)/g, (whole, key: string) => {
    if (!known.has(key)) return whole
    used.add(key)
    return `m_${key}`
  })
  const imports = [...used].map(
    (key) => `import { ${key} as m_${key} } from ${JSON.stringify(join(compiled, `${key}.js`))}`,
  )
  return direct.replace(catalogue, imports.join('; '))
}

function keys(): string[] {
  return readdirSync(compiled)
    .flatMap((file) => /^(?!_)(\w+)\.js$/.exec(file)?.[1] ?? [])
    .sort()
}

/** In a process of its own: the compiler keeps handles open that a test run would wait for. */
function compile(): Promise<unknown> {
  return promisify(execFile)(process.execPath, [join(here, 'compile-messages.ts')])
}

/** The function `(i) => …` of one locale out of a module that paraglide compiled. */
function textOf(code: string, locale: string, key: string): string {
  const text = new RegExp(`const ${locale}_${key} = .*?(\\((?:i)?\\) => \\{.*?\\n\\});`, 's').exec(code)?.[1]
  if (text === undefined) throw new Error(`messages/*.${locale}.json: expected a text for "${key}", got none`)
  return text
}
