/**
 * The whole selftest, by way of the command line: the clean fake is clean, and every fault is caught by every rule that
 * names it. Takes about a minute.
 */
import t from 'tap';
import { faults } from '../../src/fake/index.js';
import type { Trial } from '../../src/selftest/index.js';
import { suites } from '../../suites/index.js';
import { qmpspec, workFolder } from '../cli/support.js';

const rules = suites.flatMap((suite) => suite.rules);

t.setTimeout(600_000);

const { status, stdout, stderr } = await qmpspec(t, workFolder(t), ['selftest', '--json']);
const [clean, agent, ...trials] = JSON.parse(stdout) as Trial[];

t.ok(clean?.ok, 'the clean fake is clean', { problem: clean?.problem });
t.match(clean, { protocol: 'qmp', fault: undefined });
t.ok(agent?.ok, 'the clean guest agent is clean', { problem: agent?.problem });
t.match(agent, { protocol: 'qga', fault: undefined });
t.strictSame(
  trials.map(({ fault }) => fault),
  faults.map(({ id }) => id),
  'every fault was tried',
);
for (const { fault, expected, failed, ok, problem } of trials) {
  const naming = rules.filter(({ detects }) => detects.includes(fault ?? '')).map(({ id }) => id);
  const caught = naming.length > 0 && naming.every((id) => failed.includes(id));
  t.ok(ok && caught, `${fault ?? ''} is caught by ${naming.join(', ')}`, { problem, expected, failed });
}
t.equal(status, 0);
t.equal(stderr, '');
