// Import directions of docs/architecture.md, checked: one way between workspaces, one way between the layers of core.
const tests = '\\.(test|spec)\\.ts$|/(test|e2e)/'
const core = '^packages/core/(src|dist)/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: { pathNot: '^apps/web/' }, to: { couldNotResolve: true } },
    {
      name: 'no-drawers',
      comment: 'A file is named after its subject.',
      severity: 'error',
      from: { path: '(^|/)(utils?|helpers?|misc|managers?)(/|\\.[a-z.]+$)' },
      to: {},
    },
    {
      name: 'core-stands-alone',
      severity: 'error',
      from: { path: core },
      to: { path: '^(apps|sync-server|packages/(?!core/))' },
    },
    {
      name: 'server-imports-core-only',
      severity: 'error',
      from: { path: '^sync-server/', pathNot: tests },
      to: { path: '^(apps|packages/(?!core/))' },
    },
    {
      name: 'web-imports-core-and-billing',
      severity: 'error',
      from: { path: '^apps/web/', pathNot: tests },
      to: { path: '^(sync-server|packages/(?!(core|billing)/))' },
    },
    {
      name: 'billing-is-pure',
      severity: 'error',
      from: { path: '^packages/billing/src', pathNot: tests },
      to: { path: '^(apps|sync-server|packages/(?!billing/))|node_modules/(yjs|y-[a-z]+)/' },
    },
    {
      name: 'schema-at-the-bottom',
      severity: 'error',
      from: { path: '^packages/core/src/schema/', pathNot: tests },
      to: { path: '^packages/core/src/(?!schema/)' },
    },
    {
      name: 'log-and-projection-below-commands',
      severity: 'error',
      from: { path: '^packages/core/src/(log|projection)/', pathNot: tests },
      to: {
        path: '^packages/core/src/(commands/|opening/|storage/|sync/|admission)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'commands-below-open-book',
      severity: 'error',
      from: { path: '^packages/core/src/commands/', pathNot: tests },
      to: { path: '^packages/core/src/(opening/|storage/|sync/|admission)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'adapters-know-types-only',
      comment:
        'Storage and sync adapters may read the schema and the protocol; of everything else they know the types.',
      severity: 'error',
      from: { path: '^packages/core/src/(storage|sync|indexeddb|websocket)', pathNot: tests },
      to: {
        path: '^packages/core/src/(log|projection|commands|admission|opening/|book\\.)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'admission-reads-schema-and-protocol',
      severity: 'error',
      from: { path: '^packages/core/src/admission', pathNot: tests },
      to: { path: '^packages/core/src/(?!admission|schema/|protocol)' },
    },
    {
      name: 'no-test-code-in-sources',
      severity: 'error',
      from: { path: '^(packages|sync-server|apps)/[^/]+/?src/', pathNot: `${tests}|testing` },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/(dist|build|\\.svelte-kit|\\.turbo|data)/.*(?<!\\.d\\.ts)$|\\.svelte-kit' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.svelte'],
    },
  },
}
