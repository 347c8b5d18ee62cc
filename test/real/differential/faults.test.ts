/**
 * The comparison notices: a fake with a fault does not say what QEMU says.
 */
import t from 'tap';
import { Pair } from './pair.js';
import { call, nbd, NEGOTIATE, yank } from './requests.js';
import type { Step } from './side.js';

/** A fault, and a step that shows it. */
const cases: readonly (readonly [fault: string, ...steps: Step[]])[] = [
  ['trailing-comma-accepted', '{"execute":"query-name",}'],
  ['id-lost-on-envelope-errors', '{"execute":1,"id":1}'],
  ['id-32-bit', '{"execute":"query-name","id":4294967296}'],
  ['replies-out-of-order', '{"execute":"nope","id":58}{"execute":"query-name","id":2}'],
  ['unknown-command-generic-error', '{"execute":"nope"}'],
  ['null-for-string-accepted', call('device_del', { id: null })],
  ['event-repeated', call('stop')],
  ['return-member-type', call('query-kvm')],
  ['yank-unknown-generic-error', yank({ type: 'migration' })],
  ['node-not-registered', nbd('n'), call('query-yank')],
];

for (const [fault, ...steps] of cases) {
  void t.test(fault, async (t) => {
    const faulty = await Pair.start(t, fault);
    const clean = await Pair.start(t);
    if (faulty === undefined || clean === undefined) return;
    t.not((await faulty.differences(NEGOTIATE, ...steps)).length, 0);
    t.strictSame(await clean.differences(NEGOTIATE, ...steps), []);
  });
}
