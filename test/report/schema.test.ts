import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import t from 'tap';
import { reportJson } from '../../src/report/json.js';
import { failure, ruleResult, runReport, samples } from './sample.js';

const schema = JSON.parse(readFileSync('fixtures/schemas/report.schema.json', 'utf8')) as AnySchemaObject;
// Strict, so that a misspelt keyword of the schema is an error; but it may speak of members that stand elsewhere.
const options = { strict: true, strictRequired: false, strictTypes: false, allErrors: true } as const;

/** A copy in which every object that names its members is closed, so that nothing undocumented can slip in. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, inner]) => [name, closed(inner)] as const);
  const copy = Object.fromEntries(members);
  return copy.type === 'object' && 'properties' in copy && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}

function document(report = runReport([])): Record<string, unknown> {
  return JSON.parse(reportJson(report)) as Record<string, unknown>;
}

/** The coverage of arguments of a sample, with other values for some members. */
function withArguments(change: (name: string) => unknown): unknown {
  const text = JSON.stringify(samples.conformant.coverage, (name, value: unknown) => change(name) ?? value);
  return JSON.parse(text);
}

void t.test('it is a JSON Schema of its draft', (t) => {
  const ajv = new Ajv2020(options);
  t.equal(ajv.validateSchema(schema), true, ajv.errorsText());
  t.end();
});

void t.test('reports are valid, and hold nothing that the schema does not name', (t) => {
  const open = new Ajv2020(options).compile(schema);
  const ajv = new Ajv2020(options);
  const strict = ajv.compile(closed(schema) as AnySchemaObject);
  for (const [name, report] of Object.entries(samples)) {
    t.equal(open(document(report)), true, name);
    t.equal(strict(document(report)), true, `${name}: ${ajv.errorsText(strict.errors)}`);
  }
  t.equal(strict({ ...document(), extra: 1 }), false);
  t.equal(open({ ...document(), extra: 1 }), true, 'adding is fine');
  t.end();
});

void t.test('broken reports are not valid', (t) => {
  const validate = new Ajv2020(options).compile(schema);
  const base = { id: 'a.b', suite: 'a', title: 'a holds' } as const;
  const good = document();
  t.equal(validate(good), true);
  for (const name of Object.keys(good)) {
    const rest = Object.entries(good).filter(([other]) => other !== name);
    t.equal(validate(Object.fromEntries(rest)), false, `without ${name}`);
  }
  const broken: Record<string, Record<string, unknown>> = {
    'another version': { schemaVersion: 2 },
    'a run that stopped and is complete': { stopped: 'interrupted' },
    'a run that is incomplete for no reason': { complete: false },
    'a verdict that does not exist': { verdict: 'passed' },
    'a seventh total': { totals: { ...(good.totals as object), flaky: 0 } },
    'a negative total': { totals: { ...(good.totals as object), failed: -1 } },
    'a local time': { startedAt: '2025-03-01T12:30:00+01:00' },
    'a short digest': { digest: 'ab' },
    'a target without address': { target: { protocol: 'qmp' } },
    'a text for a duration': { durationMs: '1 s' },
    'a failed rule without failures': { results: [ruleResult({ ...base, status: 'failed' })] },
    'a passed rule with failures': {
      results: [ruleResult({ ...base, status: 'passed', failures: [failure({})] })],
    },
    'a waived failure without waiver': {
      results: [ruleResult({ ...base, status: 'waived', failures: [failure({})] })],
    },
    'a skipped rule without reason': { results: [ruleResult({ ...base, status: 'skipped' })] },
    'an unknown status': { results: [{ ...ruleResult({ ...base, status: 'passed' }), status: 'flaky' }] },
    'a failure seen never': {
      results: [ruleResult({ ...base, status: 'failed', failures: [failure({ count: 0 })] })],
    },
    'an element that is not reached for no reason': {
      coverage: withArguments((name) => (name === 'why' ? 'weather' : undefined)),
    },
    'a command that may have been accepted': {
      coverage: withArguments((name) => (name === 'neverAccepted' ? false : undefined)),
    },
    'a coverage that does not count': { coverage: { commands: { quit: 1 }, events: {}, errorClasses: {} } },
  };
  for (const [what, change] of Object.entries(broken)) t.equal(validate({ ...good, ...change }), false, what);
  t.end();
});
