/**
 * Smaller arguments: what is left, what it costs, and that nothing more can be left out.
 */
import fc from 'fast-check';
import t from 'tap';
import { isObject, Double, jsonObject, writeJson, type Json } from '../../src/json/index.js';
import { alternativeFor, checkValue, selectedParts } from '../../src/judge/index.js';
import {
  shrinkArguments,
  type Answer,
  type Arguments,
  type Oracle,
  type Shrunk,
} from '../../src/minimize/index.js';
import type { Command, ObjectType, Type } from '../../src/qapi/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { generatorFor } from '../generate/cases.js';
import { must, schemaOf } from '../qapi/support.js';
import { recorded, sometimes, summary, when } from './support.js';

const PLENTY = { tries: 100_000 };

const home = schemaOf(`
  { 'enum': 'Kind', 'data': [ 'lantern', 'bell', 'off' ] }
  { 'struct': 'Lamp', 'data': { 'watts': 'uint8', '*name': 'str' } }
  { 'struct': 'Bell', 'data': { 'list': [ 'str' ], '*hue': 'Kind' } }
  { 'union': 'Device', 'base': { 'kind': 'Kind', '*id': 'str' }, 'discriminator': 'kind',
    'data': { 'lantern': 'Lamp', 'bell': 'Bell' } }
  { 'struct': 'Node', 'data': { '*file': 'Ref', '*size': 'int', '*tags': [ 'str' ] } }
  { 'alternate': 'Ref', 'data': { 'node': 'Node', 'name': 'str' } }
  { 'command': 'c', 'data': { '*device': 'Device', '*devices': [ 'Device' ], '*node': 'Node', '*on': 'bool',
    '*rate': 'number', '*text': 'str', '*any': 'any', '*small': 'int8' } }
  { 'command': 'wants', 'data': { 'a': 'str', 'b': 'int', 'c': [ 'int' ], 'd': 'Kind', '*e': 'str' } }
  { 'command': 'none' }
`);

function typeOf(command: string): ObjectType | undefined {
  return must(home.commands.get(command)).arguments;
}

async function shrunk(args: Arguments, holds: (args: Arguments) => boolean, command = 'c'): Promise<string> {
  const result = await shrinkArguments(args, typeOf(command), when(holds), PLENTY);
  if (!result.oneMinimal) throw new Error('not done');
  return shown(result.arguments);
}

function shown(args: Arguments): string {
  return args === undefined ? '-' : writeJson(args);
}

const has = (args: Arguments, test: (text: string) => boolean): boolean =>
  args !== undefined && test(writeJson(args));

/** The value at a path of members. */
function at(args: Arguments, ...path: (string | number)[]): Json | undefined {
  let value: Json | undefined = args;
  for (const key of path) {
    if (value === undefined) return undefined;
    if (typeof key === 'number') value = Array.isArray(value) ? value[key] : undefined;
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

void t.test('what is left', async (t) => {
  const lamp = { kind: 'lantern', id: 'i', watts: 60, name: 'n' };
  const bell = { kind: 'bell', list: ['a', 'b', 'c'], hue: 'bell' };
  const all: Json = {
    device: lamp,
    devices: [lamp, bell, lamp],
    on: true,
    text: 'some text',
    rate: new Double(2.75),
  };
  t.equal(await shrunk(all, () => true), '-');
  t.equal(await shrunk(all, (args) => args !== undefined), '{}');
  t.equal(await shrunk(all, (args) => at(args, 'on') !== undefined), '{"on":false}');
  t.equal(await shrunk(all, (args) => at(args, 'on') === true), '{"on":true}');
  t.equal(await shrunk(all, (args) => at(args, 'device') !== undefined), '{"device":{"kind":"off"}}');
  t.equal(
    await shrunk(all, (args) => at(args, 'device', 'watts') !== undefined),
    '{"device":{"kind":"lantern","watts":0}}',
  );
  t.equal(
    await shrunk(all, (args) => Number(at(args, 'device', 'watts')) >= 17),
    '{"device":{"kind":"lantern","watts":17}}',
  );
  t.equal(
    await shrunk(all, (args) => {
      const list = at(args, 'devices');
      return Array.isArray(list) && list.length >= 2;
    }),
    '{"devices":[{"kind":"off"},{"kind":"off"}]}',
  );
  t.equal(
    await shrunk(all, (args) => has(args, (text) => text.includes('"bell"'))),
    '{"devices":[{"kind":"bell","list":[]}]}',
  );
  t.equal(await shrunk(all, (args) => has(args, (text) => text.includes('xt'))), '{"text":""}');
  t.equal(
    await shrunk(all, (args) => at(args, 'rate') !== undefined && at(args, 'text') !== undefined),
    '{"text":"","rate":0}',
  );
  t.equal(await shrunk(all, (args) => at(args, 'rate') instanceof Double), '{"rate":0.0}');
});

void t.test('strings', async (t) => {
  const text = `${'a'.repeat(100)}%s${'é😀'.repeat(50)}`;
  const of = (holds: (text: string) => boolean): Promise<string> =>
    shrunk({ text }, (args) => {
      const found = at(args, 'text');
      return typeof found === 'string' && holds(found);
    });
  t.equal(await of((found) => found.includes('%s')), '{"text":"%s"}');
  t.equal(await of((found) => found.includes('😀')), '{"text":"\\ud83d\\ude00"}', 'code points stay whole');
  t.equal(
    await of((found) => Array.from(found).length > 150),
    `{"text":"${'a'.repeat(100)}%s${'z'.repeat(49)}"}`,
  );
  t.equal(await of((found) => found.length > 0), '{"text":"a"}');
});

void t.test('integers', async (t) => {
  const size = async (value: bigint, holds: (size: bigint) => boolean): Promise<string> =>
    shrunk({ node: { size: value } }, (args) => {
      const found = at(args, 'node', 'size');
      return (typeof found === 'number' || typeof found === 'bigint') && holds(BigInt(found));
    });
  t.equal(await size(2n ** 63n - 1n, (found) => found >= 2n ** 53n), `{"node":{"size":${2n ** 53n}}}`);
  t.equal(await size(-(2n ** 63n), (found) => found < 0n), '{"node":{"size":-1}}');
  t.equal(await size(-(2n ** 63n), (found) => found !== 0n), '{"node":{"size":1}}');
  t.equal(await size(999n, (found) => found >= 700n), '{"node":{"size":700}}');
  t.equal(await size(123_456_789n, (found) => found > 100_000_000n), '{"node":{"size":123450000}}');
  t.equal(await size(12_345n, (found) => found === 12_345n), '{"node":{"size":12345}}');
  t.equal(
    await size(2n ** 80n + 5n, (found) => found > 2n ** 64n),
    `{"node":{"size":${2n ** 65n}}}`,
    'out of range',
  );
});

void t.test('recursion', async (t) => {
  let node: Json = { size: 7 };
  for (let depth = 0; depth < 300; depth += 1) node = { file: node, tags: ['t'] };
  const { oracle, asked } = recorded(when<Arguments>((args) => has(args, (text) => text.includes('7'))));
  const result = await shrinkArguments({ node }, typeOf('c'), oracle);
  t.equal(shown(result.arguments), '{"node":{"size":7}}');
  t.ok(asked.length < 40, `${asked.length} tries`);
  let deep: Json = 'x';
  for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];
  t.equal(await shrunk({ any: deep }, (args) => at(args, 'any', 0, 0) !== undefined), '{"any":[[""]]}');
});

void t.test('what does not fit its type is plain JSON', async (t) => {
  const odd: Json = {
    text: { a: [1, 2], b: { c: 'x', d: null } },
    device: { kind: 5, z: 'y' },
    unknown: 'zz',
    on: false,
  };
  t.equal(await shrunk(odd, (args) => has(args, (text) => text.includes('"d"'))), '{"text":{"d":null}}');
  t.equal(await shrunk(odd, (args) => isObject(at(args, 'text') ?? null)), '{"text":{}}');
  t.equal(
    await shrunk(odd, (args) => typeof at(args, 'device', 'kind') === 'number'),
    '{"device":{"kind":0}}',
  );
  t.equal(await shrunk(odd, (args) => at(args, 'unknown') !== undefined), '{"unknown":""}');
  t.equal(await shrunk([1, [2, 3], 'x'], (args) => Array.isArray(args)), '[]');
  t.equal(
    await shrunk({ x: 1, y: [2] }, (args) => has(args, (text) => text.includes('2')), 'none'),
    '{"y":[2]}',
  );
  t.equal(await shrunk({ small: 1000 }, (args) => Number(at(args, 'small')) > 127), '{"small":128}');
});

void t.test('what is needed stays valid', async (t) => {
  const args: Json = { a: 'aa', b: 70, c: [1, 2], d: 'bell', e: 'e' };
  const { oracle, asked } = recorded(when<Arguments>((found) => Number(at(found, 'b')) > 64));
  const result = await shrinkArguments(args, typeOf('wants'), oracle);
  t.equal(shown(result.arguments), '{"a":"","b":65,"c":[],"d":"bell"}');
  const broken = asked.filter(
    ([found]) => found !== undefined && checkValue(typeOf('wants'), found, 'input').length > 0,
  );
  t.strictSame(broken, [], 'nothing but absent arguments was not valid');
});

void t.test('what is sent may be something else', async (t) => {
  const prepare = (args: Arguments): { arguments: Arguments } | undefined => {
    if (args === undefined) return undefined;
    const text = at(args, 'text');
    return {
      arguments:
        typeof text === 'string' ? { ...(args as object), text: `safe-${text.replace('safe-', '')}` } : args,
    };
  };
  const { oracle, asked } = recorded(when<Arguments>((args) => has(args, (text) => text.includes('text'))));
  const result = await shrinkArguments({ text: 'safe-word', on: true }, typeOf('c'), oracle, PLENTY, {
    prepare,
  });
  t.match(result, { oneMinimal: true });
  t.equal(shown(result.arguments), '{"text":"safe-"}');
  t.ok(asked.every(([args]) => args !== undefined && !/"text":"(?!safe-)/.test(writeJson(args))));
});

void t.test('a lost target ends the search, and is told', async (t) => {
  const args: Json = { text: 'long text', on: true, node: { size: 5 } };
  for (let k = 1; k <= 6; k += 1) {
    let tried = 0;
    const { oracle, asked } = recorded<Arguments>((found) => {
      tried += 1;
      if (tried === k) return Promise.resolve('lost');
      return Promise.resolve(has(found, (text) => text.includes('size')) ? 'same' : 'different');
    });
    const result = await shrinkArguments(args, typeOf('c'), oracle);
    t.equal(result.tries, k);
    t.equal(result.oneMinimal, false);
    t.ok(result.lost !== undefined && 'arguments' in result.lost);
    t.equal(shown(result.lost?.arguments), shown(asked.at(-1)?.[0]));
  }
  t.match(await shrinkArguments(args, typeOf('c'), () => Promise.resolve('lost')), {
    arguments: args,
    tries: 1,
    lost: { arguments: undefined },
  });
});

void t.test('what an oracle throws goes through', async (t) => {
  let tried = 0;
  const oracle: Oracle<Arguments> = () => {
    tried += 1;
    if (tried === 3) throw new Error('a defect');
    return Promise.resolve('different');
  };
  await t.rejects(shrinkArguments({ text: 'text' }, typeOf('c'), oracle), { message: 'a defect' });
});

void t.test('large arguments', async (t) => {
  const devices = Array.from({ length: 20_000 }, (_, index) => ({ kind: 'bell', list: [`e${index}`] }));
  const result = await shrinkArguments(
    { devices },
    typeOf('c'),
    when((args) => has(args, (text) => text.includes('"e15000"'))),
  );
  t.equal(shown(result.arguments), '{"devices":[{"kind":"bell","list":["e15000"]}]}');
  t.ok(result.oneMinimal && result.tries < 60, `${result.tries} tries`);
  const stubborn = await shrinkArguments(
    { devices },
    typeOf('c'),
    when(() => false),
    { tries: 50 },
  );
  t.match(stubborn, { tries: 50, stopped: 'tries', oneMinimal: false });
  let clock = 0;
  const late = await shrinkArguments(
    { devices },
    typeOf('c'),
    () => {
      clock += 10;
      return Promise.resolve('different');
    },
    { tries: 50, milliseconds: 95, now: () => clock },
  );
  t.match(late, { tries: 10, stopped: 'time' });
});

/** Every way to leave one thing out: told here once more, in other words than those under test. */
function* deletions(type: Type | undefined, value: Json): Generator<Json> {
  const own = type?.kind === 'alternate' ? alternativeFor(type, value)?.type : type;
  if (Array.isArray(value)) {
    const element = own?.kind === 'array' ? own.element : undefined;
    if (value.length > 0) yield [];
    for (const [index, one] of value.entries()) {
      yield value.toSpliced(index, 1);
      for (const smaller of deletions(element, one)) yield value.with(index, smaller);
    }
  } else if (isObject(value)) {
    const parts = own?.kind === 'object' ? selectedParts(own, value) : [];
    const members = parts.flatMap((part) => part.members);
    for (const [name, one] of Object.entries(value)) {
      const member = members.find((declared) => declared.name === name);
      const rest = jsonObject(Object.entries(value).filter(([other]) => other !== name));
      const selects = parts.some(({ variants }) => variants?.tag.name === name);
      if (member === undefined || (!selects && (member.optional || member.condition !== undefined)))
        yield rest;
      if (selects) continue;
      for (const smaller of deletions(member?.type, one))
        yield jsonObject([...Object.entries(value), [name, smaller]]);
    }
  } else if (typeof value === 'string' && value !== '') {
    if (own?.kind === 'enum' && own.values.some(({ name }) => name === value)) return;
    const points = Array.from(value);
    yield '';
    yield points.slice(0, -1).join('');
    yield points.slice(1).join('');
  }
}

/** Counts booleans alike. */
function sizeOf(args: Arguments): number {
  return args === undefined ? 0 : writeJson(args).replaceAll('true', 'false').length;
}

function assertMinimal(
  type: ObjectType | undefined,
  result: Shrunk,
  holds: (args: Arguments) => boolean,
): void {
  if (!result.oneMinimal) throw new Error(`not done: ${shown(result.arguments)} after ${result.tries}`);
  if (result.arguments === undefined) return;
  if (holds(undefined)) throw new Error('may be absent');
  for (const smaller of deletions(type, result.arguments))
    if (holds(smaller)) throw new Error(`${shown(result.arguments)}: ${shown(smaller)} would do`);
}

const reference = referenceSchema();

/** All strings, integers and so on in a value, with the names that lead there. */
function* leaves(value: Json, path: string): Generator<readonly [string, Json]> {
  yield [path, value];
  if (Array.isArray(value)) for (const one of value) yield* leaves(one, `${path}[]`);
  else if (isObject(value))
    for (const [name, one] of Object.entries(value)) yield* leaves(one, `${path}.${name}`);
}

type Predicate = (args: Arguments) => boolean;
const anyLeaf =
  (test: (path: string, value: Json) => boolean): Predicate =>
  (args) => {
    if (args === undefined) return false;
    for (const [path, value] of leaves(args, '')) if (test(path, value)) return true;
    return false;
  };

/** Oracles that can be asked about these arguments. */
function predicates(args: Json, pick: number): [string, Predicate][] {
  const all = [...leaves(args, '')];
  const members = all.filter(([path]) => /\.[^.[]+$/.test(path));
  const of = <T>(list: readonly T[]): T | undefined => list[pick % Math.max(1, list.length)];
  const found: [string, Predicate][] = [];
  const one = of(members);
  if (one !== undefined) found.push(['member present', anyLeaf((path) => path === one[0])]);
  const other = of(members.toReversed());
  if (one !== undefined && other !== undefined) {
    const [first, second] = [anyLeaf((path) => path === one[0]), anyLeaf((path) => path === other[0])];
    found.push(['two members present', (candidate) => first(candidate) && second(candidate)]);
  }
  const text = of(all.filter(([, value]) => typeof value === 'string' && value.length > 4));
  if (text !== undefined) {
    const half = (text[1] as string).length / 2;
    found.push([
      'string longer than half of it',
      anyLeaf((path, value) => path === text[0] && typeof value === 'string' && value.length > half),
    ]);
    found.push(['this string somewhere', anyLeaf((_path, value) => value === text[1])]);
  }
  const list = of(all.filter(([, value]) => Array.isArray(value) && value.length >= 2));
  if (list !== undefined)
    found.push([
      'two elements',
      anyLeaf((path, value) => path === list[0] && Array.isArray(value) && value.length >= 2),
    ]);
  if (all.some(([, value]) => typeof value === 'bigint' && value >= 2n ** 53n))
    found.push(['2^53 or more', anyLeaf((_path, value) => typeof value === 'bigint' && value >= 2n ** 53n)]);
  const branch = of(members.filter(([path]) => /\.(driver|type|qom-type|backend)$/.test(path)));
  if (branch !== undefined)
    found.push(['branch selected', anyLeaf((path, value) => path === branch[0] && value === branch[1])]);
  return found;
}

for (const faults of [0, 1] as const) {
  void t.test(`random arguments of the reference schema, ${faults} faults`, async (t) => {
    const generator = generatorFor(reference);
    const costs = new Map<string, { tries: number[]; before: number[]; after: number[] }>();
    const typical: number[] = [];
    for (const [number, command] of [...reference.commands.values()].entries()) {
      const arbitrary = generator.random(command, faults);
      if (arbitrary === undefined) continue;
      for (const [index, drawn] of fc.sample(arbitrary, { seed: 7 + number, numRuns: 4 }).entries()) {
        const args = drawn.arguments;
        for (const [what, holds] of predicates(args, number + index)) {
          if (!holds(args)) throw new Error(`${what} does not hold of ${shown(args)}`);
          const { oracle, asked } = recorded(when(holds));
          const result = await shrinkArguments(args, command.arguments, oracle);
          const texts = asked.map(([candidate]) => shown(candidate));
          if (new Set(texts).size !== texts.length) t.fail(`${command.name}: a candidate twice`);
          if (!holds(result.arguments)) t.fail(`${command.name}: not the same`);
          if (sizeOf(result.arguments) > sizeOf(args)) t.fail(`${command.name}: larger`);
          if (faults === 0) assertValid(command, asked);
          assertMinimal(command.arguments, result, holds);
          const cost = costs.get(what) ?? { tries: [], before: [], after: [] };
          costs.set(what, cost);
          cost.tries.push(result.tries);
          cost.before.push(sizeOf(args));
          cost.after.push(sizeOf(result.arguments));
          if (sizeOf(args) >= 150 && sizeOf(args) <= 600) typical.push(result.tries);
        }
      }
    }
    for (const [what, { tries, before, after }] of costs)
      t.comment(
        `${what}: ${tries.length} times, tries ${summary(tries)}; length ${summary(before)} to ${summary(after)}`,
      );
    t.comment(`150 to 600 bytes: ${typical.length} times, tries ${summary(typical)}`);
    t.ok(typical.length > 50 && Math.max(...typical) < 100);
  });
}

/** Valid arguments stay so, but for being left out. */
function assertValid(command: Command, asked: readonly (readonly [Arguments, Answer])[]): void {
  for (const [args] of asked) {
    const [problem] = args === undefined ? [] : checkValue(command.arguments, args, 'input');
    if (problem !== undefined)
      throw new Error(`${command.name} ${shown(args)}: ${problem.path} ${problem.message}`);
  }
}

const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, new Double(1.5), 'lantern', 'bell'),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .array(
        fc.tuple(
          fc.constantFrom('device', 'devices', 'node', 'file', 'kind', 'list', 'text', 'x', 'size'),
          tie('value'),
        ),
        {
          maxLength: 5,
        },
      )
      .map((entries) => jsonObject(entries)),
  ),
})).value;

void t.test('any arguments, any oracle', async () => {
  const type = fc.constantFrom(typeOf('c'), typeOf('wants'), typeOf('none'));
  const keyed = fc.func<[string], boolean>(fc.boolean());
  await fc.assert(
    fc.asyncProperty(anyJson, type, keyed, fc.boolean(), async (args, type, table, monotone) => {
      const names = ['device', 'text', 'x', 'size', 'list'].filter(
        (name) => shown(args).includes(`"${name}"`) && table(name),
      );
      const holds: Predicate = (candidate) =>
        shown(candidate) === shown(args) ||
        (monotone ? names.every((name) => shown(candidate).includes(`"${name}"`)) : table(shown(candidate)));
      const { oracle, asked } = recorded(when(holds));
      const result = await shrinkArguments(args, type, oracle, PLENTY);
      if (asked.length !== result.tries) throw new Error('miscounted');
      if (!holds(result.arguments)) throw new Error('not the same');
      if (sizeOf(result.arguments) > sizeOf(args)) throw new Error('larger');
      assertMinimal(type, result, holds);
      const once = await shrinkArguments(args, type, when(holds), PLENTY);
      if (shown(once.arguments) !== shown(result.arguments)) throw new Error('not the same twice');
    }),
    { numRuns: 800, seed: 4 },
  );
  await fc.assert(
    fc.asyncProperty(
      anyJson,
      type,
      fc.nat(60),
      fc.infiniteStream(
        fc.oneof(
          { weight: 40, arbitrary: fc.constantFrom('same', 'different') },
          { weight: 1, arbitrary: fc.constant('lost') },
        ),
      ),
      async (args, type, tries, answers) => {
        const { oracle, asked } = recorded<Arguments>(() => {
          const next = answers.next();
          return Promise.resolve(next.done === true ? 'different' : next.value);
        });
        const result = await shrinkArguments(args, type, oracle, { tries });
        if (result.tries > tries || asked.length !== result.tries) throw new Error('more tries than allowed');
        const lost = asked.findIndex(([, answer]) => answer === 'lost');
        if (lost < 0 ? result.lost !== undefined : lost !== asked.length - 1 || result.lost === undefined)
          throw new Error('a loss has vanished');
        const seen = asked.filter(([, answer]) => answer === 'same').map(([candidate]) => shown(candidate));
        if (![shown(args), ...seen].includes(shown(result.arguments))) throw new Error('never seen');
      },
    ),
    { numRuns: 800, seed: 5 },
  );
});

void t.test('what comes by luck', async (t) => {
  const args: Json = {
    device: { kind: 'bell', list: ['a', 'b', 'c'] },
    text: 'text',
    node: { size: 70 },
    on: true,
  };
  const holds: Predicate = (found) => Number(at(found, 'node', 'size')) > 64;
  for (const probability of [1, 1 / 2, 1 / 4]) {
    const [tries, lengths]: [number[], number[]] = [[], []];
    for (let seed = 1; seed <= 40; seed += 1) {
      const result = await shrinkArguments(
        args,
        typeOf('c'),
        sometimes(holds, probability, seed),
        { tries: 1000 },
        {
          attempts: { least: probability === 1 ? 1 : 4, most: 16 },
        },
      );
      if (!holds(result.arguments)) t.fail('never the same');
      tries.push(result.tries);
      lengths.push(sizeOf(result.arguments));
    }
    t.comment(
      `1 in ${1 / probability}: tries ${summary(tries)}; length ${sizeOf(args)} to ${summary(lengths)}`,
    );
    t.ok(Math.max(...lengths) <= 60);
  }
});
