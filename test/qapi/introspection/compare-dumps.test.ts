/**
 * Introspection data compared up to the names of types.
 */
import fc from 'fast-check';
import t from 'tap';
import { isObject, jsonObject, member, type Json, type JsonObject } from '../../../src/json/index.js';
import { compareDumps, introspect } from '../../../src/qapi/index.js';
import { schemaAt, schemaFiles, schemaOf, SEED } from '../support.js';

/** The data with its types renamed and its entries in another order. */
function renamed(entries: readonly Json[], rename: (name: string) => string): Json[] {
  const type = (name: string): string => name.replace(/\d+/, rename);
  const walk = (value: Json, key: string): Json => {
    if (typeof value === 'string')
      return /^(?:arg-type|ret-type|element-type|type)$/.test(key) ? type(value) : value;
    if (Array.isArray(value)) return value.map((each) => walk(each, ''));
    if (!isObject(value)) return value;
    return jsonObject(Object.entries(value).map(([name, each]) => [name, walk(each, name)] as const));
  };
  return entries.map((entry) => {
    const copy = walk(entry, '') as JsonObject;
    const name = member(copy, 'name') as string;
    return { ...copy, name: /^\[?\d+\]?$/.test(name) ? type(name) : name };
  });
}

void t.test('names of types and the order of entries do not matter', (t) => {
  for (const path of schemaFiles) {
    const data = introspect(schemaAt(path), { allConditions: true });
    t.strictSame(compareDumps(data, data), []);
    const other = renamed(data, (name) => String(7000 - 3 * Number(name)));
    t.strictSame(compareDumps(data, [...other].reverse()), [], path);
    const wrong = renamed(data, (name) => (name === '1' ? '0' : name));
    t.not(compareDumps(data, wrong).length, 0, 'two types in one');
  }
  t.end();
});

const data = introspect(
  schemaOf(`
{ 'enum': 'E', 'data': [ 'a', 'b' ] }
{ 'struct': 'S', 'data': { 'x': 'str', '*y': [ 'S' ] } }
{ 'union': 'U', 'base': { 'e': 'E' }, 'discriminator': 'e', 'data': { 'a': 'S' } }
{ 'alternate': 'A', 'data': { 's': 'str', 'o': 'S' } }
{ 'command': 'c', 'boxed': true, 'data': 'U', 'returns': 'R', 'allow-oob': true }
{ 'struct': 'R', 'data': { 'a': 'A' } }
{ 'event': 'V', 'data': 'S', 'features': [ 'f' ] }`),
);

void t.test('differences, and where they are', (t) => {
  const cases: [wrong: [from: string, to: string], found: string[]][] = [
    [['"allow-oob":true,', ''], ['c:allow-oob is missing']],
    [['"allow-oob":true', '"allow-oob":false'], ['c has another allow-oob']],
    [
      ['"features":["f"]', '"features":["g"]'],
      ['V/f is missing', 'V/g is not expected'],
    ],
    [
      ['{"name":"x","type":"str"}', '{"name":"z","type":"str"}'],
      ['V/arg-type/x is missing', 'V/arg-type/z is not expected'],
    ],
    [
      ['"name":"x","type":"str"', '"name":"x","type":"str","default":null'],
      ['V/arg-type/x:default is not expected'],
    ],
    [['"values":["a","b"]', '"values":["b","a"]'], ['c/arg-type/e has its values in another order']],
    [['"json-type":"string"', '"json-type":"int"'], ['V/arg-type/x has another json-type']],
    [
      ['"name":"V"', '"name":"W"'],
      ['V is missing', 'W is not expected'],
    ],
    [
      ['"meta-type":"alternate"', '"meta-type":"object"'],
      ['c/ret-type/a is an alternate here, and an object there'],
    ],
  ];
  const text = JSON.stringify(data).replace('"allow-oob":true}', '"allow-oob":true,"x":0}');
  for (const [[from, to], found] of cases) {
    t.match(text, from);
    const wrong = JSON.parse(text.replace(from, to)) as Json[];
    const differences = compareDumps(JSON.parse(text) as Json[], wrong);
    t.strictSame(
      differences.map(({ path, message }) => `${path} ${message}`),
      found,
      from,
    );
  }
  t.end();
});

void t.test('an entry twice, or none at all', (t) => {
  for (const more of [...data.slice(0, 1), null, {}])
    t.strictSame(compareDumps(data, [...data, more]), [
      { path: '', message: 'some entries have no name, or that of another one' },
    ]);
  t.end();
});

void t.test('types that nothing leads to', (t) => {
  const lone = { name: '99', 'meta-type': 'enum', values: ['q'] };
  t.strictSame(compareDumps([...data, lone], [...data, { ...lone, name: '98' }]), []);
  t.equal(compareDumps([...data, lone], data).length, 1);
  t.equal(compareDumps([...data, lone], [...data, { ...lone, values: ['r'] }]).length, 2);
  t.end();
});

void t.test('anything may be compared with anything', (t) => {
  const entry = fc.oneof(fc.constantFrom(...data), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (a, b) => {
      return Array.isArray(compareDumps(a as Json[], b as Json[]));
    }),
    { seed: SEED, numRuns: 300 },
  );
  t.end();
});
