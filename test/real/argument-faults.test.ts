/**
 * Faults in how arguments are checked, seen through the schema of a real QEMU: the fake serves that, and each rule has
 * to catch each of its faults there, too, as far as the schema has a place where the fault can show.
 */
import { join } from 'node:path';
import t from 'tap';
import { faultsById } from '../../src/fake/index.js';
import { applyConditions, loadSchema, type Schema } from '../../src/qapi/index.js';
import type { Status } from '../../src/result/index.js';
import { isCaseRule } from '../../src/rules/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import { suites } from '../../suites/index.js';
import { must } from '../qapi/support.js';
import { ran } from '../run/support.js';
import { requireSource } from './support.js';

/** QEMU's commands take neither, so nothing can be wrong there. */
const NOWHERE = /^wrong-type-for-(null|number)-/;
/** Most faults show in a few commands; where one does not, all are tried. */
const FEW = [
  'netdev_add',
  'object-add',
  'chardev-add',
  'transaction',
  'nbd-server-start',
  'input-*',
  'block-*',
];
const rules = suites.flatMap((suite) => suite.rules).filter(isCaseRule);
const pairs = rules.flatMap((rule) =>
  rule.detects.filter((fault) => /-accepted(-|$)/.test(fault)).map((fault) => ({ rule, fault })),
);

/** What a rule says of a fake with a fault that serves a schema. */
async function statusOf(
  rule: string,
  fault: string,
  served: Schema,
  commands: readonly string[],
): Promise<Status | undefined> {
  const { report } = await ran(fakeSource({ faults: faultsById([fault]), schema: served }), {
    selection: { rules: [rule] },
    fileSchema: served,
    options: { profile: 'safe', timeoutMs: 10_000, commands },
  });
  return report.results.find(({ id }) => id === rule)?.status;
}

void t.test('every fault of argument checks is caught over the schema of QEMU', async (t) => {
  const source = requireSource(t);
  if (source === undefined) return;
  const { schema } = loadSchema(join(source, 'qapi', 'qapi-schema.json'));
  const served = applyConditions(must(schema), () => true);
  for (const { rule, fault } of pairs.filter((pair) => !NOWHERE.test(pair.fault))) {
    let status = await statusOf(rule.id, fault, served, FEW);
    if (status !== 'failed') status = await statusOf(rule.id, fault, served, []);
    t.equal(status, 'failed', `${rule.id} catches ${fault}`);
  }
});
