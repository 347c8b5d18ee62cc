/**
 * The fake serves any schema: with those of a real QEMU it conforms, and as nothing has to be kept from it, the sweep
 * shows it all that there is to show.
 */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { applyConditions, loadSchema } from '../../src/qapi/index.js';
import type { ArgumentCoverage } from '../../src/result/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import { must } from '../qapi/support.js';
import { ran } from '../run/support.js';
import { requireSource } from './support.js';

const timeout = 120_000;

function checkReached(t: Test, { totals }: ArgumentCoverage): void {
  for (const kind of ['enumValues', 'branches', 'optionalMembers', 'alternatives'] as const) {
    const { total, reached } = must(totals.positive.kinds[kind]);
    t.ok(total > 100, `${total} ${kind}`);
    t.equal(reached, total, kind);
  }
}

for (const path of ['qapi/qapi-schema.json', 'storage-daemon/qapi/qapi-schema.json']) {
  void t.test(path, { timeout }, async (t) => {
    const tree = requireSource(t);
    if (tree === undefined) return;
    const schema = applyConditions(must(loadSchema(join(tree, path)).schema), () => true);
    const { report } = await ran(fakeSource({ schema }), {
      fileSchema: schema,
      selection: { exclude: [] },
      options: { timeoutMs: 10_000 },
    });
    t.equal(report.verdict, 'conformant', report.verdictReason);
    checkReached(t, must(report.coverage.arguments));
  });
}
