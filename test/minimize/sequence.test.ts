/**
 * Shorter sequences: what is found, what it costs, and that luck and losses spoil neither.
 */
import fc from 'fast-check';
import t from 'tap';
import { minimizeSequence, ONCE, type Minimized, type Oracle } from '../../src/minimize/index.js';
import { inOrder, recorded, sometimes, when } from './support.js';

const PLENTY = { tries: 100_000 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function minimized<T>(result: { readonly kind: string }): Minimized<T> {
  if (result.kind !== 'minimized') throw new Error(`unexpectedly ${result.kind}`);
  return result as Minimized<T>;
}

void t.test('triggers of all kinds', async (t) => {
  const items = numbers(1000);
  const counted = (list: readonly number[]): number => list.filter((one) => one % 7 === 3).length;
  const kinds: [string, (list: readonly number[]) => boolean, readonly number[] | number][] = [
    ['one', (list) => list.includes(500), [500]],
    ['two far apart', (list) => inOrder(list, [3, 990]), [3, 990]],
    ['three in order', (list) => inOrder(list, [10, 500, 998]), [10, 500, 998]],
    ['neighbours', (list) => inOrder(list, [400, 401, 402, 403, 404, 405]), [400, 401, 402, 403, 404, 405]],
    ['a counter', (list) => counted(list) >= 12, 12],
    ['so many of any', (list) => list.length >= 40, 40],
    ['an odd number of a kind', (list) => counted(list.slice(1)) % 2 === 1, 2],
    [
      'unless something reverses it',
      (list) => list.includes(20) && (!list.includes(700) || list.includes(701)),
      [20],
    ],
    ['nothing at all', () => true, []],
    ['all of the last', (list) => numbers(64).every((index) => list.includes(936 + index)), 64],
  ];
  for (const [what, holds, wanted] of kinds) {
    const result = minimized<number>(await minimizeSequence(items, when(holds), PLENTY));
    if (typeof wanted === 'number') t.equal(result.items.length, wanted, what);
    else t.strictSame(result.items, wanted, what);
    t.ok(result.oneMinimal && result.confirmed && result.stopped === undefined, what);
    t.comment(`${what}: ${result.tries} tries`);
  }
});

void t.test('duplicates are told apart by where they stand', async (t) => {
  const items = ['a', 'b', 'a', 'a', 'c', 'a'];
  const result = await minimizeSequence(
    items,
    when((list) => inOrder(list, ['a', 'b', 'a', 'a'])),
    PLENTY,
  );
  t.strictSame(minimized(result).items, ['a', 'b', 'a', 'a']);
});

void t.test('what it costs', async (t) => {
  for (const count of [10, 100, 1000, 10_000, 40_000]) {
    const items = numbers(count);
    const log = Math.ceil(Math.log2(count));
    const middle = count >> 1;
    for (const [what, wanted, most] of [
      ['the last', [count - 1], 6],
      ['the third from the end', [count - 3], 9],
      ['the middle', [middle], 2 * log + 8],
      ['the first', [0], 2 * log + 8],
      ['the last two', [count - 2, count - 1], 10],
      ['the middle and the last', [middle, count - 1], 2 * log + 10],
      ['the first and the last', [0, count - 1], 2 * log + 10],
      ['the first and the middle', [0, middle], 4 * log + 10],
      ['four', [1, count >> 2, middle, count - 1], 6 * log + 20],
    ] as const) {
      const result = minimized<number>(
        await minimizeSequence(
          items,
          when((list) => inOrder(list, wanted)),
          PLENTY,
        ),
      );
      t.strictSame(result.items, wanted);
      t.ok(result.tries <= most, `${count} items, ${what}: ${result.tries} tries, at most ${most}`);
    }
  }
});

void t.test('what comes by luck', async (t) => {
  for (const probability of [1, 1 / 2, 1 / 4, 1 / 8]) {
    for (const wanted of [[900], [100, 999]]) {
      let [tries, exact, found, length] = [0, 0, 0, 0];
      const runs = 30;
      for (let seed = 1; seed <= runs; seed += 1) {
        const result = await minimizeSequence(
          numbers(1000),
          sometimes((list: readonly number[]) => inOrder(list, wanted), probability, seed),
          { tries: 2000 },
        );
        tries += result.tries;
        if (result.kind !== 'minimized') continue;
        found += 1;
        if (!inOrder(result.items, wanted)) t.fail('what is returned cannot do it');
        length += result.items.length;
        if (result.items.length === wanted.length) exact += 1;
      }
      t.comment(
        `1 in ${1 / probability}, ${wanted.length} of 1000: found ${found}, exactly ${exact} of ${runs}, mean length ${(length / found).toFixed(1)}, mean tries ${(tries / runs).toFixed(0)}`,
      );
      t.ok(found >= runs * 0.75, `${found} found`);
      t.ok(exact >= found * (probability >= 0.25 ? 0.7 : 0.5), `${exact} exact`);
    }
  }
});

void t.test('what was the same once, and by accident, is not taken for it', async (t) => {
  // The 10th try is the same whatever is sent.
  let tried = 0;
  const oracle: Oracle<readonly number[]> = (list) => {
    tried += 1;
    return Promise.resolve(list.includes(5) || tried === 10 ? 'same' : 'different');
  };
  const result = minimized<number>(await minimizeSequence(numbers(1000), oracle, PLENTY));
  t.ok(result.confirmed);
  t.ok(result.items.includes(5));
});

void t.test('a budget is kept, and said to be used up', async (t) => {
  const holds = when((list: readonly number[]) => inOrder(list, [1, 500, 900]));
  for (let tries = 0; tries <= 60; tries += 1) {
    const { asked, oracle } = recorded(holds);
    const result = await minimizeSequence(numbers(1000), oracle, { tries });
    t.equal(asked.length, result.tries);
    t.ok(result.tries <= tries);
    if (result.kind === 'minimized') {
      t.ok(inOrder(result.items, [1, 500, 900]));
      if (!result.oneMinimal) t.equal(result.stopped, 'tries');
    } else t.equal(result.stopped, 'tries');
  }
  let clock = 0;
  const slow: Oracle<readonly number[]> = (list) => {
    clock += 50;
    return holds(list);
  };
  const late = await minimizeSequence(numbers(1000), slow, {
    tries: 1000,
    milliseconds: 720,
    now: () => clock,
  });
  t.match(late, { stopped: 'time', tries: 15 });
  const controller = new AbortController();
  const cut = await minimizeSequence(
    numbers(1000),
    (list) => {
      if (list.length > 100) controller.abort();
      return holds(list);
    },
    { tries: 1000, signal: controller.signal },
  );
  t.match(cut, { kind: 'not-same', stopped: 'interrupted', tries: 8 });
});

void t.test('a loss of another kind is told, and is not the same', async (t) => {
  const oracle: Oracle<readonly number[]> = (list) =>
    Promise.resolve(list.includes(30) ? (list.includes(31) ? 'same' : 'lost') : 'different');
  const result = await minimizeSequence(numbers(100), oracle, PLENTY);
  t.match(result, { kind: 'minimized', items: [30, 31], lost: [30], oneMinimal: true });
  const never = await minimizeSequence(numbers(8), () => Promise.resolve('lost'), PLENTY, { attempts: ONCE });
  t.strictSame(never, { kind: 'not-same', tries: 4, lost: [7] });
});

void t.test('what an oracle throws goes through', async (t) => {
  for (const at of [1, 3, 20]) {
    let tried = 0;
    const oracle: Oracle<readonly number[]> = (list) => {
      tried += 1;
      if (tried === at) throw new Error('a defect');
      return Promise.resolve(inOrder(list, [1, 90]) ? 'same' : 'different');
    };
    await t.rejects(minimizeSequence(numbers(100), oracle, PLENTY), { message: 'a defect' });
  }
});

void t.test('nothing to be sent', async (t) => {
  t.match(
    await minimizeSequence(
      [],
      when(() => true),
      PLENTY,
    ),
    { kind: 'minimized', items: [], oneMinimal: true },
  );
  t.match(
    await minimizeSequence(
      [],
      when(() => false),
      PLENTY,
    ),
    { kind: 'not-same' },
  );
  t.match(
    await minimizeSequence(
      [1],
      when(({ length }) => length === 1),
      PLENTY,
      { known: true },
    ),
    {
      items: [1],
      oneMinimal: true,
    },
  );
});

/** Any answers at all, that follow from the candidate. */
const anyTable = fc.func<[readonly number[]], boolean>(fc.boolean());

void t.test('properties', async () => {
  const subsets = fc.array(fc.uniqueArray(fc.nat(29), { maxLength: 5 }), { minLength: 1, maxLength: 3 });
  const size = fc.integer({ min: 1, max: 30 });
  await fc.assert(
    fc.asyncProperty(
      size,
      fc.oneof(
        subsets.map(
          (sets) => (list: readonly number[]) => sets.some((set) => set.every((one) => list.includes(one))),
        ),
        anyTable,
      ),
      fc.boolean(),
      fc.boolean(),
      async (count, holds, known, once) => {
        const items = numbers(count);
        if (known && !holds(items)) return;
        const { asked, oracle } = recorded(when(holds));
        const options = { known, ...(once ? { attempts: ONCE } : {}) };
        const result = await minimizeSequence(items, oracle, PLENTY, options);
        if (asked.length !== result.tries) throw new Error('miscounted');
        if (result.kind === 'not-same') {
          if (holds(items)) throw new Error('the whole was the same');
          return;
        }
        const { items: found } = result;
        if (!holds(found)) throw new Error(`${found.join()} is not the same`);
        if (!inOrder(items, found)) throw new Error(`${found.join()} is out of order`);
        if (!result.oneMinimal || !result.confirmed || result.stopped !== undefined)
          throw new Error('not done');
        for (const index of found.keys())
          if (holds(found.toSpliced(index, 1))) throw new Error(`${found.join()} has one too many`);
      },
    ),
    { numRuns: 800, seed: 1 },
  );
  await fc.assert(
    fc.asyncProperty(
      size,
      fc.nat(40),
      fc.infiniteStream(fc.constantFrom('same', 'different', 'lost')),
      async (count, tries, answers) => {
        const { asked, oracle } = recorded<readonly number[]>(() => {
          const next = answers.next();
          return Promise.resolve(next.done === true ? 'different' : next.value);
        });
        const items = numbers(count);
        const result = await minimizeSequence(items, oracle, { tries });
        if (result.tries > tries || asked.length !== result.tries) throw new Error('more tries than allowed');
        const lost = asked.filter(([, answer]) => answer === 'lost').map(([list]) => list.length);
        if (lost.length === 0 ? result.lost !== undefined : result.lost?.length !== Math.min(...lost))
          throw new Error('a loss has vanished');
        if (result.kind === 'not-same') {
          if (asked.some(([, answer]) => answer === 'same')) throw new Error('something was the same');
        } else if (!asked.some(([list, answer]) => answer === 'same' && list.join() === result.items.join()))
          throw new Error(`${result.items.join()} was never the same`);
      },
    ),
    { numRuns: 800, seed: 2 },
  );
});
