/**
 * Defects of qmpspec itself, put in from outside: each ends it with 70 and a request to report it, and none costs what
 * a run has found.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { idsWith, MAIN, readReport, startProgram, workFolder, type Ended } from './support.js';

t.jobs = 2;

/** Runs `qmpspec` with a module that Node loads before it. */
function spoilt(t: Test, folder: string, spoil: string, args: readonly string[]): Promise<Ended> {
  writeFileSync(join(folder, 'spoil.mjs'), spoil);
  const node = ['--import', './spoil.mjs', MAIN, ...args];
  return startProgram(t, folder, process.execPath, node).ended;
}

/** Does something as soon as a stream has had what matches. */
function whenSaid(stream: 'stdout' | 'stderr', pattern: string, action: string): string {
  return `const { write } = process.${stream};
    process.${stream}.write = function (text, ...rest) {
      if (/${pattern}/.test(text)) setImmediate(() => { ${action}; });
      return write.call(this, text, ...rest);
    };`;
}

/** Has another text in the place of a module of ours. */
function replaced(module: string, source: string): string {
  const hook = `
    export async function load(url, context, next) {
      if (!url.endsWith(${JSON.stringify(module)})) return next(url, context);
      return { format: 'module', shortCircuit: true, source: ${JSON.stringify(source)} };
    }`;
  return `import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`;
}

function checkAsksForReport(t: Test, { status, stderr }: Ended, what: string): void {
  t.equal(status, 70, stderr);
  t.match(stderr, 'Please report it');
  t.match(stderr, what);
  t.match(stderr, /\n\s+at /, 'with the stack');
}

const FAKE = `'${process.execPath}' '${MAIN}' fake --fault id-lost --listen unix:{socket}`;
const BAD = ['run', '--rule', 'id.echo', '--spawn', FAKE];
const latest = (folder: string): string => join(folder, 'reports', 'latest');

for (const [name, throwing] of [
  ['an exception', "throw new Error('spoilt \\u001b[31m\\n::error::x')"],
  ['a rejection', "void Promise.reject(new Error('spoilt \\u001b[31m\\n::error::x'))"],
] as const) {
  void t.test(`${name} that nobody catches, in mid-run`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    const spoil = whenSaid('stdout', '^ok 10 ', throwing);
    const ended = await spoilt(t, folder, spoil, ['run']);
    checkAsksForReport(t, ended, 'Error: spoilt \\x1b[31m\n  \\x3a:error::x');
    const report = readReport(folder);
    t.match(report, { complete: false, verdict: 'not-testable' });
    t.ok(idsWith(report, 'passed').length >= 10, 'what has been measured stays');
    t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
  });

  void t.test(`${name} that nobody catches, elsewhere`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    const spoil = whenSaid('stderr', 'listening on', throwing);
    checkAsksForReport(t, await spoilt(t, folder, spoil, ['fake']), 'Error: spoilt');
    t.strictSame(readdirSync(join(folder, 'tmp')), [], 'nothing is left behind');
  });
}

void t.test('a command that waits for what never comes', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const spoil = replaced('/cli/replay-file.js', 'export const replayFile = () => new Promise(() => {});');
  checkAsksForReport(t, await spoilt(t, folder, spoil, ['replay', 'x']), 'waits for something');
});

for (const [name, module, source, args] of [
  ['the reporter', '/report/github.js', 'reportGithub', ['--reporter', 'github']],
  ['the reporter for terminals', '/report/pretty.js', 'reportPretty', ['--reporter', 'pretty']],
] as const) {
  void t.test(`${name} fails: the reports are there`, { buffered: true }, async (t) => {
    const folder = workFolder(t);
    const spoil = replaced(module, `export function ${source}() { throw new TypeError('spoilt'); }`);
    checkAsksForReport(t, await spoilt(t, folder, spoil, [...BAD, ...args]), 'TypeError: spoilt');
    t.match(readReport(folder), { complete: true, verdict: 'nonconformant' });
    t.ok(existsSync(join(latest(folder), 'summary.md')));
  });
}

void t.test('a reporter that fails in mid-run', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const spoil = replaced(
    '/report/tap.js',
    `export const tapHeader = () => 'header\\n';
     export const tapFooter = () => 'footer\\n';
     export const reportTap = () => 'all\\n';
     export const tapPoint = () => { throw new TypeError('spoilt'); };`,
  );
  const ended = await spoilt(t, folder, spoil, [...BAD, '--reporter', 'tap']);
  checkAsksForReport(t, ended, 'TypeError: spoilt');
  t.equal(ended.stdout, 'header\n', 'it is asked for no more');
  t.match(readReport(folder), { complete: true, verdict: 'nonconformant' });
});

void t.test('a progress view that fails', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const spoil = replaced(
    '/report/progress.js',
    `export const createProgress = () => ({ onEvent() { throw new TypeError('spoilt'); }, stop() {} });`,
  );
  const ended = await spoilt(t, folder, spoil, BAD);
  checkAsksForReport(t, ended, 'TypeError: spoilt');
  t.match(ended.stdout, /^TAP version 14\n[^]*\nnot ok 1 /, 'the reporter says what it has to');
  t.match(readReport(folder), { complete: true, verdict: 'nonconformant' });
});

void t.test('the writer of one file fails: the others are there', { buffered: true }, async (t) => {
  const folder = workFolder(t);
  const spoil = replaced(
    '/report/junit.js',
    `export function reportJunit() { throw new TypeError('spoilt'); }`,
  );
  const ended = await spoilt(t, folder, spoil, BAD);
  checkAsksForReport(t, ended, 'TypeError: spoilt');
  t.match(ended.stdout, /^not ok 1 /m);
  t.match(ended.stderr, 'nonconformant: 1 rule does not hold\n');
  t.match(readReport(folder), { complete: true, verdict: 'nonconformant' });
  t.strictSame(readdirSync(latest(folder)).sort(), ['replay', 'report.json', 'report.tap', 'summary.md']);
});
