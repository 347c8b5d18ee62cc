import js from 'typescript-eslint';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';

/**
 * The layers, lowest first. A layer may import from itself and from those that stand before it, never from one that
 * stands after it (ARCHITECTURE.md draws the same order).
 */
const layers = [
  'src/json',
  'src/qapi',
  'src/judge',
  'src/minimize',
  'src/generate',
  'src/minimize',
  'src/qmp',
  'src/fake',
  'src/target',
  'src/exchange',
  'src/discovery',
  'src/cases',
  'src/rules',
  'src/campaign',
  'src/result',
  'src/run',
  'suites',
  'src/selftest',
  'src/report',
  'src/cli',
];

/** Layers that do not know each other, whichever stands first. */
const strangers = [
  ['src/minimize', 'src/generate'],
  ['src/minimize', 'src/qmp'],
  ['suites', 'src/fake'],
  ['suites', 'src/campaign'],
  ['suites', 'src/result'],
  ['suites', 'src/run'],
  ['src/report', 'suites'],
  ['src/report', 'src/fake'],
  ...['src/exchange', 'src/discovery', 'src/cases', 'src/rules', 'src/campaign', 'src/result', 'src/run'].map(
    (layer) => ['src/fake', layer],
  ),
];

const zones = [
  ...layers.flatMap((layer, height) =>
    layers.slice(height + 1).map((higher) => ({
      target: `./${layer}`,
      from: `./${higher}`,
      message: `${layer} is below ${higher} and must not import from it`,
    })),
  ),
  // The bundled fake is a target like any other, and the one place where the fake is known below the selftest.
  ...['index', 'target', 'private-folder'].map((file) => ({
    target: `./src/target/${file}.ts`,
    from: './src/fake',
    message: 'only src/target/bundled-fake.ts knows the fake',
  })),
  ...strangers.flatMap(([a, b]) => [
    { target: `./${a}`, from: `./${b}`, message: `${a} must not know ${b}` },
    { target: `./${b}`, from: `./${a}`, message: `${b} must not know ${a}` },
  ]),
];

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
);
