/**
 * From a failure to the line that shows it again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageFile } from '../../src/package.js';
import { argumentsOf, qmpspec, readReport, startFake, warmQmpspec, workFolder } from './support.js';

t.jobs = 2;
const warm = warmQmpspec(t);

void t.test('a failure shows again, and does not where it is mended', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'id-lost-on-errors']);
  const args = ['run', '--target', `unix:${path}`, '--rule', 'id.echo-error', '--reporter', 'quiet'];
  t.strictSame(await warm(folder, args), { status: 1, stdout: '', stderr: '' });
  const [failed] = readReport(folder).results.filter(({ status }) => status === 'failed');
  t.equal(failed?.id, 'id.echo-error');
  const [failure] = failed?.failures ?? [];
  t.match(failure?.key, /id-missing$/);

  const words = argumentsOf(failure?.replay ?? '');
  t.strictSame(words, ['replay', 'reports/latest/replay/id.echo-error-1.json', '--target', `unix:${path}`]);
  const again = await qmpspec(t, folder, words);
  t.equal(again.status, 1);
  t.equal(again.stderr, '');
  t.match(again.stdout, /^id\.echo-error: .*\.\n-> \(connect\)\n<- \{"QMP":/);
  t.match(again.stdout, /\n-> \{"execute":"qmp_capabilities".*\n<- \{"return":\{\}/);
  t.match(again.stdout, /\n {3}expected: .*\n {3}but: the reply lacks the id of the request.*\n/);
  t.match(again.stdout, /\nfailed: it shows again\n$/);

  const clean = await startFake(t, folder, [], 'clean.sock');
  const mended = await warm(folder, [...words.slice(0, 2), '--target', `unix:${clean.path}`]);
  t.equal(mended.status, 0);
  t.notMatch(mended.stdout, '   but: ');
  t.match(mended.stdout, /\nheld: the failure does not show again\n$/);

  const bundled = await qmpspec(t, folder, words.slice(0, 2));
  t.equal(bundled.status, 0, 'without a target the bundled fake is asked');
  t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
});

void t.test('what a watching rule saw shows again too', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'error-desc-number']);
  const args = ['run', '--target', `unix:${path}`, '--rule', 'resp.error-shape', '--rule', 'class.generic'];
  t.equal((await warm(folder, args)).status, 1);
  const [failed] = readReport(folder).results.filter(({ status }) => status === 'failed');
  t.equal(failed?.id, 'resp.error-shape');
  const words = argumentsOf(failed?.failures[0]?.replay ?? '');
  t.match(await warm(folder, words), { status: 1, stdout: /\nfailed: it shows again\n$/ });
  t.match(await warm(folder, words.slice(0, 2)), { status: 0 });
});

void t.test('what a guest agent did is asked of a guest agent', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const fault = ['--protocol', 'qga', '--fault', 'agent-ping-returns-value'];
  const { path } = await startFake(t, folder, fault);
  const target = ['--target', `unix:${path}`, '--protocol', 'qga'];
  t.equal((await warm(folder, ['run', ...target, '--suite', 'qga'])).status, 1);
  const report = readReport(folder);
  t.match(report, { target: { protocol: 'qga', version: '7.2.0' }, options: { protocol: 'qga' } });
  const [failed] = report.results.filter(({ status }) => status === 'failed');
  t.equal(failed?.id, 'qga.empty-return');
  const words = argumentsOf(failed?.failures[0]?.replay ?? '');
  t.strictSame(words.slice(2), target);
  t.match(await warm(folder, words), { status: 1, stdout: /\nfailed: it shows again\n$/ });
  t.match(await warm(folder, [...words.slice(0, 2), '--protocol', 'qga']), { status: 0 });
});

void t.test('what was judged by a schema file is judged by it again', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'schema-optional-mandatory']);
  const schema = packageFile('fixtures', 'schemas', 'reference', 'qapi-schema.json');
  const args = ['--target', `unix:${path}`, '--schema', schema, '--define', 'CONFIG_REPLICATION'];
  const rule = ['--rule', 'intro.agrees-with-file'];
  t.equal((await warm(folder, ['run', ...args, '--timeout', '4000', ...rule])).status, 1);
  const [failed] = readReport(folder).results.filter(({ status }) => status === 'failed');
  const words = argumentsOf(failed?.failures[0]?.replay ?? '');
  t.strictSame(words.slice(2), [...args, '--timeout', '4000']);
  t.match(await warm(folder, words), { status: 1, stdout: /\nfailed: it shows again\n$/ });
});

void t.test('a folder with a space in its name', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'id-lost']);
  const args = ['run', '--target', `unix:${path}`, '--rule', 'id.echo', '--report-dir', "it's a report"];
  t.equal((await warm(folder, args)).status, 1);
  const [failed] = readReport(folder, "it's a report").results.filter(({ status }) => status === 'failed');
  const words = argumentsOf(failed?.failures[0]?.replay ?? '');
  t.equal(words[1], "it's a report/replay/id.echo-1.json");
  t.equal((await warm(folder, words)).status, 1);
});

void t.test('a run forgets the replays of the run before', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const { path } = await startFake(t, folder, ['--fault', 'id-lost']);
  const rule = ['--rule', 'id.echo', '--reporter', 'quiet'];
  t.equal((await warm(folder, ['run', '--target', `unix:${path}`, ...rule])).status, 1);
  const replays = join(folder, 'reports', 'latest', 'replay');
  const [name = ''] = readdirSync(replays);
  t.match(JSON.parse(readFileSync(join(replays, name), 'utf8')), { rule: 'id.echo', schemaVersion: 1 });
  t.equal((await warm(folder, ['run', ...rule])).status, 0);
  t.throws(() => readdirSync(replays), { code: 'ENOENT' });
});
