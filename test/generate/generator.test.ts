/**
 * All cases of whole schemas: each is what it says, has a name of its own, and is the same every time.
 */
import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import {
  ArgumentGenerator,
  recheckFailure,
  type ArgumentCase,
  type CaseFilter,
  type CaseTemplate,
} from '../../src/generate/index.js';
import { injectionPoints } from '../../src/generate/values/injection-point.js';
import { Minimal } from '../../src/generate/values/minimal.js';
import { sanitize } from '../../src/generate/values/sanitize.js';
import { checkArguments } from '../../src/judge/index.js';
import { writeJson } from '../../src/json/index.js';
import { introspect, schemaFromIntrospection, type Schema } from '../../src/qapi/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { must, schemaOf } from '../qapi/support.js';
import { EVERYTHING, generatorFor, shown } from './cases.js';

const reference = referenceSchema();
const schemas: readonly (readonly [string, Schema])[] = [
  ['the reference schema', reference],
  ['the same as introspection tells it', schemaFromIntrospection(introspect(reference)).schema],
];

function text({ about: { name }, arguments: args }: ArgumentCase): string {
  return `${name} ${shown(args)}`;
}

for (const [what, schema] of schemas) {
  void t.test(what, (t) => {
    const generator = generatorFor(schema);
    let tried = 0;
    const wants = (): boolean => {
      tried += 1;
      return true;
    };
    const names = new Set<string>();
    const texts = new Map<string, number>();
    const all = createHash('sha256');
    let [valid, invalid] = [0, 0];
    for (const made of generator.cases({ wants })) {
      const {
        about: { name, valid: isValid },
        command,
        arguments: args,
      } = made;
      const problems = checkArguments({ ...command, checked: true }, args);
      if (isValid !== (problems.length === 0)) t.fail(`${name} is not what it says`);
      if (isValid) valid += 1;
      else invalid += 1;
      if (names.has(name)) t.fail(`${name} twice`);
      if (!name.startsWith(`${command.name}/`)) t.fail(`${name} does not tell its command`);
      names.add(name);
      texts.set(command.name, (texts.get(command.name) ?? 0) + 1);
      all.update(`${text(made)}\n`);
    }
    t.ok(valid > 1000 && invalid > 4000, `${valid} valid and ${invalid} invalid cases`);
    t.strictSame(generator.dropped, [], 'the judge agrees with every case');
    t.equal(generator.count(EVERYTHING), tried, 'what is counted is what is tried');
    t.ok(names.size >= tried * 0.9, 'and hardly anything is passed over');
    t.strictSame([...texts.keys()], [...schema.commands.keys()], 'every command has cases');
    const again = createHash('sha256');
    for (const made of generatorFor(schema).cases(EVERYTHING)) again.update(`${text(made)}\n`);
    t.equal(again.digest('hex'), all.digest('hex'), 'another generator makes the same bytes');
    t.end();
  });
}

void t.test('filters count as they choose, and one generator makes the same twice', (t) => {
  const generator = generatorFor(reference);
  const filters: CaseFilter[] = [
    { wants: ({ operator }) => operator === 'boundary' },
    { wants: ({ depth, mutation }) => depth === 2 && mutation?.kind === 'missing-member' },
    { wants: ({ due }) => due === 'array' },
    { wants: () => false },
  ];
  const made = (filter: CaseFilter): string[] => [...generator.cases(filter)].map(text);
  for (const filter of filters) {
    const [count, sent] = [generator.count(filter), made(filter).length];
    t.ok(sent <= count && sent >= count * 0.9, `${sent} of ${count}`);
  }
  t.strictSame(
    filters.map((filter) => generator.count(filter) > 50),
    [true, true, true, false],
  );
  t.strictSame(filters.map(made), filters.map(made));
  t.end();
});

void t.test('only the commands that are wanted, in the order of the schema', (t) => {
  const wanted = [...reference.commands.keys()].filter((_, index) => index % 7 === 0);
  const generator = new ArgumentGenerator({
    schema: reference,
    wants: ({ name }) => wanted.includes(name),
    checked: () => true,
    depth: 1,
  });
  t.strictSame(
    generator.commands.map(({ name }) => name),
    wanted,
  );
  const seen = new Set([...generator.cases(EVERYTHING)].map(({ command }) => command.name));
  t.strictSame([...seen], wanted);
  t.end();
});

void t.test('a filter is told of which command a case is', (t) => {
  const name = must([...reference.commands.keys()][3]);
  const generator = generatorFor(reference);
  const filter = { wants: (_: unknown, command: { readonly name: string }) => command.name === name };
  const cases = [...generator.cases(filter)];
  t.ok(cases.length > 0);
  t.equal(generator.count(filter), cases.length);
  t.strictSame([...new Set(cases.map(({ command }) => command.name))], [name]);
  t.end();
});

void t.test('deeper cases come on top of the others', (t) => {
  const wants = ({ operator }: CaseTemplate): boolean =>
    operator === 'unknown-member' || operator === 'branch';
  const at = (depth: number): Set<string> =>
    new Set([...generatorFor(reference, depth).cases({ wants })].map(({ about }) => about.name));
  let before = at(1);
  for (const depth of [2, 3]) {
    const now = at(depth);
    t.ok(now.size > before.size, `${now.size} cases at depth ${depth}`);
    t.strictSame(
      [...before].filter((name) => !now.has(name)),
      [],
    );
    before = now;
  }
  t.end();
});

void t.test('a name stays when the schema around it grows', (t) => {
  const command = (members: string): string[] => {
    const schema = schemaOf(`{ 'command': 'c', 'data': { 'yes': 'bool'${members} } }`);
    return [...generatorFor(schema).cases(EVERYTHING)].map(({ about }) => about.name);
  };
  const grown = new Set(command(", '*more': 'bool', '*other-word': 'str'"));
  t.strictSame(
    command('').filter((name) => !grown.has(name)),
    [],
  );
  t.end();
});

const oddSchema = schemaOf(`
  { 'struct': 'Inner', 'data': { 'a': 'bool', 'ab': 'bool' } }
  { 'command': 'c', 'data': { 'in': 'Inner', 'list': [ 'bool' ] } }
  { 'command': 'selfish', 'data': { 'x': 'bool' }, 'gen': false }
`);

void t.test('what the judge says against a case that is not what it should be', (t) => {
  const command = must(oddSchema.commands.get('c'));
  const good = { in: { a: true, ab: true }, list: [] };
  const recheck = (
    args: Parameters<typeof recheckFailure>[1],
    mutation?: Parameters<typeof recheckFailure>[2],
  ): string | undefined => recheckFailure(command, args, mutation);
  t.equal(recheck(good), undefined);
  t.match(recheck({ ...good, x: 1 }), /^x: /, 'a valid case that is not');
  t.equal(recheck(good, { kind: 'missing-member', at: 'in.a' }), 'the judge finds nothing wrong');
  const missing = { ...good, in: { ab: true } };
  t.equal(recheck(missing, { kind: 'missing-member', at: 'in.a' }), undefined);
  t.match(recheck(missing, { kind: 'wrong-type', at: 'in.a' }), /^missing-member: /, 'of another kind');
  t.match(recheck(missing, { kind: 'missing-member', at: 'list' }), /^in\.a: /, 'elsewhere');
  t.match(recheck({ ...good, in: { a: true } }, { kind: 'missing-member', at: 'in.a' }), /^in\.ab: /);
  const two = { ...good, in: { a: 1, ab: 1 } };
  t.equal(recheck(two, { kind: 'wrong-type', at: 'in' }), '2 problems');
  t.equal(recheck(two, { kind: 'wrong-type', at: 'in', several: true }), undefined, 'that is expected');
  t.match(recheck(two, { kind: 'wrong-type', at: 'in.a', several: true }), /^in\.ab: /, 'but not there');
  t.equal(recheck({ ...good, list: [1] }, { kind: 'wrong-type', at: 'list' }), undefined);
  t.match(recheck(7, { kind: 'wrong-type', at: '' }), undefined);
  t.end();
});

void t.test('a command that checks its arguments itself is judged by its schema all the same', (t) => {
  const command = must(oddSchema.commands.get('selfish'));
  t.equal(recheckFailure(command, { x: true }, undefined), undefined);
  t.match(recheckFailure(command, { x: 1 }, undefined), /^x: /);
  t.end();
});

void t.test('what is dropped is noted, and not without bound', (t) => {
  const generator = generatorFor(oddSchema);
  for (let count = 0; count < 5000; count += 1) generator.drop({ name: `n${count}`, reason: 'none' });
  t.equal(generator.dropped.length, 1000);
  t.equal(generator.dropped[0]?.name, 'n0');
  t.end();
});

void t.test('a schema from a hostile server: few cases, and each of them is right', (t) => {
  const { schema } = schemaFromIntrospection([
    { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
    {
      name: '0',
      'meta-type': 'object',
      members: ['__proto__', 'constructor', '', 'a.b', 'x[0]', '0'].map((name) => ({
        name,
        type: name === '0' ? '0' : 'k',
        default: null,
      })),
      tag: '__proto__',
      variants: [
        { case: 'again', type: '0' },
        { case: 'toString', type: '0' },
      ],
    },
    {
      name: 'k',
      'meta-type': 'enum',
      members: [{ name: 'again' }, { name: 'toString' }, { name: '__proto__' }],
      values: ['again', 'toString', '__proto__'],
    },
  ]);
  checkAll(t, schema);
  t.end();
});

function checkAll(t: Test, schema: Schema): void {
  const generator = generatorFor(schema);
  let count = 0;
  for (const { about, command, arguments: args } of generator.cases(EVERYTHING)) {
    if (about.valid !== (checkArguments(command, args).length === 0)) t.fail(about.name);
    count += 1;
  }
  t.ok(count > 0 && count < 10_000, `${count} cases`);
  t.strictSame(generator.dropped, []);
}

void t.test('arguments are sanitized after once, and nothing changes after twice', (t) => {
  let changed = 0;
  for (const command of reference.commands.values()) {
    for (const point of injectionPoints(command, new Minimal(), 4)) {
      const args = point.replaceWith(point.sample);
      const once = writeJson(sanitize(command, args) ?? null);
      const twice = writeJson(sanitize(command, sanitize(command, args)) ?? null);
      if (once !== twice) t.equal(twice, once, command.name);
      if (once !== writeJson(args)) changed += 1;
    }
  }
  t.ok(changed > 20, `${changed} were changed`);
  t.end();
});
