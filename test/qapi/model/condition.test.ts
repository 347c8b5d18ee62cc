/**
 * Conditions: reading, evaluating, printing, and applying them to a whole schema.
 */
import fc from 'fast-check';
import t from 'tap';
import {
  applyConditions,
  evaluate,
  parsePreprocessor,
  printCondition,
  type Condition,
  type Schema,
} from '../../../src/qapi/index.js';
import { simplify } from '../../../src/qapi/model/condition.js';
import { fixture, must, schemaAt, schemaFiles, SEED } from '../support.js';

const preprocessor: [text: string, printed: string][] = [
  ['defined(A)', 'A'],
  ['defined A', 'A'],
  [' ! defined ( A ) ', 'not A'],
  ['defined(A) && defined(B) && defined(C)', 'A and B and C'],
  ['defined(A) || defined(B) && !defined(C)', 'A or (B and not C)'],
  ['(defined(A) || defined(B)) && defined(C)', '(A or B) and C'],
  ['!(defined(A) || defined(B))', 'not (A or B)'],
  ['!!defined(A)', 'not not A'],
];

const opaque = [
  'A',
  'A > 3',
  'defined(A) && B',
  'defined(A',
  'defined()',
  'defined(A))',
  'defined(3)',
  '',
  '&&',
  'defined(A) &&',
  'defined(A) defined(B)',
  '()',
];

void t.test('preprocessor expressions', (t) => {
  for (const [text, printed] of preprocessor) t.equal(printCondition(parsePreprocessor(text)), printed, text);
  for (const text of opaque) t.strictSame(parsePreprocessor(text), { kind: 'opaque', text }, text);
  t.equal(parsePreprocessor('('.repeat(100_000)).kind, 'opaque');
  t.equal(parsePreprocessor(`${'!'.repeat(100_000)}defined(A)`).kind, 'opaque');
  t.end();
});

const symbol = fc.constantFrom('A', 'B', 'C');

const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    symbol.map((name): Condition => ({ kind: 'symbol', name })),
    fc.constant<Condition>({ kind: 'opaque', text: 'X > 3' }),
    tie('condition').map((of): Condition => ({ kind: 'not', of })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((of): Condition => ({ kind: 'all', of })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((of): Condition => ({ kind: 'any', of })),
  ),
})).condition;

/** Which symbols are known to hold, and which not to. */
const knowledge = fc.record({
  A: fc.option(fc.boolean()),
  B: fc.option(fc.boolean()),
  C: fc.option(fc.boolean()),
});

void t.test('evaluating with and without what is not known', (t) => {
  fc.assert(
    fc.property(condition, knowledge, fc.boolean(), (given, known, filler) => {
      const symbols = (name: string): boolean | undefined => known[name as 'A'] ?? undefined;
      const value = evaluate(given, symbols);
      const all = evaluate(given, (name) => symbols(name) ?? filler);
      // What is decided stays so, whatever turns out about the rest.
      if (value !== undefined && all !== value) return false;
      const rest = simplify(given, symbols);
      if (typeof rest === 'boolean') return rest === value;
      return value === undefined && evaluate(rest, () => filler) === all;
    }),
    { seed: SEED, numRuns: 2000 },
  );
  t.equal(
    evaluate(undefined, () => false),
    true,
  );
  t.equal(
    evaluate(parsePreprocessor('X > 3'), () => true),
    undefined,
  );
  t.end();
});

/** All conditions that are left in a schema, features included. */
function conditionsIn(schema: Schema): Condition[] {
  const seen = new Set<unknown>();
  const found: Condition[] = [];
  const pending: unknown[] = [schema];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if ('condition' in value) found.push(value.condition as Condition);
    const parts: unknown[] = value instanceof Map ? [...value.values()] : Object.values(value);
    pending.push(...parts.filter((part) => part !== undefined));
  }
  return found;
}

void t.test('applied to a schema', (t) => {
  const schema = schemaAt(fixture('home.qapi'));
  const before = conditionsIn(schema).length;
  const full = applyConditions(schema, (name) => name !== 'READ_ONLY');
  t.strictSame(conditionsIn(full), []);
  t.strictSame([...full.commands.keys()], [...schema.commands.keys()]);
  t.strictSame([...full.types.keys()], [...schema.types.keys()]);
  const bare = applyConditions(schema, () => false);
  t.strictSame(conditionsIn(bare), []);
  t.notOk(bare.commands.has('add-device'));
  t.notOk(bare.events.has('DEVICE_LOST'));
  t.match(bare.types.get('Mode'), { values: { length: 2 } });
  t.match(bare.types.get('Setting'), {
    members: [{ name: 'name' }, { name: 'level', features: { length: 0 } }, {}, {}],
  });
  t.match(bare.types.get('DeviceRef'), { alternatives: { length: 3 } });
  const device = bare.types.get('Device');
  t.strictSame(device?.kind === 'object' && [...must(device.variants).branches.keys()], ['lamp', 'sensor']);
  t.equal(device?.kind === 'object' && device.variants?.tag, device?.kind === 'object' && device.members[1]);
  t.equal(conditionsIn(schema).length, before, 'the original stays as it is');
  t.end();
});

void t.test('what is not known stays', (t) => {
  const schema = schemaAt(fixture('home.qapi'));
  const partly = applyConditions(schema, (name) => (name === 'HAVE_DEVICES' ? true : undefined));
  t.strictSame(partly.commands.get('add-device')?.condition, {
    kind: 'not',
    of: { kind: 'symbol', name: 'READ_ONLY' },
  });
  t.equal(partly.events.get('DEVICE_LOST')?.condition, undefined);
  const legacy = applyConditions(schemaAt(fixture('legacy.qapi')), () => true);
  t.strictSame(legacy.types.get('Parcel')?.kind === 'object' && conditionsIn(legacy), [
    { kind: 'opaque', text: 'VERSION > 3' },
  ]);
  t.end();
});

void t.test('knowledge in two steps is knowledge in one', (t) => {
  for (const path of schemaFiles) {
    const schema = schemaAt(path);
    const names = new Set(
      conditionsIn(schema).flatMap((each) => JSON.stringify(each).match(/"name":"\w+"/g) ?? []),
    );
    const first = new Set([...names].filter((_, index) => index % 3 === 0));
    const holds = (name: string): boolean => name.length % 2 === 0;
    const stepwise = applyConditions(
      applyConditions(schema, (name) => (first.has(`"name":"${name}"`) ? holds(name) : undefined)),
      holds,
    );
    const once = applyConditions(schema, holds);
    t.strictSame(
      [...stepwise.commands.keys(), ...stepwise.types.keys()],
      [...once.commands.keys(), ...once.types.keys()],
    );
    t.equal(conditionsIn(stepwise).length, conditionsIn(once).length);
  }
  t.end();
});
