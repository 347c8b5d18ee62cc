import fc from 'fast-check';
import t from 'tap';
import { reportPretty } from '../../src/report/pretty.js';
import { hostileReport } from './arbitrary.js';
import { golden } from './golden.js';
import { conformant, failure, nonconformant, ruleResult, runReport, samples } from './sample.js';

const plain = { color: false, width: 80, reportDir: 'reports/latest' };

for (const [name, report] of Object.entries(samples)) {
  void t.test(`terminal view of ${name}`, (t) => {
    golden(t, `${name}.pretty.txt`, reportPretty(report, plain));
    t.end();
  });
}

void t.test('without colours only newlines control the terminal', (t) => {
  fc.assert(
    fc.property(hostileReport, fc.integer({ min: 0, max: 200 }), (report, width) => {
      const text = reportPretty(report, { color: false, width });
      return !/[^\P{C}\n]|[\u2028\u2029]/u.test(text) && text.endsWith('\n') && !/##[\w-]*\[/.test(text);
    }),
  );
  t.end();
});

void t.test('with colours only our own codes are added, and each line ends in the normal colour', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = reportPretty(report, { color: true, width: 80 });
      const bare = text.replace(/\u001b\[(?:1|2|22|3[1236]|39)m/g, '');
      return bare === reportPretty(report, { color: false, width: 80 });
    }),
  );
  t.end();
});

void t.test('no line of the target starts a line of ours', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) =>
      reportPretty(report, { color: false, width: 80 })
        .split('\n')
        .every((line) => !/^\s*::[a-z]/i.test(line)),
    ),
  );
  t.end();
});

void t.test('ASCII when asked for', (t) => {
  const text = reportPretty({ ...conformant }, { ...plain, unicode: false });
  t.match(text, /^\+ protocol/m);
  t.notMatch(text, /[^\x20-\x7e\n]/);
  t.end();
});

void t.test('prose is wrapped, what is there to be copied is not', (t) => {
  const text = reportPretty(nonconformant, { color: false, width: 40 });
  t.match(
    text,
    / {4}replay {4}qmpspec replay reports\/latest\/replay\/args\.unknown-member-1\.json --target unix:/,
  );
  t.match(text, /^ {2}A command that is given an argument$/m);
  t.end();
});

void t.test('a long reply is cut, and says so', (t) => {
  const long = failure({ response: `{"return": "${'A'.repeat(9_000)}"}` });
  const result = ruleResult({ id: 'a', suite: 's', title: 't', status: 'failed', failures: [long] });
  const text = reportPretty(runReport([result], { verdict: 'nonconformant' }), plain);
  t.match(text, /reply {5}\{"return": "A+ \.{3}\[8,014 bytes cut\]\.{3} A+"\}/);
  t.ok(text.length < 3_000);
  t.end();
});
