/**
 * Which requests ended a target: the ladder from the first unanswered to everything.
 */
import fc from 'fast-check';
import t from 'tap';
import { isolateTrigger, ONCE, type Oracle, type Scene } from '../../src/minimize/index.js';
import { inOrder, recorded, sometimes, when } from './support.js';

const PLENTY = { tries: 10_000 };
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Of 40,000 requests the last 1024 are at hand, and 6 had no answer. */
function scene(loads: { count: number } = { count: 0 }): Scene<number> {
  return {
    suspects: numbers(39_994, 40_000),
    recent: numbers(38_970, 39_994),
    everything: () => {
      loads.count += 1;
      return Promise.resolve(numbers(0, 40_000));
    },
  };
}

void t.test('where it may stand, and what it costs to find', async (t) => {
  const places: [string, readonly number[], number, number][] = [
    ['the first unanswered', [39_994], 4, 0],
    ['another unanswered', [39_997], 10, 0],
    ['two unanswered', [39_994, 39_998], 16, 0],
    ['one before and the first unanswered', [39_993, 39_994], 16, 0],
    ['one of the recent', [39_500], 30, 0],
    ['far before and unanswered', [39_000, 39_996], 42, 0],
    ['three of the recent', [38_971, 39_200, 39_995], 60, 0],
    ['one long before', [17], 45, 1],
    ['long before and unanswered', [17, 39_999], 50, 1],
    ['two long before', [5, 20_000], 60, 1],
  ];
  for (const [what, wanted, most, loaded] of places) {
    const loads = { count: 0 };
    const result = await isolateTrigger(
      scene(loads),
      when((list) => inOrder(list, wanted)),
      PLENTY,
    );
    t.match(result, { kind: 'proven', trigger: wanted, oneMinimal: true, confirmed: true }, what);
    t.ok(result.tries <= most, `${what}: ${result.tries} tries, at most ${most}`);
    t.equal(loads.count, loaded, 'everything is loaded when nothing less does it');
  }
});

void t.test('it comes by luck', async (t) => {
  const small: Scene<number> = {
    suspects: numbers(1996, 2000),
    recent: numbers(1500, 1996),
    everything: () => Promise.resolve(numbers(0, 2000)),
  };
  for (const probability of [1, 1 / 2, 1 / 4, 1 / 8]) {
    for (const wanted of [[1996], [1700, 1996], [17]]) {
      const runs = 30;
      let [proven, exact, tries, length] = [0, 0, 0, 0];
      for (let seed = 1; seed <= runs; seed += 1) {
        const oracle = sometimes((list: readonly number[]) => inOrder(list, wanted), probability, seed);
        const result = await isolateTrigger(small, oracle, { tries: 1000 });
        tries += result.tries;
        if (result.kind !== 'proven') continue;
        proven += 1;
        length += result.trigger.length;
        if (result.trigger.length === wanted.length) exact += 1;
        if (!inOrder(result.trigger, wanted)) t.fail('what is returned cannot do it');
      }
      t.comment(
        `1 in ${1 / probability}, ${wanted.join('+')}: proven ${proven}, exactly ${exact} of ${runs}, mean length ${(length / proven).toFixed(1)}, mean tries ${(tries / runs).toFixed(0)}`,
      );
      t.ok(proven >= runs * 0.75, `${proven} proven`);
      t.ok(exact >= proven * (probability >= 0.25 ? 0.65 : 0.4), `${exact} exact`);
    }
  }
});

void t.test('one of the unanswered keeps the others from it', async (t) => {
  const oracle = when((list: readonly number[]) => list.includes(39_996) && !list.includes(39_994));
  t.match(await isolateTrigger(scene(), oracle, PLENTY), { kind: 'proven', trigger: [39_996] });
});

void t.test('a target that ends without being sent anything', async (t) => {
  t.match(
    await isolateTrigger(
      scene(),
      when(() => true),
      PLENTY,
    ),
    { kind: 'proven', trigger: [], tries: 4 },
  );
});

void t.test('not again', async (t) => {
  const result = await isolateTrigger(
    scene(),
    when(() => false),
    PLENTY,
  );
  t.match(result, { kind: 'unproven', reason: 'not-again' });
  t.ok(result.tries <= 80, `${result.tries} tries`);
  t.match(
    await isolateTrigger(
      scene(),
      when(() => false),
      PLENTY,
      { attempts: ONCE },
    ),
    { tries: 17 },
  );
  t.match(
    await isolateTrigger(
      { suspects: [], recent: [] },
      when(() => true),
      PLENTY,
    ),
    {
      kind: 'unproven',
      reason: 'not-again',
      tries: 0,
    },
  );
});

void t.test('everything may not be there', async (t) => {
  const oracle = when((list: readonly number[]) => list.includes(17));
  for (const everything of [undefined, () => Promise.resolve(undefined)])
    t.match(await isolateTrigger({ ...scene(), everything }, oracle, PLENTY), { reason: 'not-again' });
  const broken = { ...scene(), everything: () => Promise.reject(new Error('a defect')) };
  await t.rejects(isolateTrigger(broken, oracle, PLENTY), { message: 'a defect' });
  t.match(
    await isolateTrigger(
      { suspects: [1], recent: [], everything: () => Promise.resolve([1]) },
      oracle,
      PLENTY,
    ),
    {
      tries: 16,
    },
  );
});

void t.test('the budget ends it', async (t) => {
  const oracle = when((list: readonly number[]) => inOrder(list, [39_000, 39_996]));
  for (let tries = 0; tries < 40; tries += 1) {
    const result = await isolateTrigger(scene(), oracle, { tries });
    t.ok(result.tries <= tries);
    if (result.kind === 'unproven') t.equal(result.reason, 'tries');
    else {
      t.ok(inOrder(result.trigger, [39_000, 39_996]));
      if (result.stopped === undefined) t.ok(result.oneMinimal);
    }
  }
});

void t.test('losses of another kind, and defects', async (t) => {
  const oracle: Oracle<readonly number[]> = (list) =>
    Promise.resolve(list.includes(39_995) ? 'lost' : list.includes(39_998) ? 'same' : 'different');
  t.match(await isolateTrigger(scene(), oracle, PLENTY), {
    kind: 'unproven',
    reason: 'not-again',
    lost: [39_995],
  });
  await t.rejects(
    isolateTrigger(scene(), () => Promise.reject(new Error('a defect')), PLENTY),
    { message: 'a defect' },
  );
});

void t.test('any trigger in any scene', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(12),
      fc.nat(40),
      fc.nat(40),
      fc.uniqueArray(fc.nat(92), { maxLength: 4 }),
      async (unanswered, near, far, set) => {
        const total = far + near + unanswered;
        const wanted = set.filter((one) => one < total);
        const { asked, oracle } = recorded(
          when((list: readonly number[]) => wanted.every((one) => list.includes(one))),
        );
        const result = await isolateTrigger(
          {
            suspects: numbers(far + near, total),
            recent: numbers(far, far + near),
            everything: () => Promise.resolve(numbers(0, total)),
          },
          oracle,
          PLENTY,
        );
        if (asked.length !== result.tries) throw new Error('miscounted');
        if (result.kind === 'unproven') throw new Error('not proven');
        t.strictSame(
          result.trigger,
          wanted.toSorted((a, b) => a - b),
        );
      },
    ),
    { numRuns: 500, seed: 3 },
  );
});
