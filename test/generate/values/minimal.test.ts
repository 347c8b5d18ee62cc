/**
 * The smallest valid value of a type: small, valid, and found for types that contain themselves.
 */
import t from 'tap';
import { Minimal, usual } from '../../../src/generate/values/minimal.js';
import { writeJson } from '../../../src/json/index.js';
import { checkValue } from '../../../src/judge/index.js';
import {
  introspect,
  schemaFromIntrospection,
  type Command,
  type Schema,
  type Type,
} from '../../../src/qapi/index.js';
import { referenceSchema } from '../../../src/target/bundled-fake.js';
import { must, schemaOf } from '../../qapi/support.js';

/** The smallest arguments of a command of a schema, as text. */
function smallest(schema: Schema, name = 'c'): string {
  return writeJson(new Minimal().value(must(argumentsOf(schema, name))));
}

function argumentsOf(schema: Schema, name = 'c'): Type | undefined {
  return must(schema.commands.get(name)).arguments;
}

void t.test('every builtin type has a smallest value that it takes', (t) => {
  const names = ['str', 'bool', 'null', 'any', 'number', 'int', 'int8', 'uint8', 'int64', 'uint64', 'size'];
  const schema = schemaOf(
    `{ 'command': 'c', 'data': { ${names.map((name) => `'m-${name}': '${name}'`).join(', ')} } }`,
  );
  t.equal(
    smallest(schema),
    '{"m-str":"z","m-bool":false,"m-null":null,"m-any":"z","m-number":0,"m-int":0,"m-int8":0,' +
      '"m-uint8":0,"m-int64":0,"m-uint64":0,"m-size":0}',
  );
  t.end();
});

void t.test('nothing optional, no elements, the branch that asks for least', (t) => {
  const schema = schemaOf(`
    { 'enum': 'Kind', 'data': [ 'wide', 'narrow', 'bare' ] }
    { 'struct': 'Wide', 'data': { 'a': 'int', 'b': 'int' } }
    { 'struct': 'Narrow', 'data': { 'a': 'int' } }
    { 'union': 'Pick', 'base': { 'kind': 'Kind', 'common': 'bool' }, 'discriminator': 'kind',
      'data': { 'wide': 'Wide', 'narrow': 'Narrow' } }
    { 'alternate': 'Either', 'data': { 'many': [ 'Wide' ], 'wide': 'Wide', 'one': 'str' } }
    { 'command': 'c', 'data': { 'pick': 'Pick', 'either': 'Either', 'list': [ 'Pick' ], '*more': 'Wide' } }
  `);
  t.equal(smallest(schema), '{"pick":{"common":false,"kind":"bare"},"either":[],"list":[]}');
  t.end();
});

void t.test('tags select the branches that are asked for, at every level', (t) => {
  const schema = schemaOf(`
    { 'enum': 'Outer', 'data': [ 'none', 'more' ] }
    { 'enum': 'Inner', 'data': [ 'p', 'q' ] }
    { 'struct': 'Q', 'data': { 'q': 'int' } }
    { 'union': 'More', 'base': { 'inner': 'Inner' }, 'discriminator': 'inner', 'data': { 'q': 'Q' } }
    { 'union': 'U', 'base': { 'outer': 'Outer' }, 'discriminator': 'outer', 'data': { 'more': 'More' } }
    { 'command': 'c', 'data': { 'top': 'U' } }
  `);
  const type = argumentsOf(schema);
  const union = type?.kind === 'object' ? type.members[0]?.type : undefined;
  if (union?.kind !== 'object') throw new Error('u is no union');
  const outer = must(union.variants);
  const inner = must(outer.branches.get('more')?.type.variants);
  const made = (...tags: [typeof outer.tag, string][]): string =>
    writeJson(new Minimal().object(union, new Map(tags)));
  t.equal(made(), '{"outer":"none"}');
  t.equal(made([outer.tag, 'more']), '{"outer":"more","inner":"p"}');
  t.equal(made([outer.tag, 'more'], [inner.tag, 'q']), '{"outer":"more","inner":"q","q":0}');
  t.end();
});

void t.test('types that contain themselves and each other', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Even', 'data': { '*odd': 'Odd', 'name': 'str' } }
    { 'struct': 'Odd', 'data': { 'even': 'Even', 'ref': 'Ref' } }
    { 'alternate': 'Ref', 'data': { 'deep': 'Odd', 'none': 'null' } }
    { 'enum': 'Step', 'data': [ 'on', 'end' ] }
    { 'struct': 'On', 'data': { 'next': 'Walk' } }
    { 'union': 'Walk', 'base': { 'step': 'Step' }, 'discriminator': 'step', 'data': { 'on': 'On' } }
    { 'command': 'c', 'data': { 'odd': 'Odd', 'walk': 'Walk', 'odds': [ 'Odd' ] } }
  `);
  t.equal(smallest(schema), '{"odd":{"even":{"name":"z"},"ref":null},"walk":{"step":"end"},"odds":[]}');
  t.end();
});

void t.test('what has no finite value is known, in whatever order it is asked for', (t) => {
  const schema = schemaOf(`
    { 'struct': 'Endless', 'data': { 'self': 'Endless' } }
    { 'struct': 'Ping', 'data': { 'pong': 'Pong' } }
    { 'struct': 'Pong', 'data': { 'ping': 'Ping', 'x': 'int' } }
    { 'enum': 'Kind', 'data': [ 'on' ] }
    { 'union': 'Loop', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'on': 'OnLoop' } }
    { 'struct': 'OnLoop', 'data': { 'loop': 'Loop' } }
    { 'enum': 'Nothing', 'data': [] }
    { 'struct': 'Fine', 'data': { '*endless': 'Endless', 'list': [ 'Ping' ], '*nothing': 'Nothing' } }
    { 'command': 'c', 'data': { '*a': 'Endless', '*b': 'Ping', '*c': 'Pong', '*d': 'Loop', '*e': 'Nothing',
                                '*f': 'Fine' } }
  `);
  const type = argumentsOf(schema);
  const members = type?.kind === 'object' ? type.members : [];
  const expected = { a: false, b: false, c: false, d: false, e: false, f: true };
  for (const order of [[...members], [...members].reverse()]) {
    const minimal = new Minimal();
    const possible = order.map(({ name, type: asked }) => [name, minimal.possible(asked)] as const);
    t.same(Object.fromEntries(possible), expected);
    for (const { name, type: asked } of order) {
      if (name === 'f') t.equal(writeJson(minimal.value(asked)), '{"list":[]}');
      else if (asked.kind === 'object') t.throws(() => minimal.value(asked), RangeError, name);
    }
    t.equal(minimal.possible(undefined), true, 'no type is no problem');
  }
  t.end();
});

void t.test('what may not exist in the binary is avoided', (t) => {
  const schema = schemaOf(`
    { 'enum': 'Kind', 'data': [ { 'name': 'maybe', 'if': 'X' }, 'costly', { 'name': 'perhaps', 'if': 'Y' } ] }
    { 'struct': 'Costly', 'data': { 'a': 'int', 'b': 'int' } }
    { 'union': 'U', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'costly': 'Costly' } }
    { 'alternate': 'A', 'data': { 'maybe': { 'type': 'null', 'if': 'X' }, 'costly': 'Costly' } }
    { 'enum': 'Unsure', 'data': [ { 'name': 'only', 'if': 'X' } ] }
    { 'command': 'c', 'data': { 'kind': 'Kind', 'pick': 'U', 'a': 'A', 'unsure': 'Unsure' } }
  `);
  t.equal(
    smallest(schema),
    '{"kind":"costly","pick":{"kind":"costly","a":0,"b":0},"a":{"a":0,"b":0},"unsure":"only"}',
  );
  const kind = must(argumentsOf(schema));
  const [first] = kind.kind === 'object' ? kind.members : [];
  t.equal(first?.type.kind === 'enum' ? usual(first.type) : '', 'costly');
  t.end();
});

void t.test('an optional discriminator, which only a server can invent, stays away', (t) => {
  const { schema } = schemaFromIntrospection([
    { name: 'c', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '1' },
    {
      name: '0',
      'meta-type': 'object',
      members: [{ name: 'kind', type: 'k', default: null }],
      tag: 'kind',
      variants: [{ case: 'a', type: '2' }],
    },
    { name: '1', 'meta-type': 'object', members: [] },
    { name: '2', 'meta-type': 'object', members: [{ name: 'x', type: 'k' }] },
    { name: 'k', 'meta-type': 'enum', members: [{ name: 'a' }], values: ['a'] },
  ]);
  t.equal(smallest(schema), '{}');
  t.end();
});

void t.test('a schema from a hostile server ends in a value, or in none', (t) => {
  const commands = ['o', 'a', 'u', 'l'].map((type) => ({
    name: `c-${type}`,
    'meta-type': 'command',
    'arg-type': `arg-${type}`,
    'ret-type': 'arg-o',
  }));
  const argumentTypes = ['o', 'a', 'u', 'l'].map((type) => ({
    name: `arg-${type}`,
    'meta-type': 'object',
    members: [{ name: 'x', type }],
  }));
  const { schema } = schemaFromIntrospection([
    ...commands,
    ...argumentTypes,
    { name: 'o', 'meta-type': 'object', members: [{ name: '__proto__', type: 'o', default: null }] },
    { name: 'a', 'meta-type': 'alternate', members: [{ type: 'a' }, { type: 'l' }, { type: 'o' }] },
    { name: 'l', 'meta-type': 'array', 'element-type': 'l' },
    { name: 'k', 'meta-type': 'enum', members: [{ name: 'again' }, { name: 'on' }], values: ['again', 'on'] },
    {
      name: 'u',
      'meta-type': 'object',
      members: [{ name: 'kind', type: 'k' }],
      tag: 'kind',
      variants: [
        { case: 'again', type: 'u' },
        { case: 'on', type: 'o' },
      ],
    },
  ]);
  const made = [...schema.commands.values()].map(({ name, arguments: type }: Command) => {
    const minimal = new Minimal();
    if (type === undefined || !minimal.possible(type)) return `${name}: none`;
    const value = minimal.value(type);
    t.strictSame(checkValue(type, value, 'input'), [], name);
    return `${name}: ${writeJson(value)}`;
  });
  t.equal(made.length, 4);
  t.equal(made[0], 'c-o: {"x":{}}');
  t.end();
});

void t.test('every type of the reference schema has a smallest value, which it takes', (t) => {
  const reference = referenceSchema();
  for (const schema of [reference, schemaFromIntrospection(introspect(reference)).schema]) {
    const minimal = new Minimal();
    let tried = 0;
    for (const type of typesOf(schema)) {
      if (!minimal.possible(type)) t.fail(`${type.name} has no value`);
      const problems = checkValue(type, minimal.value(type), 'input');
      if (problems.length > 0) t.fail(`${type.name}: ${problems[0]?.message ?? ''}`);
      tried += 1;
    }
    t.ok(tried > 100, `${tried} types`);
  }
  t.end();
});

/** All types that arguments refer to. */
function typesOf({ commands }: Schema): Set<Type> {
  const found = new Set<Type>([...commands.values()].flatMap((command) => command.arguments ?? []));
  for (const type of found) {
    const members = type.kind === 'object' ? type.members.map((member) => member.type) : [];
    const branches = type.kind === 'object' ? [...(type.variants?.branches.values() ?? [])] : [];
    const alternatives = type.kind === 'alternate' ? type.alternatives : [];
    const element = type.kind === 'array' ? [type.element] : [];
    for (const next of [
      ...members,
      ...element,
      ...branches.map((branch) => branch.type),
      ...alternatives.map((alternative) => alternative.type),
    ]) {
      found.add(next);
    }
  }
  return found;
}
