/**
 * Schemas by the rules of releases: valid or not, and the line at which QEMU's own front end stops. Results and
 * lines were compared with the front ends of 5.2, 7.2, 10.0 and 10.2 on thousands of schemas; these are schemas
 * for which they differed once.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  anchorOf,
  checkSchema,
  filesInMemory,
  formatError,
  RELEASES,
  type Dialect,
  type QapiError,
  type Release,
} from '../../../src/qapi/index.js';
import { loadByRules } from '../../../src/qapi/load/index.js';
import { ReleaseRules, rulesDiffer } from '../../../src/qapi/model/release.js';
import { schemaText } from '../arbitrary.js';
import { must, SEED } from '../support.js';

type Files = string | Readonly<Record<string, string>>;

function checked(files: Files, dialect: Dialect) {
  return checkSchema('main', {
    dialect,
    readFile: filesInMemory(typeof files === 'string' ? { main: files } : files),
  });
}

/** Where the first error is reported, as `line`, or `file:line` outside the root. */
function resultOf(files: Files, dialect: Dialect): string {
  const first: QapiError | undefined = checked(files, dialect).errors?.[0];
  if (first === undefined) return 'valid';
  const { file, line } = anchorOf(first);
  return file === 'main' ? String(line) : `${file}:${line}`;
}

function doc(...lines: string[]): string {
  return ['##', ...lines.map((line) => `# ${line}`.trimEnd()), '##', "{ 'command': 'paint' }"].join('\n');
}

type Case = readonly [title: string, files: Files, results: Readonly<Partial<Record<Dialect, string>>>];

const cases: readonly Case[] = [
  ['nothing at all', '', { '5.2': 'valid', '7.2': 'valid', '10.2': 'valid' }],
  [
    'text before syntax before semantic rules',
    "{ 'struct': 'Lamp', 'data': { 'a': 'Nope' } }\n{ 'struct': 'Lamp', 'dat': {} }\n{ 'struct' }",
    { '5.2': '3', '10.2': '3' },
  ],
  [
    'syntax before semantic rules',
    "{ 'struct': 'Lamp', 'data': { 'a': 'Nope' } }\n\n{ 'enum': 'Hue', 'dat': [] }",
    { '5.2': '3', '10.2': '3' },
  ],
  [
    'twice defined before unknown types',
    "{ 'struct': 'Lamp', 'data': { 'a': 'Nope' } }\n{ 'enum': 'Hue', 'data': [] }\n{ 'enum': 'Hue', 'data': [] }",
    { '5.2': '3', '10.2': '3' },
  ],
  [
    'the line of a definition, wherever the mistake is in it',
    "\n{ 'struct': 'Lamp',\n  'data': {\n    'a': 'Nope' } }",
    { '5.2': '2', '7.2': '2', '10.2': '2' },
  ],
  [
    'a base before what is derived from it',
    "{ 'struct': 'Lamp', 'base': 'Base', 'data': { 'a': 'Nope' } }\n{ 'struct': 'Base', 'data': { 'b': 'Nope' } }",
    { '5.2': '2', '10.2': '2' },
  ],
  [
    'an array of something unknown before the base',
    "{ 'struct': 'Lamp', 'base': 'Base', 'data': { 'a': [ 'Nope' ] } }\n{ 'struct': 'Base', 'data': { 'b': 'Nope' } }",
    { '5.2': '1', '10.2': '1' },
  ],
  [
    'the type of one branch before the next branch',
    "{ 'enum': 'Hue', 'data': [ 'a', 'b' ] }\n{ 'union': 'Lamp', 'base': { 't': 'Hue' }, 'discriminator': 't',\n  'data': { 'a': 'Late', 'c': 'Late' } }\n{ 'struct': 'Late', 'data': { 'x': 'Nope' } }",
    { '5.2': '4', '10.2': '4' },
  ],
  [
    'arguments before the command, where conditions in them matter',
    "{ 'command': 'paint', 'data': 'Late', 'returns': 'Nope' }\n{ 'struct': 'Late', 'data': { 'x': 'Nope' } }",
    { '7.2': '1', '10.2': '2' },
  ],
  [
    'features of enumeration values may be repeated',
    "{ 'enum': 'Hue', 'data': [ { 'name': 'a', 'features': [ 'f', 'f' ] } ] }",
    { '7.2': 'valid', '10.2': 'valid' },
  ],
  [
    'features of arguments may not',
    "{ 'command': 'paint', 'data': { 'a': { 'type': 'str', 'features': [ 'f', 'f' ] } } }",
    { '5.2': '1', '10.2': '1' },
  ],
  [
    'the name of a branch is checked as a value',
    "{ 'union': 'Lamp', 'base': 'Nope', 'discriminator': 't', 'data': { 'A': 'Nope' } }\n{ 'enum': 'Hue' }",
    { '5.2': '1', '10.2': '2' },
  ],
  [
    'a reserved name hides behind the star',
    "{ 'struct': 'Lamp', 'data': { '*has_x': 'str' } }",
    { '5.2': 'valid', '7.2': '1', '10.2': '1' },
  ],
  [
    'an empty base',
    "{ 'union': 'Lamp', 'base': {}, 'discriminator': 't', 'data': {} }\n{ 'enum': 'Hue' }",
    { '5.2': '1', '7.2': '2', '10.2': '2' },
  ],
  ['a list is read to its end first', "[\n  'a'\n  'b' ]", { '5.2': '1', '10.2': '3' }],
  [
    'too many features',
    `{ 'command': 'paint' }\n{ 'command': 'x',\n 'features': [ ${Array.from({ length: 63 }, (_, i) => `'f${i}'`).join(', ')} ] }`,
    { '7.2': 'valid', '10.0': '2', '10.2': '2' },
  ],
  [
    'included text before what follows the directive',
    { main: "{ 'include': 'part' }\n{ 'struct' }", part: "\n{ 'include': 3 }" },
    { '5.2': 'part:2', '10.2': 'part:2' },
  ],
  [
    'an array by its inner name',
    "{ 'struct': 'Lamp', 'data': { 'a': 'strList', 'b': 'HueList', 'c': [ 'Hue' ] } }\n{ 'enum': 'Hue', 'data': [] }",
    { '5.2': 'valid', '10.2': 'valid' },
  ],
  [
    'the inner name of an array that there is not',
    "{ 'struct': 'Lamp', 'data': { 'b': 'HueList' } }\n{ 'enum': 'Hue', 'data': [] }",
    { '5.2': '1', '10.2': '1' },
  ],
  [
    'the type that holds nothing',
    "{ 'struct': 'Lamp', 'base': 'q_empty', 'data': { 'a': 'q_empty' } }",
    { '5.2': 'valid', '10.2': 'valid' },
  ],
  [
    'features of members behind the base',
    "{ 'struct': 'Lamp', 'base': 'Base', 'data': { 'a': { 'type': 'str', 'features': [ 'f', 'f' ] } } }\n{ 'struct': 'Base', 'data': { 'b': 'Nope' } }",
    { '5.2': '2', '10.2': '2' },
  ],
  [
    'an array in an alternate, by its inner name',
    "{ 'alternate': 'Lamp', 'data': { 'a': 'strList' } }",
    { '5.2': '1', '7.2': 'valid' },
  ],
  ['white space of Python', "{ 'command':\u001f'paint'\u0085}", { '5.2': 'valid', '10.2': 'valid' }],

  // documentation
  ['an empty comment', '##\n##\n', { '5.2': 'valid', '10.2': 'valid' }],
  [
    'a trailing space behind the name',
    "##\n# @paint: \n##\n{ 'command': 'paint' }",
    { '7.2': '2', '10.2': 'valid' },
  ],
  ['no colon', doc('@paint'), { '2.8': 'valid', '2.9': '2', '10.2': '2' }],
  ['a shallow line', doc('@paint:', '', 'Since: 1.0', ' more'), { '5.2': '5', '7.2': '5', '10.2': 'valid' }],
  [
    'a shallower second line',
    doc('@paint:', '', 'Since: 1.0', '   more', ' less'),
    { '10.0': '6', '10.2': '6' },
  ],
  [
    'a shallower third line ends the section',
    doc('@paint:', '', 'Since: 1.0', '   more', '   more', ' less'),
    { '10.0': 'valid', '10.2': 'valid' },
  ],
  ['an empty section', doc('@paint:', '', 'Since:', '', 'TODO: x'), { '7.2': '6', '10.2': '4' }],
  ['an empty section at the end', doc('@paint:', '', 'Since:'), { '7.2': '5', '10.2': '4' }],
  ['a note', doc('@paint:', '', 'Note: dry it'), { '7.2': 'valid', '10.2': '4' }],
  ['a heading', doc('@paint:', '', '= Colours'), { '7.2': '4', '10.0': '4', '10.2': 'valid' }],
  ['features without descriptions', doc('@paint:', '', 'Features:', 'none'), { '7.2': 'valid', '10.2': '5' }],
  ['returns of nothing', doc('@paint:', '', 'Returns: x'), { '7.2': 'valid', '10.2': '4' }],
  ['a member that does not exist', doc('@paint:', '', '@a: x'), { '7.2': '1', '10.2': '4' }],
  ['a description behind a section', doc('@paint:', '', 'Since: 1', '@a: x'), { '7.2': '5', '10.2': '5' }],
  ['one space between sentences', doc('@paint:', '', 'Wet. Dry.'), { '10.0': 'valid', '10.2': '4' }],
  ['an abbreviation is no sentence', doc('@paint:', '', 'Tools, e.g. A brush.'), { '10.2': 'valid' }],
  [
    'literal text may look as it likes',
    doc('@paint:', '', '::', '', '  Wet. Dry.', '', 'End.'),
    { '10.2': 'valid' },
  ],
  ['behind literal text it may not', doc('@paint:', '', '::', '', '  x', '', 'Wet. Dry.'), { '10.2': '8' }],
  ['a long line', doc('@paint:', '', 'x'.repeat(69)), { '10.0': 'valid', '10.2': '4' }],
  ['a long address', doc('@paint:', '', `https://example.org/${'x'.repeat(69)}`), { '10.2': 'valid' }],
  [
    'what comes first in a comment that breaks off',
    '##\n# @paint:\n#\n# @a: x\n# @a: y\n{',
    { '7.2': '5', '10.2': '5' },
  ],
  ['a comment that breaks off', '##\n# @paint:\n#\n# Features:\n{', { '7.2': '5', '10.2': '5' }],
  [
    'arguments without documentation',
    "##\n# @paint:\n##\n\n{ 'command': 'paint', 'data': { 'a': 'str' } }",
    { '7.2': 'valid', '10.2': '5' },
  ],

  // older releases
  ['pragmas', "{ 'pragma': {} }", { '2.8': '1', '2.9': 'valid' }],
  ['null', "{ 'struct': 'Lamp', 'data': { 'a': 'null' } }", { '2.9': '1', '2.10': 'valid' }],
  ['a condition', "{ 'struct': 'Lamp', 'data': {}, 'if': 'A' }", { '2.12': '1', '3.0': 'valid' }],
  [
    'a condition inside',
    "{ 'enum': 'Hue', 'data': [ { 'name': 'a', 'if': 'A' } ] }",
    { '3.1': '1', '4.0': 'valid' },
  ],
  ['features of a command', "{ 'command': 'paint', 'features': [ 'f' ] }", { '4.1': '1', '4.2': 'valid' }],
  ['features of an event', "{ 'event': 'WET', 'features': [ 'f' ] }", { '4.2': '1', '5.0': 'valid' }],
  ['out of band', "{ 'command': 'paint', 'allow-oob': true }", { '2.11': '1', '2.12': 'valid' }],
  [
    'a branch for every value',
    "{ 'enum': 'Hue', 'data': [ 'a' ] }\n{ 'union': 'Lamp', 'base': { 't': 'Hue' }, 'discriminator': 't', 'data': {} }",
    { '2.12': '2', '3.0': 'valid' },
  ],
];

void t.test('results by the rules of releases', (t) => {
  for (const [title, files, results] of cases) {
    for (const [dialect, expected] of Object.entries(results)) {
      t.equal(resultOf(files, dialect as Dialect), expected, `${title}, ${dialect}`);
    }
  }
  t.end();
});

void t.test('the dialect that fits', (t) => {
  t.equal(checked("{ 'command': 'paint' }", 'auto').release, RELEASES.at(-1), 'the newest of many');
  t.equal(checked("{ 'union': 'Lamp', 'data': { 'a': 'str' } }", 'auto').release, '6.1');
  t.equal(checked("{ 'struct': 'Lamp', 'data': {}, 'if': [ 'defined(A)' ] }", 'auto').release, '6.1');
  t.equal(checked(doc('@paint'), 'auto').release, '2.8');
  t.equal(checked(doc('@paint:', '', 'Note: wet'), 'auto').release, '9.0');
  const { errors, release } = checked("{ 'union': 'Lamp', 'data': { 'a': 'Nope' } }", 'auto');
  t.equal(release, '6.1', 'nearest');
  t.match(must(errors)[0], { code: 'unknown-type' });
  t.equal(checked('[]', 'auto').release, undefined, 'introspection data has no dialect');
  t.end();
});

void t.test('a mistake is reported once, and others as well', (t) => {
  const errors = must(
    checked(
      "{ 'struct': 'Lamp',\n  'data': { 'a': 'Nope',\n            'b': 'sttr' } }\n{ 'enum': 'Hue', 'dat': [] }",
      '10.2',
    ).errors,
  );
  t.strictSame(
    errors.map(({ code, position }) => `${code} ${position.line}`),
    ['missing-key 4', 'unknown-key 4', 'unknown-type 2', 'unknown-type 3'],
  );
  t.match(formatError(must(errors[3])), /^main:1: .*'sttr'.*did you mean 'str'/);
  t.end();
});

void t.test('a thousand includes, one inside the other', (t) => {
  const files: Record<string, string> = { main: "{ 'include': 'm1' }" };
  for (let i = 1; i < 1000; i++) files[`m${i}`] = `{ 'include': 'm${i + 1}' }`;
  t.equal(resultOf({ ...files, m1000: "{ 'command': 'paint' }" }, '10.2'), 'valid');
  t.equal(resultOf({ ...files, m1000: "\n{ 'command': 'paint', 'data': 'Nope' }" }, '10.2'), 'm1000:2');
  t.equal(resultOf({ ...files, m1000: "{ 'include': 'm500' }" }, '10.2'), 'm1000:1', 'a loop');
  t.end();
});

void t.test('no nesting is too deep to be told', (t) => {
  const depth = 50_000;
  const condition = (open: string, close: string) =>
    `{ 'struct': 'Lamp', 'data': {}, 'if': ${open.repeat(depth)}'A'${close.repeat(depth)} }`;
  for (const text of ['[', "{ 'a': "]) t.equal(resultOf(text.repeat(depth), '10.2'), '1');
  t.equal(resultOf(condition("{ 'not': ", ' }'), '10.2'), '1');
  t.equal(resultOf(condition("{ 'all': [ ", ' ] }'), '10.2'), '1');
  t.equal(resultOf(condition("{ 'any': [ ", ' ] }'), '5.2'), '1');
  const chain = Array.from(
    { length: 20_000 },
    (_, i) => `{ 'struct': 'S${i}a', 'base': 'S${i + 1}a', 'data': {} }`,
  );
  t.equal(resultOf([...chain, "{ 'struct': 'S20000a', 'data': {} }"].join('\n'), '10.2'), 'valid');
  t.equal(resultOf([...chain, "{ 'struct': 'S20000a', 'base': 'S0a', 'data': {} }"].join('\n'), '10.2'), '1');
  t.end();
});

void t.test('whatever the text, a result with positions', (t) => {
  const seeds = cases.map(([, files]) => files).filter((files) => typeof files === 'string');
  const piece = fc.constantFrom(...seeds);
  const cut = fc.nat({ max: 200 });
  const text = fc
    .array(
      fc.tuple(piece, cut, cut, fc.constantFrom('', '##\n', '\n', "'", '{', '}', '\u0000', '\\', '# @', ':')),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((parts) =>
      parts.map(([from, start, length, glue]) => from.slice(start, start + length) + glue).join(''),
    );
  fc.assert(
    fc.property(text, fc.constantFrom<Dialect>(...RELEASES, 'auto'), (main, dialect) => {
      const { errors } = checked(main, dialect);
      const lines = main.split(/\r\n?|\n/).length;
      for (const error of errors ?? []) {
        const { line } = anchorOf(error);
        if (line < 1 || line > lines || error.message === '') throw new Error(formatError(error));
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
  t.end();
});

void t.test('auto skips releases whose rules do not differ from those of the one before', (t) => {
  const broken = fc
    .tuple(schemaText, fc.nat(), fc.integer({ min: 1, max: 9 }))
    .map(([text, at, length]) => text.slice(0, at % text.length) + text.slice((at % text.length) + length));
  let skipped = 0;
  fc.assert(
    fc.property(fc.oneof(schemaText, broken), (text) => {
      const checks = RELEASES.map((release) => breakpointsOf(text, release));
      for (const [index, older] of checks.entries()) {
        const newer = checks[index + 1];
        if (newer === undefined) continue;
        for (const { ruleBreakpoints } of [older, newer]) {
          if (rulesDiffer(ruleBreakpoints, older.release, newer.release)) continue;
          skipped += 1;
          if (!isDeepStrictEqual(older.errors, newer.errors))
            throw new Error(`${older.release} is not ${newer.release}`);
        }
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
  t.ok(skipped > 200, `${skipped} releases`);
  t.end();
});

/** A check by the rules of a release, and at which releases its result may change. */
function breakpointsOf(text: string, release: Release) {
  const rules = new ReleaseRules(release);
  const { errors } = loadByRules('main', rules, { readFile: filesInMemory({ main: text }) });
  return { release, errors, ruleBreakpoints: rules.ruleBreakpoints };
}

void t.test('breakpoints depend on the check alone, not on what was checked before', (t) => {
  const plain = "{ 'command': 'paint' }";
  const before = breakpointsOf(plain, '10.2').ruleBreakpoints;
  const other = breakpointsOf(
    "{ 'event': 'DONE', 'if': 'A' }\n{ 'command': 'x', 'coroutine': true }",
    '10.2',
  );
  t.ok(other.ruleBreakpoints.has('5.2'), 'the release that brought coroutines');
  t.notOk(before.has('5.2'));
  t.strictSame(breakpointsOf(plain, '10.2').ruleBreakpoints, before);
  t.end();
});
