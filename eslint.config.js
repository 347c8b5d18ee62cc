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
  'src/library',
  'src/cli',
];

/** Layers that do not know each other, whichever stands first. */
const strangers = [
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

/** The stages of src/qapi, in the same order; `src/qapi/check` has stages of its own. */
const qapiStages = [
  'model',
  'parse',
  'doc',
  'modules',
  'check',
  'introspection',
  'load',
  'define-from',
  'json-schema',
  'diff',
  'print',
  'index.ts',
].map((stage) => `src/qapi/${stage}`);
const checkStages = ['definition', 'syntax', 'semantic', 'index.ts'].map(
  (stage) => `src/qapi/check/${stage}`,
);

/** Stages of src/qapi that work on the Schema alone, wherever it comes from. */
const schemaOnly = ['introspection', 'json-schema', 'diff', 'print'].map((stage) => `src/qapi/${stage}`);

/** Whatever is lower in a list must not import from what is higher. */
const upwards = (list) =>
  list.flatMap((layer, height) =>
    list.slice(height + 1).map((higher) => ({
      target: `./${layer}`,
      from: `./${higher}`,
      message: `${layer} is below ${higher} and must not import from it`,
    })),
  );

const zones = [
  ...upwards(layers),
  ...upwards(qapiStages),
  ...upwards(checkStages),
  ...schemaOnly.flatMap((stage) =>
    qapiStages
      .filter((other) => other !== stage && other !== 'src/qapi/model')
      .map((other) => ({
        target: `./${stage}`,
        from: `./${other}`,
        message: `${stage} works on src/qapi/model alone`,
      })),
  ),
  // The bundled fake is a target like any other, and the one place where the fake is known below the selftest.
  ...['index', 'target', 'private-folder'].map((file) => ({
    target: `./src/target/${file}.ts`,
    from: './src/fake',
    message: 'only src/target/bundled-fake.ts knows the fake',
  })),
  ...layers
    .filter((layer) => layer !== 'src/qapi')
    .map((layer) => ({
      target: `./${layer}`,
      from: './src/qapi',
      except: ['./index.ts'],
      message: 'src/qapi is imported through its index',
    })),
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
  { ignores: ['dist', 'docs', 'reports', 'node_modules', '.tap'] },
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
    // The names of commands and the path of the private folder come from outside: suites/request-text.ts.
    files: ['suites/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['/[[{,:]\\s*["\']/', '/"$/', '/^"/'].map((text) => ({
          selector: `:not(TaggedTemplateExpression) > TemplateLiteral[expressions.length>0] > TemplateElement[value.cooked=${text}]`,
          message: 'values inside of JSON are written with jsonText`…`, so that none can break it',
        })),
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
    // What an example finds it shows; it imports the package by its name, as others do.
    files: ['examples/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/cli/stdout.ts', 'src/cli/stderr.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
);
