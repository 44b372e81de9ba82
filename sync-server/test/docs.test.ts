// The operator's guide and the files it hands out say what the code does.
import { refusalCodes } from '@tierbook/core/admission'
import { historyDoubts } from '@tierbook/core/protocol'
import { DCLinter } from 'dclint'
import { validate } from 'dockerfile-utils'
import { readFileSync } from 'node:fs'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Service } from 'kubernetes-models/v1/Service'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { operateTables, replaceTables } from '../scripts/operate-tables.ts'
import { createProgram } from '../src/cli/program.ts'
import { createMetrics } from '../src/metrics.ts'
import { variables } from '../src/settings.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const guide = read('../../docs/operate.md')
const readme = read('../README.md')
const composeFiles = ['compose.yaml', 'cluster.compose.yaml']
const deployed = [
  'Dockerfile',
  'compose.yaml',
  'tierbook.service',
  'alerts.yaml',
  'cluster.compose.yaml',
  'kubernetes.yaml',
].map((name) => read(`../deploy/${name}`))

/** Without what the formatter adds to a table. */
const bare = (text: string) =>
  text
    .replaceAll(/ +\|/g, ' |')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\n{2,}/g, '\n')

test('[F24] the tables of settings, metrics, commands and exit codes are those of the code (npm run docs)', async () => {
  const tables = await operateTables()
  for (const name of Object.keys(tables)) expect(guide).toContain(`<!-- generated: ${name} -->`)
  expect(bare(guide)).toBe(bare(replaceTables(guide, tables)))
})

test('[F24] no document and no deployed file names a setting, metric or command that does not exist', async () => {
  const metrics = (await createMetrics({ processMetrics: false }).registry.getMetricsAsJSON()).map(({ name }) => name)
  const commands = createProgram().commands.map((command) => command.name())
  const all = [guide, readme, ...deployed].join('\n')
  const named = (pattern: RegExp) => [...new Set(Array.from(all.matchAll(pattern), (match) => match[1] ?? ''))]
  expect(
    named(/\b(TIERBOOK_[A-Z_]+)/g).filter((name) => !(Object.values(variables) as string[]).includes(name)),
  ).toEqual([])
  expect(named(/\b(tierbook_[a-z_]+)/g).filter((name) => !metrics.includes(name.replace(/_bucket$/, '')))).toEqual([])
  expect(named(/`(?:npx )?tierbook (\w+)/g).filter((name) => !commands.includes(name))).toEqual([])
})

test('every command explains itself and its options', () => {
  for (const command of createProgram().commands) {
    expect(command.helpInformation()).toContain(`Usage: tierbook ${command.name()}`)
    expect(command.description(), command.name()).not.toBe('')
    for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe('')
  }
})

test('the alert rules are those that the guide explains, and the compose file starts what the Dockerfile builds', () => {
  const rules = (parse(deployed[3] ?? '') as { groups: { rules: { alert: string; expr: string }[] }[] }).groups.flatMap(
    (group) => group.rules,
  )
  expect(rules.map(({ alert }) => alert)).toEqual(
    Array.from(guide.matchAll(/^\| `(Tierbook\w+)`/gm), ([, name]) => name),
  )
  const { services } = parse(deployed[1] ?? '') as {
    services: Record<string, { build?: { dockerfile: string }; volumes?: string[] }>
  }
  expect(services['tierbook']?.build?.dockerfile).toBe('sync-server/deploy/Dockerfile')
  expect(services['tierbook']?.volumes).toContain('book:/data')
  expect(deployed[0]).toMatch(/TIERBOOK_DATA=\/data\b/)
})

test('what alerts count is there from zero on, since an increase is seen only where a series goes on', async () => {
  const { registry } = createMetrics({ processMetrics: false })
  const series = (await registry.getMetricsAsJSON()).filter(({ name }) =>
    new RegExp(`increase\\(${name}\\[`).test(deployed[3] ?? ''),
  )
  expect(series.map(({ name }) => name).sort()).toEqual([
    'tierbook_failed_commits_total',
    'tierbook_other_histories_total',
    'tierbook_refusals_total',
    'tierbook_refused_joins_total',
  ])
  for (const { name, values } of series) expect(values, name).not.toEqual([])
  const text = await registry.metrics()
  for (const code of refusalCodes) expect(text).toContain(`tierbook_refusals_total{code="${code}"} 0`)
  for (const doubt of historyDoubts) expect(text).toContain(`tierbook_other_histories_total{doubt="${doubt}"} 0`)
})

test('the image and the unit bound what V8 and the allocator set aside, as the guide says', () => {
  const unit = readFileSync(new URL('../deploy/tierbook.service', import.meta.url), 'utf8')
  for (const text of [deployed[0], unit, guide]) {
    expect(text).toContain('NODE_OPTIONS=--max-semi-space-size=16')
    expect(text).toContain('MALLOC_MMAP_THRESHOLD_=131072')
  }
})

test.each(composeFiles)('the linter finds nothing in %s', (name) => {
  // Its declarations name files in a way that TypeScript does not find here.
  const Linter = DCLinter as new (config: object) => {
    lintFiles(paths: string[], isDeep: boolean): { messages: object[] }[]
  }
  const linter = new Linter({
    rules: {
      // The server comes first, and what explains it; and a proxy that listens for the world is what it is for.
      'services-alphabetical-order': 0,
      'service-keys-order': 0,
      'no-unbound-port-interfaces': 0,
    },
    quiet: false,
    debug: false,
    exclude: [],
  })
  const found = linter.lintFiles([fileURLToPath(new URL(`../deploy/${name}`, import.meta.url))], false)
  expect(found.flatMap(({ messages }) => messages)).toEqual([])
})

test('the linter finds nothing in the Dockerfile', () => {
  expect(validate(deployed[0] ?? '')).toEqual([])
})

test('the manifests are what Kubernetes takes, drain a server before it ends, and ask it what it answers', () => {
  const kinds = { Deployment, Service, PodDisruptionBudget, Ingress }
  const manifests = parseAllDocuments(deployed[5] ?? '').map((document) => document.toJS() as Manifest)
  expect(manifests.map(({ kind }) => kind)).toEqual(Object.keys(kinds))
  // Throws with the field that is not as the API has it.
  for (const manifest of manifests) new kinds[manifest.kind](manifest as never).validate()
  expect(() => new Service({ spec: { ports: [{ port: 'eighty' as never }] } }).validate()).toThrow(/port/)
  const { spec } = manifests[0]?.spec.template ?? { spec: null }
  const [container] = spec?.containers ?? []
  expect(container?.readinessProbe.httpGet.path).toBe('/readyz')
  expect(container?.livenessProbe.httpGet.path).toBe('/healthz')
  expect(spec?.terminationGracePeriodSeconds).toBeGreaterThan(30)
})

interface Probe {
  readonly httpGet: { readonly path: string }
}

interface Manifest {
  readonly kind: 'Deployment' | 'Service' | 'PodDisruptionBudget' | 'Ingress'
  readonly spec: {
    readonly template?: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly containers: readonly { readonly readinessProbe: Probe; readonly livenessProbe: Probe }[]
      }
    }
  }
}

test('the container and the repository run the same Node', () => {
  const { devDependencies } = JSON.parse(read('../../package.json')) as { devDependencies: { node: string } }
  const images = Array.from((deployed[0] ?? '').matchAll(/^FROM node:([\d.]+)-/gm), ([, version]) => version)
  expect(images).toEqual([devDependencies.node, devDependencies.node])
})
