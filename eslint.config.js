// Lint for the whole repository: type-aware rules for TypeScript and Svelte, plain ones for the scripts.
import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import { defineConfig, globalIgnores } from 'eslint/config'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const typed = ['**/*.ts', '**/*.svelte']
const tests = ['**/*.test.ts', '**/*.spec.ts', '**/test/**', '**/e2e/**']

/** Days are the book's (TL1), moments are UTC: what asks the machine for its zone gives two people two invoices. */
const zoneOfTheMachine = [
  {
    selector:
      'MemberExpression[property.name=/^([gs]et(Hours|Minutes|Date|Day|Month|FullYear)|getTimezoneOffset|to(Locale)?(Date|Time)String)$/]',
    message: "That is in the machine's time zone: use UTC, or the book's zone (core's schema/plain-date.ts).",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length>1]",
    message: "That is in the machine's time zone: use Date.UTC.",
  },
]

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/build/',
    '**/.svelte-kit/',
    '**/.turbo/',
    '**/coverage/',
    '**/test-results/',
    '**/playwright-report/',
    'sync-server/app/',
    'apps/web/src/lib/paraglide/',
    'data/',
    '**/scratch*.ts', // tried out, not committed
  ]),
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: typed,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        {
          'ts-ignore': true,
          'ts-nocheck': true,
          'ts-expect-error': 'allow-with-description',
          minimumDescriptionLength: 10,
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // What comes from disk, network or a peer is checked even where its type says that it cannot be otherwise.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off', // `return reply(…)` ends a handler in one line
      '@typescript-eslint/require-await': 'off', // ports are asynchronous even where an implementation need not be
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'sync-server/src/**/*.ts', 'apps/web/src/lib/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that one thing has one name everywhere.' },
        ...zoneOfTheMachine,
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/core/src/**/*.ts', 'sync-server/src/**/*.ts'],
    ignores: ['sync-server/src/cli/**'], // what talks to the person at the terminal
    rules: { 'no-console': 'error' },
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    rules: {
      '@typescript-eslint/no-meaningless-void-operator': 'off', // `void this.#version` reads a signal
      'svelte/prefer-svelte-reactivity': 'off', // sets and maps in `$state.raw` are replaced, never changed
    },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      'no-restricted-syntax': ['error', ...zoneOfTheMachine],
      // Callbacks in templates are typed `any` here; svelte-check sees their real types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'svelte/no-navigation-without-resolve': 'off', // the app is always served from the root
    },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: globals.node },
    rules: { 'no-unused-vars': ['error', { caughtErrors: 'none' }] },
  },
  {
    files: ['apps/web/static/**/*.js'],
    languageOptions: { globals: globals.browser, sourceType: 'script' },
  },
)
