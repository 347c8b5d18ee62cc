/**
 * The rules on a guest agent: which of them apply, and that none of them could hurt the machine that it runs on.
 */
import t from 'tap';
import type { Fault } from '../../src/fake/index.js';
import { NOT_SELECTED } from '../../src/result/index.js';
import { bundledSchema, fakeSource } from '../../src/target/bundled-fake.js';
import type { TargetSource } from '../../src/target/index.js';
import { ran } from '../run/support.js';
import { suites } from '../../suites/index.js';

/** Rules of generated arguments have tests of their own. */
const rules = suites.flatMap((suite) => suite.rules).filter(({ id }) => !id.startsWith('args.'));
/** What changes the guest, or tells nobody when it succeeds. */
const ACTS =
  /^guest-(shutdown|suspend-.*|fsfreeze-(freeze|thaw).*|fstrim|set-.*|exec|file-.*|ssh-(add|remove)-.*)$/;
const schema = bundledSchema('qga');

/** An agent that remembers which commands it has executed, and takes arguments that it does not know if told so. */
function watched({ takesAnything }: { takesAnything: boolean }): { fault: Fault; executed: Set<string> } {
  const executed = new Set<string>();
  const fault: Fault = {
    id: 'watched',
    title: 'remembers what it has executed',
    change: ({ execute, argumentProblems }) => ({
      execute: (command, args, call) => {
        executed.add(command.name);
        return execute(command, args, call);
      },
      ...(takesAnything ? { argumentProblems: () => [] } : { argumentProblems }),
    }),
  };
  return { fault, executed };
}

/** The fake agent, treated as if it could hurt its machine. */
function guarded(fault: Fault): TargetSource {
  return { ...fakeSource({ protocol: 'qga', faults: [fault] }), sideEffectFree: false };
}

for (const profile of ['readonly', 'safe', 'full'] as const) {
  void t.test(`profile ${profile}: nothing that acts on a guest is executed`, async (t) => {
    const { fault, executed } = watched({ takesAnything: false });
    const source = guarded(fault);
    const { report } = await ran(source, { fileSchema: schema, options: { profile } });
    t.equal(report.verdict, 'conformant', report.verdictReason);
    t.strictSame(
      [...executed].filter((name) => ACTS.test(name)),
      [],
    );
    t.ok(executed.has('guest-get-osinfo'), 'queries are');
  });
}

void t.test('an agent that takes any argument is not asked what would end its machine', async (t) => {
  const { fault, executed } = watched({ takesAnything: true });
  const source = guarded(fault);
  const { report } = await ran(source, { fileSchema: schema });
  const failed = report.results.filter(({ status }) => status === 'failed').map(({ id }) => id);
  t.ok(failed.includes('qga.silent-refused') && failed.includes('env.unknown-argument'), failed.join(', '));
  t.strictSame(
    [...executed].filter((name) => ACTS.test(name)),
    [],
  );
});

void t.test('rules for monitors alone are skipped, and the other way round', async (t) => {
  for (const protocol of ['qmp', 'qga'] as const) {
    const source = fakeSource({ protocol });
    const { report } = await ran(source, { fileSchema: bundledSchema(protocol) });
    t.match(report, { target: { protocol }, options: { protocol }, verdict: 'conformant' });
    const reason = `the target speaks ${protocol.toUpperCase()}`;
    const skipped = report.results.filter(
      (result) => result.status === 'skipped' && result.reason !== NOT_SELECTED,
    );
    t.strictSame(
      skipped.map(({ id, reason: why }) => [id, why]),
      rules
        .filter(({ needs }) => !['any', protocol].includes(needs?.protocol ?? 'qmp'))
        .map(({ id }) => [id, reason]),
    );
  }
});
