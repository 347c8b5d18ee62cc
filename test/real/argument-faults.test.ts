/**
 * Faults in how arguments are checked, seen through the schema of a real QEMU: the fake serves that, and each rule has
 * to catch each of its faults there, too, as far as the schema has a place where the fault can show.
 */
import { join } from 'node:path';
import t from 'tap';
import { faultsById } from '../../src/fake/index.js';
import { loadSchema, applyConditions } from '../../src/qapi/index.js';
import { isCaseRule, run, selectRules } from '../../src/run/index.js';
import { fakeSource } from '../../src/selftest/index.js';
import { suites } from '../../suites/index.js';
import { must } from '../qapi/support.js';
import { requireSource } from './support.js';

/** QEMU's commands take neither, so nothing can be wrong there. */
const NOWHERE = /^wrong-type-for-(null|number)-/;
/** Alternates of QEMU's commands stand nowhere at the top, but in one. */
const rules = suites.flatMap((suite) => suite.rules).filter(isCaseRule);
const pairs = rules.flatMap((rule) =>
  rule.kills.filter((fault) => /-accepted(-|$)/.test(fault)).map((fault) => ({ rule, fault })),
);

void t.test('every fault of argument checks is caught over the schema of QEMU', async (t) => {
  const source = requireSource(t);
  if (source === undefined) return;
  const { schema } = loadSchema(join(source, 'qapi', 'qapi-schema.json'));
  const served = applyConditions(must(schema), () => true);
  for (const { rule, fault } of pairs.filter((pair) => !NOWHERE.test(pair.fault))) {
    const { report } = await run({
      source: fakeSource({ faults: faultsById([fault]), schema: served }),
      suites,
      selected: selectRules(suites, { suites: [], rules: [rule.id], exclude: [] }),
      fileSchema: served,
      options: {
        protocol: 'qmp',
        profile: 'safe',
        level: 'should',
        seed: 1,
        runs: 5,
        timeoutMs: 10_000,
        suites: [],
        rules: [],
        exclude: [],
        repeat: 1,
        commands: [],
        jobs: 1,
        defines: [],
      },
      waivers: [],
      saveReplay: () => Promise.resolve(''),
      onEvent: () => undefined,
    });
    const result = report.results.find(({ id }) => id === rule.id);
    t.equal(result?.status, 'failed', `${rule.id} catches ${fault}`);
  }
});
