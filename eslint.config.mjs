import tseslint from 'typescript-eslint';
import words, { retiredNames } from './scripts/lint/retired-words.mjs';

const environment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Settings come from src/config, validated and typed; nothing else reads the environment.',
};
const anyCast = {
  selector: 'TSAsExpression > TSAnyKeyword',
  message: 'A cast to any hides what the value is; narrow it, or parse it with zod.',
};
const rawClock = [
  {
    selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'What time it is says Clock, injected; performance.now() measures how long something took.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'What time it is says Clock, injected.',
  },
];
/** Where a connection may be opened: behind the address policy, or to what the operator wrote down. */
const outbound = {
  files: ['src/**/*.ts'],
  ignores: [
    'src/platform/http-client/outbound-http.ts',
    'src/adapters/lotus/http-transport.ts',
    'src/adapters/kubo/kubo-rpc.ts',
    'src/adapters/helia/http-router.ts',
    ...[
      'src/launch/**',
      'src/demo/**',
      'src/client/**',
      'src/devnet/**',
      'src/**/testing/**',
      'src/**/*.{spec,int-spec,contract}.ts',
    ],
  ],
  rules: {
    'no-restricted-globals': [
      'error',
      ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({
        name,
        message: 'What strangers name is asked through platform/http-client, which judges each address.',
      })),
    ],
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: [
          { name: 'undici', message: 'What strangers name is asked through platform/http-client.' },
          ...[
            ['node:net', ['connect', 'createConnection', 'Socket']],
            ['node:http', ['request', 'get', 'Agent']],
            ['node:https', ['request', 'get', 'Agent']],
            ['node:tls', ['connect']],
            ['node:dgram', ['createSocket']],
          ].map(([name, importNames]) => ({
            name,
            importNames,
            allowTypeImports: true,
            message: 'A connection is opened behind the policy of platform/net.',
          })),
        ],
      },
    ],
  },
};
const beginsAsSql = '/^\\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH( RECURSIVE)?) /';
const oneSeam = [
  {
    selector: 'MemberExpression[property.name=/^\\$(queryRaw|executeRaw|transaction)/]',
    message: 'A statement of a *.sql.ts runs by query or execute, a transaction by database.transaction.',
  },
  {
    selector: `:matches(Literal[value=${beginsAsSql}], TemplateElement[value.raw=${beginsAsSql}])`,
    message: 'The texts of SQL stand in *.sql.ts.',
  },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'data/', 'coverage/', 'src/platform/*/generated/', '**/*.cjs'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    plugins: { words },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Promises that nobody waits for are how work and errors get lost.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      // Types say what is true.
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Values that Nest injects must stay value imports (decorator metadata), so consistent-type-imports stays off.
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/no-shadow': 'error',
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'start' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-syntax': ['error', environment, anyCast, ...oneSeam, ...rawClock],
      // One word per idea, the field's own.
      'words/retired-words': 'error',
      'id-denylist': ['error', ...Object.keys(retiredNames)],
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 6],
      'max-depth': ['error', 4],
    },
  },
  outbound,
  {
    // The web client: a browser's fetch and clock; a page is markup, and lazy pages are what their file stands for.
    files: ['src/dashboard/ui/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-syntax': ['error', environment, anyCast],
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/dashboard/ui/pages/**/*.tsx', 'src/dashboard/ui/vite-env.d.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // Stores stamp rows (updated_at, sealed_at) as the database's own now() would; nothing is decided by it.
    files: ['src/*/store/**/*.ts', 'src/**/*.store.ts'],
    rules: { 'no-restricted-syntax': ['error', environment, anyCast, ...oneSeam] },
  },
  {
    // Where the seam is made.
    files: ['src/**/*.sql.ts', 'src/platform/prisma/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', environment, anyCast, ...rawClock] },
  },
  {
    // The clock itself, the time of the last boot, and the devnet, which has a chain's clock and a database of its own.
    files: ['src/shared/clock.ts', 'src/storage/blocks/block-index.ts', 'src/devnet/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', environment, anyCast] },
  },
  {
    files: [
      'src/config/**/*.ts',
      'src/launch/**/*.ts',
      'src/demo/**/*.ts',
      'src/client/**/*.ts',
      'src/devnet/main.ts',
      'src/devnet/options.ts',
      'src/cli.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', anyCast] },
  },
  {
    files: ['src/launch/**/*.ts', 'src/demo/**/*.ts', 'src/client/**/*.ts', 'src/devnet/main.ts', 'src/cli.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: [
      '**/*.spec.ts',
      '**/*.int-spec.ts',
      '**/*.e2e-spec.ts',
      '**/*.contract.ts',
      '**/testing/**/*.ts',
      'test/**/*.ts',
    ],
    rules: {
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', anyCast],
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Bodies that a test got over HTTP are any until it asserts on them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    rules: {
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-undef': 'off',
      eqeqeq: ['error', 'always'],
      'prefer-const': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
);
