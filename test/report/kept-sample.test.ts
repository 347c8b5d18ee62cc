/**
 * The report that is kept for people to look at is one that this version writes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import t from 'tap';
import type { Json } from '../../src/json/index.js';
import { verifyDigest } from '../../src/report/json.js';
import type { RunReport } from '../../src/result/index.js';
import { suites } from '../../suites/index.js';

const FOLDER = 'reports/sample';
const text = readFileSync(`${FOLDER}/report.json`, 'utf8');
const report = JSON.parse(text) as RunReport;

function validator(name: string): (value: unknown) => boolean {
  const text = readFileSync(`fixtures/schemas/${name}.schema.json`, 'utf8');
  return new Ajv2020({ strict: false }).compile(JSON.parse(text) as AnySchemaObject);
}

void t.test('it is a report of all rules, by the faults that its target shows', (t) => {
  t.equal(validator('report')(report), true);
  t.equal(verifyDigest(JSON.parse(text) as Json).status, 'valid');
  t.same(
    report.results.map(({ id, title }) => [id, title]),
    suites.flatMap(({ rules }) => rules.map(({ id, title }) => [id, title])),
    'npm run sample writes it anew',
  );
  const faults = [...(report.target.command?.matchAll(/--fault (\S+)/g) ?? [])].map(([, id = '']) => id);
  t.equal(faults.length, 3);
  const caught = report.results.flatMap(({ id, status }) => (status === 'failed' ? [id] : []));
  const detected = suites.flatMap(({ rules }) =>
    rules.filter(({ id }) => caught.includes(id)).flatMap(({ detects }) => detects),
  );
  for (const fault of faults) t.ok(detected.includes(fault), fault);
  t.end();
});

void t.test('every replay line names a transcript that is there', (t) => {
  const lines = report.results.flatMap(({ failures }) => failures.map(({ replay }) => replay));
  const named = lines.map((line) => line.split(' ')[3] ?? '');
  t.equal(
    named.every((path) => existsSync(path)),
    true,
  );
  t.same(named.map((path) => path.replace(/.*\//, '')).sort(), readdirSync(`${FOLDER}/replay`).sort());
  const isTranscript = validator('transcript');
  for (const path of named) t.equal(isTranscript(JSON.parse(readFileSync(path, 'utf8'))), true, path);
  t.end();
});
