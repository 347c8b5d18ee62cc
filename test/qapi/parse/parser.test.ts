/**
 * Lexer and parser: positions of everything, and what is no expression.
 */
import t from 'tap';
import type { Node } from '../../../src/qapi/parse/ast.js';
import { parseModule } from '../../../src/qapi/parse/parser.js';
import { ReleaseRules } from '../../../src/qapi/model/release.js';
import { must, placesOf } from '../support.js';

/** A module, by the rules of no release in particular. */
function parse(text: string) {
  return parseModule(text, 'x', undefined, new ReleaseRules(undefined));
}

/** A node as `LINE:COLUMN`, with what is in it. */
function outline(node: Node): unknown {
  const at = `${node.position.line}:${node.position.column}`;
  switch (node.kind) {
    case 'array':
      return [at, ...node.elements.map(outline)];
    case 'object':
      return [
        at,
        Object.fromEntries(
          [...node.entries.values()].map(({ key, position, value }) => [
            `${key} ${position.line}:${position.column}`,
            outline(value),
          ]),
        ),
      ];
    default:
      return `${at} ${String(node.value)}`;
  }
}

void t.test('every key and value knows where it stands', (t) => {
  const { items } = parse("# c\n{ 'a': [ 'b',\n\t{'c':true} ],\n  'd' : {} } # end\n{'e':\n'f'}");
  const nodes = items.map((item) => (item.kind === 'expression' ? outline(item.node) : undefined));
  t.strictSame(nodes, [
    ['2:1', { 'a 2:3': ['2:8', '2:10 b', ['3:2', { 'c 3:3': '3:7 true' }]], 'd 4:3': ['4:9', {}] }],
    ['5:1', { 'e 5:2': '6:1 f' }],
  ]);
  t.end();
});

void t.test('documentation comments keep their lines', (t) => {
  const { items } = parse("##\n# @x:\n#\n#  text  \n##\n\n# plain\n{ 'command': 'x' }");
  const [doc] = items;
  t.match(doc, {
    kind: 'doc',
    position: { line: 1, column: 1 },
    lines: [
      { text: '@x:', position: { line: 2, column: 1 } },
      { text: '', position: { line: 3, column: 1 } },
      { text: ' text', position: { line: 4, column: 1 } },
    ],
  });
  t.equal(items.length, 2);
  t.end();
});

void t.test('strings know one escape', (t) => {
  const { items } = parse("{ 'a\\\\b': '\\\\' }");
  t.strictSame(
    items.map((item) => item.kind === 'expression' && outline(item.node)),
    [['1:1', { 'a\\b 1:3': '1:11 \\' }]],
  );
  t.end();
});

const errors: [title: string, text: string, place: string][] = [
  ['a string at top level', "'x'", 'bad-expression 1:1'],
  ['an array at top level', '# x\n[]', 'bad-expression 2:1'],
  ['a number', "{ 'a': 1 }", 'stray-text 1:8'],
  ['a bare word', '{ command }', 'stray-text 1:3'],
  ['null', "{ 'a': null }", 'stray-text 1:8'],
  ['double quotes', '{ \'a\': "b" }', 'stray-text 1:8'],
  ['no closing quote', "\n{ 'a': 'b\n'}", 'bad-string 2:8'],
  ['no closing quote at the end', "{ 'a", 'bad-string 1:3'],
  ['an unknown escape', "{ 'a': 'b\\n' }", 'bad-string 1:8'],
  ['a character outside ASCII', "{ 'a': 'é' }", 'bad-string 1:8'],
  ['a control character', "{ 'a': '\t' }", 'bad-string 1:8'],
  ['no colon', "{ 'a' 'b' }", 'unexpected-token 1:7'],
  ['no value', "{ 'a': }", 'unexpected-token 1:8'],
  ['no comma', "{ 'a': 'b' 'c': 'd' }", 'unexpected-token 1:12'],
  ['a comma at the end of an object', "{ 'a': 'b', }", 'unexpected-token 1:13'],
  ['a comma at the end of an array', "{ 'a': ['b', ] }", 'unexpected-token 1:14'],
  ['a key that is no string', '{ [] }', 'unexpected-token 1:3'],
  ['an unclosed object', "{ 'a': 'b'\n", 'unexpected-token 1:11'],
  ['an unclosed array', "{ 'a': [\n\n", 'unexpected-token 2:1'],
  ['a closing bracket too many', "{ 'command': 'x' } }", 'bad-expression 1:20'],
  ['a key that comes twice', "{ 'a': 'b', 'a': 'c' }", 'duplicate-key 1:18'],
  ['text behind a keyword', "{ 'a': trueish }", 'stray-text 1:12'],
  ['junk at the start of documentation', '## x\n##', 'bad-doc-comment 1:1'],
  ['junk at the end of documentation', '##\n# x\n## y', 'bad-doc-comment 3:1'],
  ['documentation without end', '##\n# x\n', 'bad-doc-comment 2:4'],
  ['documentation that an expression ends', "##\n# x\n{ 'command': 'x' }", 'bad-doc-comment 3:1'],
  ['no space after #', '##\n#x\n##', 'bad-doc-comment 2:1'],
];

void t.test('text that is no schema', (t) => {
  for (const [title, text, expected] of errors) t.strictSame(placesOf(text), [expected], title);
  t.end();
});

void t.test('however deep an expression nests, it is an error and not a crash', (t) => {
  const depth = 100_000;
  const deep = placesOf(`{ 'a': ${'['.repeat(depth)}${']'.repeat(depth)} }`);
  t.strictSame(deep, ['nesting-too-deep 1:407']);
  t.strictSame(placesOf("{ 'a': ".repeat(depth)), ['nesting-too-deep 1:2801']);
  const fine = parse(`{ 'a': ${'['.repeat(399)}${']'.repeat(399)} }`);
  t.equal(fine.error, undefined);
  t.end();
});

void t.test('what stands before a mistake is parsed, what follows it is not', (t) => {
  const { items, error } = parse("{ 'a': 'b' }\n{ 'c' }\n{ 'd': 'e' }");
  t.equal(items.length, 1);
  t.match(must(error), { code: 'unexpected-token', position: { file: 'x', line: 2, column: 7 } });
  t.end();
});
