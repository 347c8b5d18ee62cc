/**
 * Runs, as programs of others start them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startFake } from '../../src/library/fake.js';
import {
  InputError,
  renderReport,
  runSuites,
  type ReportFormat,
  type RunEvent,
  type RunSuitesOptions,
} from '../../src/library/index.js';
import { packageFile } from '../../src/package.js';

void t.test('without options of weight: the bundled fake, and nothing is written', async (t) => {
  const events: RunEvent[] = [];
  const { report, exitCode, problems, defects } = await runSuites({
    rules: ['id.*'],
    onEvent: (event) => events.push(event),
  });
  t.equal(exitCode, 0);
  t.match({ problems, defects }, { problems: [], defects: [] });
  t.match(report, {
    complete: true,
    verdict: 'conformant',
    options: { protocol: 'qmp', profile: 'full', level: 'should', seed: 1, runs: 100, timeoutMs: 5000 },
  });
  const types = events.map(({ type }) => type);
  t.equal(types[0], 'run-started');
  t.equal(types.at(-1), 'run-finished');
  t.equal(types.filter((type) => type === 'rule-finished').length, report.totals.passed);
});

void t.test('a server that runs already and does something wrong', async (t) => {
  const fake = await startFake({ faults: ['id-rounded'] });
  t.teardown(() => fake.close());
  const reportDir = join(t.testdir(), 'reports');
  const { report, exitCode } = await runSuites({
    target: { address: fake.address },
    rules: ['id.*'],
    reportDir,
  });
  t.equal(exitCode, 1);
  t.match(report, { verdict: 'nonconformant', options: { profile: 'safe' } });
  const failed = report.results.filter(({ status }) => status === 'failed');
  t.ok(failed.length > 0);
  t.match(failed[0]?.failures[0]?.replay, /^npx qmpspec replay .*\.json --target unix:/);
  t.same(readdirSync(reportDir).sort(), ['junit.xml', 'replay', 'report.json', 'report.tap', 'summary.md']);

  // Every form shows the rule, and none a replay that does not exist.
  const forms: ReportFormat[] = ['text', 'json', 'junit', 'tap', 'markdown', 'github'];
  for (const form of forms) t.match(await renderReport(report, form), failed[0]?.id ?? 'none', form);
  await t.rejects(renderReport(report, 'pdf' as ReportFormat), RangeError);

  const unsaved = await runSuites({ target: { address: fake.endpoint }, rules: ['id.*'] });
  t.notMatch(await renderReport(unsaved.report, 'text'), /replay/);
});

void t.test('a server that is started, by words or a command line', async (t) => {
  const words = [process.execPath, packageFile('dist/src/cli/main.js'), 'fake', '--listen', 'unix:{socket}'];
  for (const spawn of [words, words.join(' ')]) {
    const { report, exitCode } = await runSuites({ target: { spawn }, rules: ['greeting.first'] });
    t.equal(exitCode, 0);
    t.match(report.target.command, /main\.js fake --listen/);
  }
});

void t.test('a target that is not there is a result', async (t) => {
  const { report, exitCode } = await runSuites({ target: { address: 'unix:/nowhere/qmp' }, rules: ['id.*'] });
  t.equal(exitCode, 3);
  t.match(report, { complete: false, stopped: 'unreachable', verdict: 'not-testable' });
});

void t.test('a run that is interrupted has a report', async (t) => {
  const abort = new AbortController();
  const { report, exitCode } = await runSuites({
    signal: abort.signal,
    onEvent: ({ type }) => {
      if (type === 'rule-finished') abort.abort();
    },
  });
  t.equal(exitCode, 130);
  t.match(report, { complete: false, stopped: 'interrupted' });
});

const bad: Record<string, RunSuitesOptions> = {
  'no such suite': { suites: ['protocols'] },
  'no such rule': { rules: ['nothing.*'] },
  'no address': { target: { address: 'nowhere' } },
  'no program': { target: { qemu: '' } },
  'no place for the socket': { target: { spawn: ['server'] } },
  'no target': { target: {} as { qemu: string } },
  'a seed that is none': { seed: -1 },
  'half a run': { runs: 0.5 },
  'no jobs': { jobs: 0 },
  'no time': { timeoutMs: 0 },
  'a part that is none': { shard: { index: 2, count: 2 } },
  'no such profile': { profile: 'reckless' as 'full' },
  'no such protocol': { protocol: 'hmp' as 'qmp' },
  'no such file': { schema: '/nowhere/schema.json' },
  'no such waivers': { waivers: ['/nowhere/waivers.json'] },
  'no such command': { commands: ['no-such-*'], suites: ['arguments'] },
  'nowhere to write': { reportDir: '/proc/reports' },
};

for (const [what, options] of Object.entries(bad)) {
  void t.test(what, async (t) => {
    const reportDir = join(t.testdir(), 'reports');
    await t.rejects(runSuites({ reportDir, ...options }), InputError);
    t.notOk(existsSync(join(reportDir, 'report.json')));
  });
}
