/**
 * The symbols under which a schema explains introspection data.
 */
import fc from 'fast-check';
import t from 'tap';
import {
  compareDumps,
  definesFrom,
  evaluate,
  introspect,
  schemaFromIntrospection,
  type Condition,
  type DefinesFound,
  type Schema,
} from '../../../src/qapi/index.js';
import { bestAssignment, type Clause } from '../../../src/qapi/define-from/assignment.js';
import { fixture, schemaAt, schemaFiles, schemaOf, SEED } from '../support.js';

/** What is found from the data of a binary that is built with some symbols. */
function found(schema: Schema, defines: readonly string[], from = schema): DefinesFound {
  return definesFrom(schema, schemaFromIntrospection(introspect(from, { defines })).schema);
}

void t.test('each kind of element tells of its condition', (t) => {
  const schema = schemaOf(`
{ 'enum': 'E', 'data': [ 'a', { 'name': 'b', 'if': 'VALUE', 'features': [ { 'name': 'f', 'if': 'VALUE_FEATURE' } ] } ] }
{ 'struct': 'S', 'data': { '*m': { 'type': 'str', 'if': 'MEMBER', 'features': [ { 'name': 'f', 'if': 'MEMBER_FEATURE' } ] } } }
{ 'struct': 'T', 'data': { 'x': 'str' }, 'features': [ { 'name': 'f', 'if': 'TYPE_FEATURE' } ], 'if': 'TYPE' }
{ 'union': 'U', 'base': { 'e': 'E' }, 'discriminator': 'e', 'data': { 'a': { 'type': 'T', 'if': 'BRANCH' } } }
{ 'alternate': 'A', 'data': { 's': 'S', 'n': { 'type': 'int', 'if': 'ALTERNATIVE' } } }
{ 'command': 'c', 'data': { 'un': 'U', 'a': [ 'A' ], 'k': 'E' }, 'features': [ { 'name': 'f', 'if': 'COMMAND_FEATURE' } ] }
{ 'command': 'd', 'returns': 'T', 'if': 'COMMAND' }
{ 'event': 'V', 'if': { 'any': [ 'EVENT', { 'not': 'SILENT' } ] } }`);
  const all = [
    'ALTERNATIVE',
    'BRANCH',
    'COMMAND',
    'COMMAND_FEATURE',
    'EVENT',
    'MEMBER',
    'MEMBER_FEATURE',
    'SILENT',
    'TYPE',
    'TYPE_FEATURE',
    'VALUE',
    'VALUE_FEATURE',
  ];
  t.strictSame(found(schema, all), {
    // Either would do for the event.
    defines: all.filter((name) => name !== 'EVENT' && name !== 'SILENT'),
    open: ['EVENT'],
    contradictions: [],
  });
  t.strictSame(found(schema, ['SILENT']).defines, ['SILENT']);
  t.strictSame(found(schema, ['SILENT']).open, ['MEMBER_FEATURE', 'TYPE', 'TYPE_FEATURE', 'VALUE_FEATURE']);
  for (const name of ['VALUE', 'MEMBER', 'ALTERNATIVE', 'COMMAND_FEATURE'])
    t.strictSame(found(schema, ['SILENT', name]).defines, [name, 'SILENT'].sort());
  t.end();
});

void t.test('what was built is explained, whatever the symbols were', (t) => {
  for (const path of schemaFiles) {
    const schema = schemaAt(path);
    const every = found(schema, []).open.concat(found(schema, []).defines);
    const symbols = [...new Set([...every, 'HAVE_DEVICES', 'HAVE_LIGHTS', 'READ_ONLY'])];
    fc.assert(
      fc.property(fc.subarray(symbols), (defines) => {
        const { defines: guessed, contradictions } = found(schema, defines);
        // What is left of types that no command or event leads to tells nothing.
        const differences = compareDumps(
          introspect(schema, { defines }),
          introspect(schema, { defines: guessed }),
        ).filter(({ path }) => /^\w/.test(path));
        return contradictions.length === 0 && differences.length === 0;
      }),
      { seed: SEED, numRuns: 30 },
    );
  }
  t.end();
});

void t.test('contradictions', (t) => {
  const file = schemaOf(`
{ 'command': 'a', 'if': 'X' }
{ 'command': 'b', 'if': 'X' }
{ 'command': 'c', 'if': 'X' }
{ 'command': 'd', 'if': { 'not': 'X' } }`);
  const live = schemaOf("{ 'command': 'a' }\n{ 'command': 'b' }\n{ 'command': 'd' }");
  t.strictSame(found(file, [], live), {
    defines: [],
    open: ['X'],
    contradictions: [{ condition: 'X', arePresent: true, count: 2, paths: ['a', 'b'] }],
  });
  const more = schemaOf("{ 'command': 'a' }\n{ 'command': 'b' }");
  t.strictSame(found(file, [], more), {
    defines: ['X'],
    open: [],
    contradictions: [{ condition: 'X', arePresent: false, count: 1, paths: ['c'] }],
  });
  t.end();
});

void t.test('features that the words of the release do not have tell nothing', (t) => {
  const schema = schemaOf(`
{ 'enum': 'Meta', 'data': [ 'builtin', 'enum', 'array', 'object', 'alternate', 'command', 'event' ] }
{ 'union': 'SchemaInfo', 'base': { 'name': 'str', 'meta-type': 'Meta' }, 'discriminator': 'meta-type', 'data': { 'enum': 'SchemaInfoEnum' } }
{ 'struct': 'SchemaInfoEnum', 'data': { 'values': [ 'str' ] } }
{ 'command': 'query-qmp-schema', 'returns': [ 'SchemaInfo' ], 'features': [ { 'name': 'f', 'if': 'X' } ] }`);
  t.strictSame(found(schema, ['X']).open, ['X']);
  t.end();
});

/** Conditions of few symbols, so that they have much to do with each other. */
const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G').map((name) => ({ kind: 'symbol' as const, name })),
    tie('node').map((of) => ({ kind: 'not' as const, of })),
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).node;

function costOf(clauses: readonly Clause[], holds: (symbol: string) => boolean): number {
  return clauses.reduce(
    (sum, clause) => sum + (evaluate(clause.condition, holds) === clause.holds ? 0 : clause.weight),
    0,
  );
}

void t.test('no assignment is better', (t) => {
  const clause = fc.record({ condition, holds: fc.boolean(), weight: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(clause, { maxLength: 15 }), (clauses) => {
      const values = bestAssignment(clauses);
      const cost = costOf(clauses, (name) => values.get(name) === true);
      const all = Array.from({ length: 2 ** 7 }, (_, bits) =>
        costOf(clauses, (name) => ((bits >> (name.charCodeAt(0) - 65)) & 1) === 1),
      );
      return cost === Math.min(...all);
    }),
    { seed: SEED, numRuns: 300 },
  );
  t.end();
});

void t.test('many symbols that hang together', (t) => {
  const symbol = (index: number): Condition => ({ kind: 'symbol', name: `S${index}` });
  const count = 3000;
  const chain = Array.from({ length: count }, (_, index): Clause => ({
    condition: { kind: 'any', of: [symbol(index), { kind: 'not', of: symbol(index + 1) }] },
    holds: true,
    weight: 1,
  }));
  const values = bestAssignment([...chain, { condition: symbol(count), holds: true, weight: 1 }]);
  t.equal(values.size, count + 1);
  t.ok([...values.values()].every(Boolean), 'each follows from the next');
  const odd = Array.from({ length: count }, (_, index): Clause => ({
    condition: { kind: 'all', of: [symbol(index % 50), { kind: 'not', of: symbol((index * 7 + 1) % 50) }] },
    holds: index % 3 === 0,
    weight: 1,
  }));
  t.equal(bestAssignment(odd).size, 50, 'it comes to an end');
  t.end();
});

void t.test('a schema from files against data of its own', (t) => {
  const schema = schemaAt(fixture('home.qapi'));
  t.strictSame(found(schema, ['HAVE_DEVICES', 'HAVE_LIGHTS']).defines, ['HAVE_DEVICES', 'HAVE_LIGHTS']);
  t.end();
});
