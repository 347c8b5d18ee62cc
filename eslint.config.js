import js from 'typescript-eslint';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';

/**
 * The rooms of the house, lowest first. A room may import from itself and from rooms that stand before it,
 * never from one that stands after it (ARCHITECTURE.md draws the same order).
 */
const layers = [
  'src/json',
  'src/qapi',
  'src/judge',
  'src/generate',
  'src/qmp',
  'src/fake',
  'src/run',
  'suites',
  'src/selftest',
  'src/report',
  'src/cli',
];

/** Rooms on equal footing: each is used by those above, none of them knows the other. */
const strangers = [
  ['src/fake', 'src/run'],
  ['suites', 'src/fake'],
  ['src/report', 'suites'],
  ['src/report', 'src/fake'],
];

const zones = [
  ...layers.flatMap((layer, height) =>
    layers.slice(height + 1).map((higher) => ({
      target: `./${layer}`,
      from: `./${higher}`,
      message: `${layer} is below ${higher} and must not import from it`,
    })),
  ),
  ...strangers.flatMap(([a, b]) => [
    { target: `./${a}`, from: `./${b}`, message: `${a} must not know ${b}` },
    { target: `./${b}`, from: `./${a}`, message: `${b} must not know ${a}` },
  ]),
];

/** Untrusted text is escaped, and a stream that breaks is minded, in one place for each stream. */
const streams = {
  stdout: 'print what was asked for with src/cli/stdout.ts',
  stderr: 'say it with src/cli/stderr.ts',
};

export default js.config(
  { ignores: ['dist', 'reports', 'node_modules', '.tap'] },
  {
    files: ['**/*.ts'],
    extends: [js.configs.strictTypeChecked, js.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-cycle': 'error',
      'import-x/no-extraneous-dependencies': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'suites/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...Object.entries(streams).map(([property, message]) => ({ object: 'process', property, message })),
      ],
      'no-restricted-imports': ['error', { paths: ['process', 'node:process', 'console', 'node:console'] }],
    },
  },
  {
    files: ['src/cli/stdout.ts', 'src/cli/stderr.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
);
