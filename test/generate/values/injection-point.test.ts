/**
 * The points of arguments: every place once for each depth, however types refer to each other.
 */
import t from 'tap';
import { Minimal } from '../../../src/generate/values/minimal.js';
import {
  injectionPoints,
  withMember,
  type InjectionPoint,
} from '../../../src/generate/values/injection-point.js';
import { valuePoints } from '../../../src/generate/values/value-points.js';
import { jsonObject, writeJson, type Json } from '../../../src/json/index.js';
import { checkArguments, checkValue } from '../../../src/judge/index.js';
import { introspect, schemaFromIntrospection, type Command, type Schema } from '../../../src/qapi/index.js';
import { referenceSchema } from '../../../src/target/bundled-fake.js';
import { must, schemaOf } from '../../qapi/support.js';

function command(schema: Schema, name = 'c'): Command {
  return must(schema.commands.get(name));
}

function pointsOf(schema: Schema, depth: number, name = 'c'): InjectionPoint[] {
  return [...injectionPoints(command(schema, name), new Minimal(), depth)];
}

/** Points as `label kind`, with a star behind those that were visited at a lesser depth. */
function labels(found: readonly InjectionPoint[]): string[] {
  return found.map(({ label, kind, revisited: again }) => `${label} ${kind.is}${again ? '*' : ''}`);
}

const BUILDING = `
  { 'enum': 'Kind', 'data': [ 'lamp', 'bell', 'none' ] }
  { 'struct': 'Lamp', 'data': { 'watts': 'uint8' } }
  { 'enum': 'Tone', 'data': [ 'high', 'low' ] }
  { 'struct': 'Low', 'data': { 'hertz': 'int' } }
  { 'union': 'Bell', 'base': { 'tone': 'Tone' }, 'discriminator': 'tone', 'data': { 'low': 'Low' } }
  { 'union': 'Device', 'base': { 'name': 'str', 'kind': 'Kind' }, 'discriminator': 'kind',
    'data': { 'lamp': 'Lamp', 'bell': 'Bell' } }
  { 'struct': 'Row', 'data': { 'cells': [ 'Lamp' ] } }
  { 'alternate': 'Either', 'data': { 'many': [ 'Lamp' ], 'one': 'Lamp', 'no': 'null' } }
  { 'command': 'c', 'data': { 'device': 'Device', '*grid': [ 'Row' ], '*either': 'Either' } }
`;

void t.test('members, branches, branches of branches, elements, alternatives', (t) => {
  t.strictSame(labels(pointsOf(schemaOf(BUILDING), 4)), [
    ' arguments',
    'device member',
    'grid member',
    'grid[] element',
    'either member',
    'either<array> alternative',
    'either<array>[] element',
    'either<object> alternative',
    'either<null> alternative',
    'device.name member',
    'device.kind member',
    'device{lamp} branch',
    'device{lamp}.watts member',
    'device{bell} branch',
    'device{bell}.tone member',
    'device{bell}{high} branch',
    'device{bell}{low} branch',
    'device{bell}{low}.hertz member',
    'device{none} branch',
    'grid[].cells member',
    'grid[].cells[] element',
    'grid[].cells[].watts member*',
  ]);
  t.end();
});

void t.test('a point says what its arguments are with another value in its place', (t) => {
  const found = pointsOf(schemaOf(BUILDING), 4);
  const point = (label: string, is: string): InjectionPoint =>
    must(found.find((candidate) => candidate.label === label && candidate.kind.is === is));
  const put = (at: InjectionPoint, value: Json | undefined): string => writeJson(at.replaceWith(value));
  const device = '"device":{"name":"z","kind":"none"}';
  const rows: [InjectionPoint, Json | undefined, string][] = [
    [point('', 'arguments'), undefined, '{}'],
    [point('device', 'member'), undefined, '{}'],
    [point('either<array>[]', 'element'), 1, `{${device},"either":[1]}`],
    [point('either<array>[]', 'element'), undefined, `{${device},"either":[]}`],
    [point('device.name', 'member'), undefined, '{"device":{"kind":"none"}}'],
    [point('device{lamp}.watts', 'member'), 7, '{"device":{"name":"z","kind":"lamp","watts":7}}'],
    [
      point('device{bell}{low}.hertz', 'member'),
      undefined,
      '{"device":{"name":"z","kind":"bell","tone":"low"}}',
    ],
    [point('device{bell}', 'branch'), { x: 1 }, '{"device":{"x":1}}'],
  ];
  for (const [at, value, text] of rows) t.equal(put(at, value), text, at.label);
  t.strictSame(
    [point('device{bell}{low}.hertz', 'member'), point('either<array>[]', 'element')].map(
      ({ path, names, depth }) => ({ path, names, depth }),
    ),
    [
      { path: 'device.hertz', names: ['device', 'hertz'], depth: 2 },
      { path: 'either[0]', names: ['either'], depth: 1 },
    ],
  );
  t.end();
});

void t.test('of a type that contains itself each member is visited once for each depth', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Tree', 'data': { 'name': 'str', '*left': 'Tree', '*right': 'Tree', '*all': [ 'Tree' ] } }
    { 'command': 'c', 'data': { 'tree': 'Tree' } }
  `);
  for (const depth of [1, 2, 3, 6]) {
    const found = pointsOf(schema, depth);
    // Five of the first depth are new: the arguments, tree, and then four members and the element for each depth.
    t.equal(found.length, 2 + 5 * (depth - 1), `depth ${depth}`);
    t.equal(new Set(found.map(({ label }) => label)).size, found.length);
    t.ok(found.every((point) => point.depth <= depth));
  }
  t.strictSame(labels(pointsOf(schema, 3)).slice(-5), [
    'tree.left.name member*',
    'tree.left.left member*',
    'tree.left.right member*',
    'tree.left.all member*',
    'tree.left.all[] element*',
  ]);
  t.end();
});

void t.test('a type that is used in two places is walked once, at each depth', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Leaf', 'data': { 'x': 'int' } }
    { 'struct': 'Mid', 'data': { 'leaf': 'Leaf' } }
    { 'command': 'c', 'data': { 'a': 'Leaf', 'b': 'Leaf', 'mid': 'Mid' } }
  `);
  t.strictSame(labels(pointsOf(schema, 4)), [
    ' arguments',
    'a member',
    'b member',
    'mid member',
    'a.x member',
    'mid.leaf member',
    'mid.leaf.x member*',
  ]);
  t.end();
});

void t.test('what has no finite value has no points', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Endless', 'data': { 'self': 'Endless' } }
    { 'enum': 'Kind', 'data': [ 'on', 'off' ] }
    { 'union': 'Pick', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'on': 'Endless' } }
    { 'alternate': 'Either', 'data': { 'endless': 'Endless', 'no': 'null' } }
    { 'command': 'c', 'data': { '*endless': 'Endless', '*pick': 'Pick', '*either': 'Either',
                                '*list': [ 'Endless' ] } }
    { 'command': 'never', 'data': 'Endless' }
  `);
  t.strictSame(labels(pointsOf(schema, 4)), [
    ' arguments',
    'pick member',
    'either member',
    'either<null> alternative',
    'list member',
    'pick.kind member',
    'pick{off} branch',
  ]);
  t.strictSame(labels(pointsOf(schema, 4, 'never')), []);
  t.end();
});

void t.test('a command without arguments has no points', (t) => {
  t.strictSame(pointsOf(schemaOf("{ 'command': 'c' }"), 4), []);
  t.strictSame(valuePoints(command(schemaOf("{ 'command': 'c' }")), {}), []);
  t.end();
});

void t.test('a schema from a hostile server: the walk ends, and stays small', (t) => {
  const many = Array.from({ length: 200 }, (_, index) => `b${index}`);
  const { schema } = schemaFromIntrospection([
    { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
    {
      name: '0',
      'meta-type': 'object',
      members: ['0', 'l', 'a', 'u', 'm', 'n'].map((type) => ({
        name: type === '0' ? '__proto__' : type,
        type,
        default: null,
      })),
    },
    { name: 'l', 'meta-type': 'array', 'element-type': 'l' },
    { name: 'm', 'meta-type': 'array', 'element-type': 'n' },
    { name: 'n', 'meta-type': 'array', 'element-type': 'm' },
    { name: 'a', 'meta-type': 'alternate', members: [{ type: 'a' }, { type: 'm' }, { type: '0' }] },
    { name: 'k', 'meta-type': 'enum', members: many.map((name) => ({ name })), values: many },
    {
      name: 'u',
      'meta-type': 'object',
      members: [{ name: 'kind', type: 'k' }],
      tag: 'kind',
      variants: many.map((name, index) => ({ case: name, type: index % 2 === 0 ? 'u' : '0' })),
    },
  ]);
  const found = pointsOf(schema, 8);
  t.ok(found.length > 0 && found.length < 10_000, `${found.length} points`);
  for (const point of found) {
    const problems = checkValue(command(schema).arguments, point.replaceWith(point.sample), 'input');
    if (problems.length > 0) t.fail(`${point.label}: ${problems[0]?.message ?? ''}`);
  }
  t.end();
});

void t.test('every sample of the reference schema is valid in its place', (t) => {
  const reference = referenceSchema();
  for (const schema of [reference, schemaFromIntrospection(introspect(reference)).schema]) {
    let count = 0;
    for (const each of schema.commands.values()) {
      const seen = new Set<string>();
      for (const point of injectionPoints(each, new Minimal(), 4)) {
        const { label, kind, path, names } = point;
        const problems = checkArguments({ ...each, checked: true }, point.replaceWith(point.sample));
        if (problems.length > 0) t.fail(`${each.name}/${label}: ${problems[0]?.message ?? ''}`);
        const key = `${label} ${kind.is}`;
        if (seen.has(key)) t.fail(`${each.name}: ${key} twice`);
        seen.add(key);
        if (path.replaceAll('[0]', '') !== names.join('.')) t.fail(`${path} is not ${names.join('.')}`);
        count += 1;
      }
    }
    t.ok(count > 500, `${count} points`);
  }
  t.end();
});

void t.test('the points of a value are the places that it has', (t) => {
  const schema = schemaOf(BUILDING);
  const args: Json = {
    device: { name: 'n', kind: 'bell', tone: 'low', hertz: 1 },
    grid: [{ cells: [{ watts: 1 }] }, { cells: [] }],
    either: null,
  };
  const found = valuePoints(command(schema), args);
  t.strictSame(
    found.map(({ path, kind }) => `${path} ${kind.is}`),
    [
      ' arguments',
      'device member',
      'device branch',
      'device.name member',
      'device.kind member',
      'device branch',
      'device.tone member',
      'device.hertz member',
      'grid member',
      'grid[0] element',
      'grid[0].cells member',
      'grid[0].cells[0] element',
      'grid[0].cells[0].watts member',
      'grid[1] element',
      'grid[1].cells member',
      'either member',
      'either alternative',
    ],
  );
  for (const point of found) t.equal(writeJson(point.replaceWith(point.sample)), writeJson(args), point.path);
  const text = (path: string, value: Json | undefined): string =>
    writeJson(must(found.find((point) => point.path === path)).replaceWith(value));
  t.match(text('grid[0]', undefined), '"grid":[{"cells":[]}]');
  t.match(text('grid[0].cells[0].watts', 5), '"grid":[{"cells":[{"watts":5}]},{"cells":[]}]');
  t.match(text('device.kind', undefined), '{"device":{"name":"n","tone":"low","hertz":1}');
  t.strictSame(
    valuePoints(command(schema), { device: 7 }).map(({ path }) => path),
    ['', 'device'],
    'what does not conform has no points',
  );
  const large = { grid: [{ cells: Array.from({ length: 5000 }, () => ({ watts: 1 })) }] };
  t.ok(valuePoints(command(schema), large).length <= 501, 'enough is enough');
  t.end();
});

void t.test('names from the other side are data', (t) => {
  const copy = withMember(jsonObject([['a', 1]]), '__proto__', { b: 1 });
  t.equal(writeJson(copy), '{"a":1,"__proto__":{"b":1}}');
  t.equal(writeJson(withMember(copy, '__proto__', undefined)), '{"a":1}');
  t.end();
});
