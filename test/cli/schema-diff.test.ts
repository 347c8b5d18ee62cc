/**
 * `qmpspec schema diff`, `show` and `list`, as they are called.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from 'marked';
import t from 'tap';
import { qmpspec, REFERENCE_SCHEMA, serveTcp, startFake, warmQmpspec, workFolder } from './support.js';

const folder = workFolder(t);
t.jobs = 3;
const warm = warmQmpspec(t);

const write = (name: string, ...lines: readonly string[]) => {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
};

write(
  'old.json',
  "{ 'enum': 'Colour', 'data': [ 'red', { 'name': 'blue', 'features': [ 'deprecated' ] } ] }",
  "{ 'struct': 'Paint', 'data': { 'colour': 'Colour', '*size': 'uint8' } }",
  "{ 'command': 'paint', 'data': 'Paint' }",
  "{ 'command': 'repaint', 'data': { 'paint': 'Paint' } }",
  "{ 'command': 'try', 'features': [ 'unstable' ] }",
  "{ 'command': 'built', 'if': 'CONFIG_BUILT' }",
  "{ 'event': 'PAINTED', 'data': 'Paint' }",
);
write(
  'new.json',
  "{ 'enum': 'Colour', 'data': [ 'red', 'green' ] }",
  "{ 'struct': 'Paint', 'data': { 'colour': 'Colour', '*size': 'uint8' } }",
  "{ 'command': 'paint', 'data': 'Paint' }",
  "{ 'command': 'repaint', 'data': { 'paint': 'Paint' } }",
  "{ 'command': 'built', 'if': 'CONFIG_BUILT' }",
  "{ 'event': 'PAINTED', 'data': 'Paint' }",
);
write('wrong.json', "{ 'struct': 'S', 'data': { 'a': 'NoSuch' } }");

const diff = (...args: readonly string[]) => warm(folder, ['schema', 'diff', ...args]);

interface DiffDocument {
  readonly schemaVersion: number;
  readonly a: object;
  readonly b: object;
  readonly breaking: readonly { readonly path: string }[];
  readonly compatible: readonly { readonly path: string }[];
  readonly exempt: readonly { readonly path: string }[];
}

void t.test('diff for people', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await qmpspec(t, folder, ['schema', 'diff', 'old.json', 'new.json']);
  t.equal(status, 1);
  t.equal(stderr, '');
  t.equal(
    stdout,
    [
      'old.json (4 commands, 1 event) -> new.json (3 commands, 1 event)',
      '',
      'BREAKING',
      '',
      'command paint',
      '  - arguments/colour=blue  value removed (was deprecated) — what clients may send is refused; also in repaint',
      '',
      'EXEMPT',
      '',
      'command try',
      '  ~ command removed — unstable, so nothing is promised',
      '',
      'COMPATIBLE',
      '',
      'command paint',
      '  + arguments/colour=green  value added — also in repaint',
      'event PAINTED',
      '  + data/colour=blue   value removed (was deprecated)',
      '  + data/colour=green  value added',
      '',
      '1 breaking, 1 exempt, 3 compatible',
      '',
    ].join('\n'),
  );
  const same = await diff('old.json', 'old.json');
  t.equal(same.status, 0);
  t.match(same.stdout, /\n\nno differences\n$/);
  t.equal((await diff('new.json', 'new.json', '--define', 'CONFIG_BUILT')).status, 0);
});

void t.test('diff for programs', { buffered: true }, async (t) => {
  const { status, stdout } = await diff('old.json', 'new.json', '--format', 'json');
  t.equal(status, 1);
  const { schemaVersion, a, b, breaking, compatible, exempt } = JSON.parse(stdout) as DiffDocument;
  t.equal(schemaVersion, 1);
  t.strictSame(a, { source: 'old.json', kind: 'files', commands: 4, events: 1 });
  t.strictSame(b, { source: 'new.json', kind: 'files', commands: 3, events: 1 });
  t.strictSame(breaking, [
    {
      kind: 'value-removed',
      path: 'paint/arguments/colour=blue',
      definition: 'paint',
      meta: 'command',
      direction: 'send',
      verdict: 'breaking',
      message: 'value removed',
      reason: 'what clients may send is refused',
      deprecated: true,
      otherPlaces: 0,
      otherDefinitions: 1,
      alsoIn: ['repaint'],
      at: { a: 'old.json:1' },
    },
  ]);
  t.equal(compatible.length, 3);
  t.strictSame(
    exempt.map(({ path }) => path),
    ['try'],
  );
});

void t.test('diff for a change request', { buffered: true }, async (t) => {
  const { stdout } = await diff('old.json', 'new.json', '--format', 'markdown');
  t.match(
    stdout,
    /^## Schema changes\n\nFrom `old.json` to `new.json`: 1 breaking, 1 exempt, 3 compatible\.$/m,
  );
  t.match(stdout, /^\| `paint\/arguments\/colour=blue` \| value removed \(was deprecated\) \|/m);
  t.equal((marked.parse(stdout, { async: false }).match(/<table>/g) ?? []).length, 3);
});

void t.test('what a dump says is not trusted', { buffered: true }, async (t) => {
  const name = '\u001b[31m\u202ecommand';
  write('evil.json', JSON.stringify([{ name, 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' }]));
  const { status, stderr } = await diff('evil.json', 'old.json');
  t.equal(status, 2);
  t.match(stderr, '\\x1b[31m\\u202ecommand');
  t.notMatch(stderr, /[\u001b\u202e]/u);
});

void t.test('--define decides conditions of files', { buffered: true }, async (t) => {
  const built = await warm(folder, ['schema', 'introspect', 'old.json', '--define', 'CONFIG_BUILT']);
  const plain = await warm(folder, ['schema', 'introspect', 'old.json']);
  writeFileSync(join(folder, 'built.json'), built.stdout);
  writeFileSync(join(folder, 'plain.json'), plain.stdout);
  const unknown = await diff('old.json', 'plain.json');
  t.equal(unknown.status, 0);
  t.match(unknown.stdout, /^command built\n {2}~ command removed — may depend on the build only$/m);
  t.equal((await diff('old.json', 'plain.json', '--define', 'CONFIG_BUILT')).status, 1);
  const { status, stdout } = await diff('old.json', 'built.json', '--define', 'CONFIG_BUILT');
  t.equal(status, 0);
  t.match(stdout, 'no differences');
});

void t.test('a server is a schema too', { buffered: true }, async (t) => {
  const { path } = await startFake(t, folder);
  const { status, stdout } = await diff(REFERENCE_SCHEMA, `unix:${path}`);
  t.equal(status, 0);
  t.match(stdout, '0 breaking, 2 exempt', 'one type has a condition');
  const other = await diff(`unix:${path}`, 'new.json', '--format', 'json');
  t.equal(other.status, 1);
  t.match((JSON.parse(other.stdout) as DiffDocument).a, { kind: 'introspection' });
});

void t.test('what cannot be compared', { buffered: true }, async (t) => {
  const cases = [
    [['wrong.json', 'new.json'], 2, /wrong\.json:1: .*NoSuch/],
    [['old.json', 'no-such-file.json'], 2, /no-such-file\.json does not exist/],
    [['old.json', 'tcp:nowhere'], 2, /tcp:HOST:PORT/],
    [['old.json'], 2, /missing required argument 'b'/],
    [['old.json', 'new.json', '--format', 'yaml'], 2, /Allowed choices are text, json, markdown/],
    [['old.json', 'unix:no-such-socket'], 3, /no-such-socket/],
  ] as const;
  for (const [args, expected, message] of cases) {
    const { status, stdout, stderr } = await diff(...args);
    t.equal(status, expected, args.join(' '));
    t.match(stderr, message);
    t.equal(stdout, '');
  }
  const port = await serveTcp(t, (client) => {
    client.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
    client.on('data', () => client.write('{"error": {"class": "GenericError", "desc": "no"}, "id": 1}\r\n'));
  });
  const refused = await diff('old.json', `tcp:127.0.0.1:${port}`);
  t.equal(refused.status, 3);
  t.match(refused.stderr, /refuses qmp_capabilities: GenericError/);
});

write(
  'documented.json',
  '##',
  '# @Colour:',
  '#',
  '# What paint looks like.',
  '#',
  '# @red: like a rose',
  '#',
  '# @blue: like the sky',
  '#',
  '# Since: 1.0',
  '##',
  "{ 'enum': 'Colour', 'data': [ 'red', { 'name': 'blue', 'if': 'CONFIG_BLUE' } ] }",
  '##',
  '# @Base:',
  '#',
  '# Where to start.',
  '#',
  '# @colour: the colour',
  '#',
  '# Since: 1.0',
  '##',
  "{ 'struct': 'Base', 'data': { 'colour': 'Colour' } }",
  '##',
  '# @Pot:',
  '#',
  '# A pot.',
  '#',
  '# @size: how much is in it',
  '#',
  '# Since: 1.0',
  '##',
  "{ 'struct': 'Pot', 'data': { '*size': 'uint8' } }",
  '##',
  '# @Paint:',
  '#',
  '# Paint.',
  '#',
  '# Since: 1.1',
  '##',
  "{ 'union': 'Paint', 'base': 'Base', 'discriminator': 'colour', 'data': { 'red': 'Pot' } }",
  '##',
  '# @PotOrName:',
  '#',
  '# A pot, or what it is called.',
  '#',
  '# @pot: the pot',
  '#',
  '# @name: its name',
  '#',
  '# Since: 1.2',
  '##',
  "{ 'alternate': 'PotOrName', 'data': { 'pot': 'Pot', 'name': 'str' } }",
  '##',
  '# @paint:',
  '#',
  '# Paints something.',
  '#',
  '# @what: what to paint',
  '#',
  '# @pots: what to paint it with',
  '#',
  '# Features:',
  '#',
  '# @deprecated: Use a brush.',
  '#',
  '# Returns: what it looks like now',
  '#',
  '# Since: 1.2',
  '##',
  "{ 'command': 'paint', 'data': { 'what': 'str', '*pots': [ 'PotOrName' ] }, 'returns': 'Paint',",
  "  'features': [ 'deprecated' ], 'allow-oob': true, 'if': 'CONFIG_PAINT' }",
);

const show = (...args: readonly string[]) => warm(folder, ['schema', 'show', ...args]);

void t.test('show a command', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await qmpspec(t, folder, ['schema', 'show', 'documented.json', 'paint']);
  t.equal(status, 0);
  t.equal(stderr, '');
  t.equal(
    stdout,
    [
      'command paint',
      'documented.json:70, since 1.2, may be executed out of band, if CONFIG_PAINT',
      '',
      '  Paints something.',
      '',
      'ARGUMENTS',
      '  what: str',
      '      what to paint',
      '  [pots]: [PotOrName]',
      '      what to paint it with',
      '',
      'RETURNS',
      '  Paint',
      '    what it looks like now',
      '',
      'FEATURES',
      '  deprecated',
      '      Use a brush.',
      '',
    ].join('\n'),
  );
});

void t.test('show types', { buffered: true }, async (t) => {
  const paint = await show('documented.json', 'Paint');
  t.match(paint.stdout, /^union Paint\ndocumented\.json:\d+, since 1\.1\n\n {2}Paint\.\n/);
  t.match(
    paint.stdout,
    /\nMEMBERS\n {2}colour: Colour \(red \| blue\)\n {6}the colour\n/,
    'members of the base have their documentation',
  );
  t.match(paint.stdout, /\nBRANCHES by colour\n {2}red: Pot \(\[size\]\)\n {2}blue: no more members\n$/);
  const colour = await show('documented.json', 'Colour');
  t.match(
    colour.stdout,
    /\nVALUES\n {2}red\n {6}like a rose\n {2}blue {2}if CONFIG_BLUE\n {6}like the sky\n$/,
  );
  const either = await show('documented.json', 'PotOrName');
  t.match(either.stdout, /\nONE OF\n {2}pot: Pot\n {6}the pot\n {2}name: str\n {6}its name\n$/);
});

void t.test('show of a dump, and of what is not there', { buffered: true }, async (t) => {
  const dump = await warm(folder, ['schema', 'introspect', 'documented.json', '--all-conditions']);
  writeFileSync(join(folder, 'documented-dump.json'), dump.stdout);
  const { status, stdout } = await show('documented-dump.json', 'paint');
  t.equal(status, 0);
  t.match(
    stdout,
    /^command paint\nmay be executed out of band\n\nARGUMENTS.*\n {2}what: str\n {2}\[pots\]: \[alternate \d+\]\n/,
  );
  const missing = await show('documented.json', 'pain');
  t.equal(missing.status, 2);
  t.match(missing.stderr, "documented.json has no command, event or type 'pain' (did you mean 'paint'?)");
});

void t.test('list', { buffered: true }, async (t) => {
  const list = (...args: readonly string[]) => warm(folder, ['schema', 'list', ...args]);
  t.equal(
    (await qmpspec(t, folder, ['schema', 'list', 'documented.json', 'P*'])).stdout,
    'struct     Pot\nunion      Paint\nalternate  PotOrName\n',
  );
  const { stdout } = await list('old.json', '--json');
  t.strictSame((JSON.parse(stdout) as readonly object[]).slice(0, 2), [
    { name: 'paint', kind: 'command', file: 'old.json', line: 3 },
    { name: 'repaint', kind: 'command', file: 'old.json', line: 4 },
  ]);
  t.equal((JSON.parse(stdout) as readonly object[]).length, 7);
  const empty = await list('old.json', '');
  t.equal(empty.status, 2);
  t.match(empty.stderr, "'' is no pattern");
  const nothing = await list('old.json', 'pain');
  t.equal(nothing.status, 2);
  t.match(nothing.stderr, "matches pain (did you mean 'paint'?)");
});
