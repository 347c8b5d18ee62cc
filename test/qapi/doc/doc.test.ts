/**
 * Documentation comments of both dialects.
 */
import t from 'tap';
import type { Doc } from '../../../src/qapi/index.js';
import { fixture, must, placesOf, schemaAt, schemaOf } from '../support.js';

/** The documentation of a command with two arguments and two features. */
function docOf(lines: readonly string[]): Doc {
  const schema = schemaOf(withCommand(lines));
  return must(schema.commands.get('x')?.doc);
}

function withCommand(lines: readonly string[]): string {
  const comment = ['@x:', ...lines].map((line) => `# ${line}`.trimEnd()).join('\n');
  return `##\n${comment}\n##\n{ 'command': 'x', 'data': { 'a': 'str', '*b': 'str' } }`;
}

void t.test('text, then members, then sections', (t) => {
  const doc = docOf([
    '',
    'First line',
    'and second.',
    '',
    'Another paragraph.',
    '',
    '@a: what a is',
    '',
    '@b:',
    '    what b is,',
    '    too',
    '',
    'Since: 1.2 (or so)',
  ]);
  t.equal(doc.body, 'First line\nand second.\n\nAnother paragraph.');
  t.strictSame(
    [...doc.members],
    [
      ['a', 'what a is'],
      ['b', 'what b is,\ntoo'],
    ],
  );
  t.equal(doc.since, '1.2 (or so)');
  t.strictSame(doc.sections, [{ tag: 'Since', text: '1.2 (or so)' }]);
  t.end();
});

void t.test('the new dialect: indentation ends a section', (t) => {
  const doc = docOf([
    '@a: text',
    '    more',
    '',
    '    and more',
    '',
    'Plain again.',
    '',
    'Errors:',
    '    - If so, DeviceNotFound',
    '',
    'Plain too.',
  ]);
  t.strictSame([...doc.members], [['a', 'text\nmore\n\nand more']]);
  t.equal(doc.errors, '- If so, DeviceNotFound');
  t.strictSame(doc.sections, [
    { tag: '', text: 'Plain again.' },
    { tag: 'Errors', text: '- If so, DeviceNotFound' },
    { tag: '', text: 'Plain too.' },
  ]);
  t.end();
});

void t.test('the new dialect: notes and examples are directives', (t) => {
  const doc = docOf([
    '',
    'Body.',
    '',
    '.. note:: Careful',
    '   here.',
    '',
    '.. qmp-example::',
    '   :title: One',
    '',
    '    -> { "execute": "x" }',
    '    <- { "return": {} }',
    '',
    'TODO: more',
  ]);
  t.equal(doc.body, 'Body.');
  t.strictSame(doc.sections, [
    { tag: 'Note', text: 'Careful\nhere.' },
    { tag: 'Example', text: ':title: One\n\n -> { "execute": "x" }\n <- { "return": {} }' },
    { tag: 'TODO', text: 'more' },
  ]);
  t.end();
});

void t.test('the old dialect: a section goes on until the next tag', (t) => {
  const doc = docOf([
    '@a: text',
    '    aligned',
    '@b: text',
    'Notes:',
    '',
    'unindented',
    '',
    'still the note',
    'Returns: something',
    '         If not, KVMMissingCap',
    'Example:',
    '',
    '-> x',
    '',
    '   deeper',
    'more',
  ]);
  t.strictSame(doc.sections, [
    { tag: 'Notes', text: 'unindented\n\nstill the note' },
    { tag: 'Returns', text: 'something\nIf not, KVMMissingCap' },
    { tag: 'Example', text: '-> x\n\n   deeper\nmore' },
  ]);
  t.equal(doc.errors, doc.returns, 'errors stood in the Returns section');
  t.end();
});

void t.test('a Returns section that names no error class says nothing about errors', (t) => {
  t.equal(docOf(['Returns: a value']).errors, undefined);
  t.end();
});

void t.test('text that only looks like a section', (t) => {
  const doc = docOf(['', 'Returns:: x', 'Return: y', 'Note that', ' @a: indented', 'e@mail: z']);
  t.equal(doc.body, 'Returns:: x\nReturn: y\nNote that\n @a: indented\ne@mail: z');
  t.strictSame(doc.sections, []);
  t.end();
});

void t.test('features', (t) => {
  const text = `##
# @x:
#
# Features:
# @deprecated: use y
# @fast:
#     very
##
{ 'command': 'x', 'features': [ 'deprecated', 'fast' ] }`;
  t.strictSame(
    [...must(schemaOf(text).commands.get('x')?.doc).features],
    [
      ['deprecated', 'use y'],
      ['fast', 'very'],
    ],
  );
  t.end();
});

const mistakes: [title: string, lines: string[], places: string[]][] = [
  ['no name', ['@: text'], ['bad-doc-section 3:1']],
  ['a member twice', ['@a: x', '@a: y'], ['bad-doc-section 4:1']],
  ['a member after a section', ['Since: 1', '@a: x'], ['bad-doc-section 4:1']],
  ['a member after plain text that follows members', ['@a: x', '', 'Text', '@b: y'], ['bad-doc-section 6:1']],
  ['no text', ['@a:', '', 'Since: 1'], ['bad-doc-section 3:1']],
  ['no text in a section', ['Note:'], ['bad-doc-section 3:1']],
  ['Returns twice', ['Returns: x', 'Returns: y'], ['bad-doc-section 4:1']],
  ['Since twice', ['Since: x', '', 'Since: y'], ['bad-doc-section 5:1']],
  ['Features twice', ['Features:', '@f: x', 'Features:', '@g: x'], ['bad-doc-section 5:1']],
  ['a member that does not exist', ['@c: x'], ['documented-name-unknown 3:1']],
  ['a feature that does not exist', ['Features:', '@c: x'], ['documented-name-unknown 4:1']],
];

void t.test('mistakes', (t) => {
  for (const [title, lines, places] of mistakes) {
    t.strictSame(placesOf(withCommand(lines)).sort(), places.sort(), title);
  }
  t.strictSame(
    placesOf("##\n# @x\n##\n{ 'command': 'x' }"),
    ['bad-doc-comment 2:1'],
    'no colon after the name',
  );
  t.strictSame(placesOf("##\n# @:\n##\n{ 'command': 'x' }"), ['bad-doc-comment 2:1'], 'an empty name');
  t.strictSame(
    placesOf('##\n# Free.\n# @a: no\n##\n'),
    ['bad-doc-section 3:1'],
    'a member in free-form text',
  );
  t.strictSame(
    placesOf("##\n# @x:\n##\n{ 'command': 'x', 'features': [ 'f' ] }"),
    ['undocumented-feature 4:33'],
    'a feature without documentation',
  );
  t.strictSame(
    placesOf("##\n# @E:\n#\n# Returns: x\n##\n{ 'enum': 'E', 'data': [ 'a' ] }"),
    ['bad-doc-section 4:1'],
    'what only commands have',
  );
  t.end();
});

void t.test('the documentation of the fixtures', (t) => {
  const home = schemaAt(fixture('home.qapi'));
  t.match(home.commands.get('set_mode')?.doc, {
    body: 'Switch the whole house.',
    since: '1.0',
    errors: '- If a room is locked, GenericError',
    sections: [{ tag: 'Errors' }, { tag: 'Since' }, { tag: 'Example' }],
  });
  const legacy = schemaAt(fixture('legacy.qapi'));
  t.match(legacy.commands.get('send')?.doc, {
    errors: 'nothing on success.\nIf @parcel is unknown, DeviceNotFound',
  });
  const box = legacy.types.get('Box');
  t.match(box, {
    doc: { sections: [{ tag: 'Notes' }, { tag: 'Example', text: '-> one\n<- two' }, { tag: 'Since' }] },
  });
  t.end();
});
