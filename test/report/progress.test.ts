import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import { createProgress } from '../../src/report/progress.js';
import type { RunEvent, RunReport } from '../../src/result/index.js';
import { hostileReport } from './arbitrary.js';
import { nonconformant } from './sample.js';

/** The events of a run with these results. */
function eventsOf(report: RunReport): RunEvent[] {
  return [
    { type: 'run-started', rules: report.results.length, target: 'unix:/run/qmp.sock' },
    { type: 'target-discovered', target: report.target },
    ...report.results.flatMap((result): RunEvent[] => [
      { type: 'rule-started', id: result.id, suite: result.suite },
      { type: 'rule-progress', id: result.id, cases: 1 },
      { type: 'rule-finished', result },
    ]),
    { type: 'run-finished', report },
  ];
}

/** What the view writes to its stream; a terminal is one with `isTTY` and a width. */
function written(events: readonly RunEvent[], tty: boolean, color = false): string {
  const stream = Object.assign(new PassThrough(), { isTTY: tty, columns: 200 });
  stream.setEncoding('utf8');
  const say = (line: string): unknown => stream.write(`${line}\n`);
  const progress = createProgress(tty ? { tty, stream, color } : { tty, say });
  for (const event of events) progress.onEvent(event);
  progress.stop();
  progress.stop();
  return String(stream.read() ?? '');
}

void t.test('off a terminal: one plain line for each suite', (t) => {
  t.equal(
    written(eventsOf(nonconformant), false, true),
    '1/5 protocol: 1 passed\n4/5 arguments: 2 failed, 1 errored\n5/5 yank: 1 skipped\n',
  );
  t.equal(
    written(eventsOf(nonconformant).slice(0, 6), false),
    '1/5 protocol: 1 passed\n',
    'a run that breaks off',
  );
  t.equal(written([], false), '');
  t.end();
});

void t.test('off a terminal nothing controls it', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = written(eventsOf(report), false);
      return !/[^\P{C}\n]/u.test(text) && text.split('\n').length - 1 <= report.results.length;
    }),
  );
  t.end();
});

void t.test('on a terminal: a bar that goes away at the end', (t) => {
  const text = written(eventsOf(nonconformant), true);
  t.match(text, /5\/5 {2}3 failed {2}yank yank\.instances/);
  t.notMatch(text, '\n');
  // The cursor and the line wrapping are given back, and the line is cleared.
  t.match(text.slice(text.lastIndexOf('yank.instances')), '\u001b[?25h\u001b[?7h\u001b8\u001b[1G\u001b[2K');
  t.end();
});

void t.test('a bar that never started leaves the terminal alone', (t) => {
  t.equal(written([], true), '');
  t.end();
});
