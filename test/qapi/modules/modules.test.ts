/**
 * Modules: includes, pragmas, and documentation that finds its definition.
 */
import t from 'tap';
import { formatError } from '../../../src/qapi/index.js';
import { errorsOf, must, placesOf, schemaOf } from '../support.js';

const command = (name: string): string => `{ 'command': '${name}' }\n`;

void t.test('every module is loaded once, in the order in which it is met', (t) => {
  const schema = schemaOf({
    main: `{ 'include': 'a/one' }\n${command('m')}{ 'include': 'two' }\n`,
    'a/one': `{ 'include': '../two' }\n${command('one')}`,
    two: command('two'),
  });
  t.strictSame(schema.source, { kind: 'files', root: 'main', modules: ['main', 'a/one', 'two'] });
  t.strictSame([...schema.commands.keys()], ['two', 'one', 'm']);
  t.match(must(schema.commands.get('two')).position, {
    file: 'two',
    line: 1,
    column: 1,
    includedFrom: { file: 'a/one', line: 1, includedFrom: { file: 'main', line: 1 } },
  });
  t.end();
});

void t.test('an error says how its file came in', (t) => {
  const [error] = errorsOf({
    main: "\n{ 'include': 'a/one' }\n",
    'a/one': "{ 'include': 'two' }",
    'a/two': "\n{ 'enum': 'E' }",
  });
  t.equal(
    formatError(must(error)),
    "In file included from main:2:\nIn file included from a/one:1:\na/two:2: enum 'E' misses the key 'data'",
  );
  t.end();
});

void t.test('a circle of includes is an error with its path', (t) => {
  const files = {
    main: "{ 'include': 'one' }\n",
    one: "\n{ 'include': 'two' }\n",
    two: "{ 'include': './one' }\n",
  };
  const [error, ...others] = errorsOf(files);
  t.match(error, { code: 'include-cycle', message: /one → two → one/, position: { file: 'two', line: 1 } });
  t.equal(others.length, 0);
  t.strictSame(placesOf("{ 'include': 'main' }"), ['include-cycle 1:1']);
  t.end();
});

void t.test('includes that never end', (t) => {
  const readFile = (path: string): Uint8Array => Buffer.from(`{ 'include': 'x${path}' }`);
  t.match(errorsOf({}, { readFile }), [{ code: 'include-depth' }]);
  t.end();
});

void t.test('a module that cannot be parsed hides what it may define', (t) => {
  const files = { main: "{ 'include': 'one' }\n{ 'command': 'x', 'data': 'T' }", one: '{ oops }' };
  t.strictSame(placesOf(files), ['stray-text 1:3']);
  t.end();
});

const directives: [title: string, text: string, places: string[]][] = [
  ['include with more keys', "{ 'include': 'x', 'if': 'A' }", ['bad-directive 1:1']],
  ['include of something else', "{ 'include': [] }", ['bad-directive 1:14']],
  ['pragma with more keys', "{ 'pragma': {}, 'include': 'x' }", ['bad-directive 1:1']],
  ['pragma of something else', "{ 'pragma': [] }", ['bad-directive 1:13']],
  ['an unknown pragma', "{ 'pragma': { 'doc-require': true } }", ['unknown-pragma 1:15']],
  ['doc-required', "{ 'pragma': { 'doc-required': 'yes' } }", ['bad-pragma 1:31']],
  ['a list', "{ 'pragma': { 'returns-whitelist': 'x' } }", ['bad-pragma 1:36']],
  ['a list of something else', "{ 'pragma': { 'member-name-exceptions': [ true ] } }", ['bad-pragma 1:41']],
];

void t.test('directives', (t) => {
  for (const [title, text, places] of directives) t.strictSame(placesOf(text), places, title);
  t.match(errorsOf("{ 'pragma': { 'doc-require': true } }"), [{ hint: "did you mean 'doc-required'?" }]);
  t.end();
});

void t.test('pragmas hold for all modules, whatever their order', (t) => {
  const main = "{ 'command': 'x', 'returns': 'str' }\n{ 'include': 'one' }";
  t.strictSame(placesOf({ main, one: '# nothing' }), ['bad-return 1:30']);
  for (const key of ['returns-whitelist', 'command-returns-exceptions']) {
    t.strictSame(placesOf({ main, one: `{ 'pragma': { '${key}': [ 'x' ] } }` }), [], key);
  }
  t.strictSame(placesOf({ main: command('x'), one: '' }), []);
  t.strictSame(placesOf(`${command('x')}{ 'pragma': { 'doc-required': true } }`), ['missing-doc 1:1']);
  t.end();
});

const docs: [title: string, text: string, places: string[]][] = [
  ['at the end of the file', '##\n# @x:\n##\n', ['misplaced-doc 1:1']],
  ['before another comment', `##\n# @x:\n##\n##\n# Free.\n##\n`, ['misplaced-doc 1:1']],
  ['before a directive', "##\n# @x:\n##\n{ 'pragma': {} }", ['misplaced-doc 1:1']],
  ['free-form, before a definition', `##\n# Free.\n##\n${command('x')}`, ['misplaced-doc 1:1']],
  ['for something else', `##\n# @y:\n##\n${command('x')}`, ['wrong-doc-name 1:1']],
  ['free-form, before a comment', `##\n# Free.\n##\n##\n# @x:\n##\n${command('x')}`, []],
];

void t.test('documentation belongs to the definition that follows', (t) => {
  for (const [title, text, places] of docs) t.strictSame(placesOf(text), places, title);
  t.end();
});

void t.test('a thousand includes, one inside the other', (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [
      index === 0 ? 'main' : `m${index}`,
      `${index < 999 ? `{ 'include': 'm${index + 1}' }` : ''}\n{ 'command': 'c${index}' }`,
    ]),
  );
  t.equal(schemaOf(files).commands.size, 1000);
  t.end();
});
