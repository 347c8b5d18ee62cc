import fc from 'fast-check';
import t from 'tap';
import { reportGithub } from '../../src/report/github.js';
import { runProblem, withOutcome } from '../../src/report/outcome.js';
import { hostileReport } from './arbitrary.js';
import { conformant, interrupted, nonconformant } from './sample.js';

void t.test('annotations of a run', (t) => {
  t.equal(
    reportGithub(conformant),
    '::warning title=qmpspec%3A a waiver that nothing needed::errors.unplug: QEMU 5.2 sends no event (builtin)\n' +
      '::notice title=qmpspec%3A conformant with 1 waiver::all 2 rules that apply hold\n',
  );
  const [first, second] = reportGithub(nonconformant).split('\n');
  t.equal(
    first,
    '::error title=args.unknown-member%3A an unknown argument is refused::' +
      'query-block took an argument that it does not declare (12 times)%0Aat        arguments.x%0A' +
      'request   {"execute":"query-block","arguments":{"x":1},"id":7}%0Areply     {"return": [], "id": 7}%0A' +
      'expected  an error of class GenericError%0A' +
      'replay    qmpspec replay reports/latest/replay/args.unknown-member-1.json --target unix:/run/qmp.sock%0A' +
      'and 1 more failure: see report.json',
  );
  t.match(
    second,
    /^::error title=returns\.typed%3A .*::name is not a string: \\x1b\[2J.*%0A +\\x3a:error::forged \\x23#\[/,
  );
  t.match(
    reportGithub(interrupted),
    /^::error title=qmpspec%3A nonconformant::the run is incomplete: 1 rule does not hold; the target went away: it ended, killed by SIGSEGV\n/,
  );
  t.end();
});

void t.test('a line is a command of ours, whatever the target sent', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const lines = reportGithub(report).split('\n');
      if (lines.pop() !== '') return false;
      const errors = lines.filter((line) => line.startsWith('::error ')).length;
      const bad = withOutcome(report, 'failed', 'errored').length;
      return (
        lines.every((line) => /^::(?:error|warning|notice) title=[^:,\r\n]*::[^\r\n]*$/.test(line)) &&
        lines.every((line) => !/##[\w-]*\[|%(?!25|0A|3A|2C)/.test(line)) &&
        errors === bad + (runProblem(report) === undefined ? 0 : 1)
      );
    }),
  );
  t.end();
});
