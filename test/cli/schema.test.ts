import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import t from 'tap';
import { qmpspec, REFERENCE_SCHEMA, startFake, warmQmpspec, workFolder } from './support.js';

const folder = workFolder(t);
t.jobs = 3;
const warm = warmQmpspec(t);

writeFileSync(
  join(folder, 'small.json'),
  [
    "{ 'enum': 'Colour', 'data': [ 'red', { 'name': 'blue', 'if': 'CONFIG_BLUE' } ] }",
    "{ 'struct': 'Paint', 'data': { 'colour': 'Colour', '*size': 'uint8' } }",
    "{ 'command': 'query-paint', 'returns': ['Paint'] }",
    "{ 'command': 'paint', 'data': 'Paint', 'if': { 'all': [ 'CONFIG_BLUE', 'CONFIG_PAINT' ] } }",
    "{ 'event': 'PAINTED', 'data': 'Paint' }",
  ].join('\n'),
);
writeFileSync(
  join(folder, 'wrong.json'),
  "{ 'struct': 'S', 'data': { 'a': 'NoSuch' } }\n\n{ 'command': 'c', 'data': 'Nor' }\n",
);
writeFileSync(join(folder, 'outer.json'), "{ 'include': 'wrong.json' }\n");

interface Info {
  readonly name: string;
  readonly 'meta-type': string;
  readonly members?: readonly { readonly name: string }[];
}

async function introspect(...args: string[]): Promise<Info[]> {
  const { stdout } = await warm(folder, ['schema', 'introspect', ...args]);
  return JSON.parse(stdout) as Info[];
}

function commands(infos: readonly Info[]): string[] {
  return infos.filter((info) => info['meta-type'] === 'command').map(({ name }) => name);
}

function colours(infos: readonly Info[]): readonly string[] | undefined {
  return infos.find((info) => info['meta-type'] === 'enum')?.members?.map(({ name }) => name);
}

void t.test('check: valid schemas', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await qmpspec(t, folder, [
    'schema',
    'check',
    'small.json',
    REFERENCE_SCHEMA,
  ]);
  t.equal(status, 0);
  t.equal(stderr, '');
  const [small, reference] = stdout.split('\n');
  t.equal(small, 'small.json: valid, 2 commands, 1 events (QEMU 11.1)');
  t.match(reference, /qapi-schema\.json: valid, \d\d+ commands, \d\d+ events \(QEMU \d+\.\d+\)$/);
});

void t.test('check: every error with its place', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await warm(folder, ['schema', 'check', 'wrong.json', 'small.json']);
  t.equal(status, 1);
  t.match(stderr, /^wrong\.json:1: .*NoSuch/m);
  t.match(stderr, /^wrong\.json:3: .*Nor/m);
  t.match(stdout, /^small\.json: valid/, 'what is valid is said to be');
  const outer = await warm(folder, ['schema', 'check', 'outer.json']);
  t.equal(outer.status, 1);
  t.match(outer.stderr, /^In file included from outer\.json:1:\nwrong\.json:1: /);
});

void t.test('introspect', { buffered: true }, async (t) => {
  const none = await introspect('small.json');
  t.strictSame(commands(none), ['query-paint']);
  t.strictSame(colours(none), ['red']);
  const blue = await introspect('small.json', '--define', 'CONFIG_BLUE');
  t.strictSame(commands(blue), ['query-paint']);
  t.strictSame(colours(blue), ['red', 'blue']);
  const both = await introspect('small.json', '--define', 'CONFIG_BLUE', '--define', 'CONFIG_PAINT');
  t.strictSame(commands(both), ['query-paint', 'paint']);
  t.strictSame(await introspect('small.json', '--all-conditions'), both);
});

void t.test('introspect: the symbols of a saved reply', { buffered: true }, async (t) => {
  const { stdout: dump } = await qmpspec(t, folder, [
    'schema',
    'introspect',
    'small.json',
    '--define',
    'CONFIG_BLUE',
  ]);
  writeFileSync(join(folder, 'blue.json'), `{"return": ${dump}}`);
  const from = ['schema', 'introspect', 'small.json', '--define-from', 'blue.json'];
  const { status, stdout, stderr } = await warm(folder, from);
  t.equal(status, 0);
  t.equal(stdout, dump);
  t.equal(stderr, 'symbols that hold: CONFIG_BLUE\na server built so answers the same as blue.json\n');
  const { stdout: symbols } = await warm(folder, [...from, '--symbols']);
  t.strictSame(JSON.parse(symbols), {
    defines: ['CONFIG_BLUE'],
    open: [],
    contradictions: [],
    differences: [],
  });
  writeFileSync(join(folder, 'odd.json'), dump.replace('"name":"blue"', '"name":"green"'));
  const odd = await warm(folder, [...from.slice(0, -1), 'odd.json']);
  t.equal(odd.status, 0);
  t.match(odd.stderr, 'a server built so would differ from odd.json in ');
});

void t.test('introspect: the symbols of a running server', { buffered: true }, async (t) => {
  const { path } = await startFake(t, folder);
  const from = ['schema', 'introspect', REFERENCE_SCHEMA, '--define-from', `unix:${path}`];
  const { status, stderr } = await qmpspec(t, folder, from);
  t.equal(status, 0, stderr);
  t.match(stderr, `a server built so answers the same as unix:${path}`);
  const nobody = await warm(folder, [...from.slice(0, -1), 'unix:nobody.sock']);
  t.equal(nobody.status, 3, 'nobody is there');
});

void t.test('introspect: options that make no sense together', { buffered: true }, async (t) => {
  for (const options of [
    ['--all-conditions', '--define', 'X'],
    ['--all-conditions', '--define-from', 'dump.json'],
    ['--symbols'],
    ['--define-from', 'no-such-file.json'],
    ['--define-from', 'small.json'],
  ]) {
    const { status, stderr } = await warm(folder, ['schema', 'introspect', 'small.json', ...options]);
    t.equal(status, 2, stderr);
  }
});

void t.test('a dump is a schema like any other', { buffered: true }, async (t) => {
  const { stdout } = await warm(folder, ['schema', 'introspect', 'small.json', '--all-conditions']);
  writeFileSync(join(folder, 'dump.json'), stdout);
  writeFileSync(join(folder, 'reply.json'), `{"return": ${stdout}, "id": 1}`);
  for (const name of ['dump.json', 'reply.json']) {
    const { status, stdout: said } = await warm(folder, ['schema', 'check', name]);
    t.equal(status, 0);
    t.equal(said, `${name}: valid, 2 commands, 1 events\n`);
  }
  t.strictSame(await introspect('dump.json'), JSON.parse(stdout));
});

void t.test('json-schema', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await qmpspec(t, folder, ['schema', 'json-schema', 'small.json']);
  t.equal(status, 0);
  t.equal(stderr, '');
  const document = JSON.parse(stdout) as AnySchemaObject & {
    readonly commands: Readonly<Record<string, Record<'arguments' | 'returns', AnySchemaObject>>>;
    readonly events: Readonly<Record<string, AnySchemaObject>>;
  };
  t.equal(document.$schema, 'https://json-schema.org/draft/2020-12/schema');
  t.strictSame(Object.keys(document.commands).sort(), ['paint', 'query-paint']);
  t.strictSame(Object.keys(document.events), ['PAINTED']);
  const ajv = new Ajv2020({ strict: false });
  const validate = ajv.compile({ $defs: document.$defs as object, ...document.commands.paint?.arguments });
  t.ok(validate({ colour: 'red', size: 255 }));
  t.notOk(validate({ colour: 'red', size: 256 }));
  t.notOk(validate({ colour: 'green' }));
  t.notOk(validate({ size: 1 }));
});

void t.test('64-bit bounds are written exactly', { buffered: true }, async (t) => {
  const { stdout } = await warm(folder, ['schema', 'json-schema', REFERENCE_SCHEMA]);
  t.match(stdout, /"maximum": ?18446744073709551615\b/);
  t.match(stdout, /"minimum": ?-9223372036854775808\b/);
});

void t.test('nothing is left out of the reference schema', { buffered: true }, async (t) => {
  const infos = await introspect(REFERENCE_SCHEMA, '--all-conditions');
  const text = readFileSync(REFERENCE_SCHEMA, 'utf8');
  t.match(text, "{ 'include': 'yank.json' }");
  t.ok(commands(infos).includes('yank'));
  t.strictSame(new Set(infos.map(({ name }) => name)).size, infos.length, 'names are unique');
});
