import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { validateXML } from 'xmllint-wasm';
import { reportJunit } from '../../src/report/junit.js';
import type { RunReport } from '../../src/result/index.js';
import { hostileReport } from './arbitrary.js';
import { golden } from './golden.js';
import { conformant, failure, ruleResult, runReport, samples } from './sample.js';

const schema = readFileSync('test/report/junit.xsd', 'utf8');

/** What xmllint says against these documents, all in one go: starting it takes longer than checking. */
async function errorsIn(documents: readonly string[]): Promise<string[]> {
  const xml = documents.map((contents, index) => ({ fileName: `junit-${index}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema });
  return errors.map(({ message }) => message);
}

for (const [name, report] of Object.entries(samples)) {
  void t.test(`JUnit of ${name}`, async (t) => {
    const text = reportJunit(report);
    golden(t, `${name}.xml`, text);
    t.same(await errorsIn([text]), []);
  });
}

void t.test('the schema refuses what is no JUnit', async (t) => {
  const good = reportJunit(conformant);
  for (const [what, bad] of [
    ['an unknown element', good.replace('<properties>', '<props/><properties>')],
    ['a missing count', good.replace(/ tests="\d+"/, '')],
    ['a time that is no number', good.replace(/ time="[^"]*"/, ' time="1 s"')],
    ['two outcomes', good.replace('<skipped ', '<failure message="x"/><skipped ')],
    ['a control character', good.replace('qmpspec', 'qmp\u0001spec')],
  ] as const) {
    t.not(bad, good, `${what}: the document was changed`);
    t.not((await errorsIn([bad])).length, 0, what);
  }
});

void t.test('every report is a valid document, whatever is in it', async (t) => {
  const reports = fc.sample(hostileReport, 150);
  t.same(await errorsIn(reports.map(reportJunit)), []);
});

void t.test('counts add up, and a red report is red', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const { tests, cases, bad, marks } = countIn(reportJunit(report));
      return tests === cases && bad === marks;
    }),
    { numRuns: 60 },
  );
  t.end();
});

function countIn(text: string): { tests: number; cases: number; bad: number; marks: number } {
  const root = /<testsuites [^>]*>/.exec(text)?.[0] ?? '';
  const attribute = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(root)?.[1]);
  return {
    tests: attribute('tests'),
    cases: text.match(/<testcase /g)?.length ?? 0,
    bad: attribute('failures') + attribute('errors'),
    marks: text.match(/<(?:failure|error) /g)?.length ?? 0,
  };
}

void t.test('a run that was cut short is never all green', (t) => {
  const cut: RunReport = { ...conformant, complete: false, stopped: 'interrupted' };
  t.equal(countIn(reportJunit(conformant)).bad, 0);
  t.equal(countIn(reportJunit(cut)).bad, 1);
  t.match(reportJunit(cut), /<testsuite name="run" tests="1"/);
  t.end();
});

void t.test('line breaks survive in attributes and in text', (t) => {
  const result = ruleResult({
    id: 'a.b',
    suite: 's',
    title: 't',
    status: 'failed',
    failures: [failure({ message: 'one\ntwo', response: 'x\ny' })],
  });
  const text = reportJunit(runReport([result], { verdict: 'nonconformant' }));
  t.match(text, 'message="one&#xA;two"');
  t.match(text, 'reply     x\n          y\n');
  t.end();
});
