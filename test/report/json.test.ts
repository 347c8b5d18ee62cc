import fc from 'fast-check';
import t from 'tap';
import { JsonReader, type Json } from '../../src/json/index.js';
import { reportJson, verifyDigest } from '../../src/report/json.js';
import { hostileReport } from './arbitrary.js';
import { conformant, samples } from './sample.js';

const parsed = (text: string) => JSON.parse(text) as Record<string, Json>;

void t.test('a report carries the digest of all the rest', (t) => {
  for (const report of Object.values(samples)) {
    const text = reportJson(report);
    t.ok(text.endsWith('}\n'));
    t.equal(text.split('\n')[1], '  "schemaVersion": 1,');
    const value = parsed(text);
    t.same({ ...value, digest: undefined }, { ...report, digest: undefined });
    t.equal(Object.keys(value).at(-1), 'digest');
    t.same(verifyDigest(value), { status: 'valid' });
  }
  t.end();
});

void t.test('the digest is that of the canonical text', (t) => {
  // sha256 of {"a":[1,{"b":"x","c":null}],"d":1.5}
  const computed = '6144362d6f590a4118c9f4b1c9c1243ab7be407acb9ec3381081b5682b57c9bb';
  t.same(verifyDigest({ d: 1.5, a: [1, { c: null, b: 'x' }] }), { status: 'missing', computed });
  t.same(verifyDigest({ d: 1.5, a: [1, { c: null, b: 'x' }], digest: computed }), { status: 'valid' });
  t.end();
});

void t.test('every change is seen', (t) => {
  const report = parsed(reportJson(conformant));
  const check = verifyDigest({ ...report, verdict: 'nonconformant' });
  t.equal(check.status, 'mismatch');
  t.match(check, { recorded: report.digest as string, computed: /^[0-9a-f]{64}$/ });
  t.equal(verifyDigest({ ...report, extra: 1 }).status, 'mismatch');
  t.equal(verifyDigest({ ...report, digest: null }).status, 'missing');
  t.equal(verifyDigest([]).status, 'missing');
  t.equal(verifyDigest(null).status, 'missing');
  t.end();
});

void t.test('order and white space do not count', (t) => {
  const report = parsed(reportJson(conformant));
  const turned = Object.fromEntries(Object.entries(report).reverse());
  t.same(verifyDigest(turned), { status: 'valid' });
  t.end();
});

void t.test('our own reader, which keeps doubles apart, finds the same digest', (t) => {
  const text = reportJson({ ...conformant, durationMs: 0.5, startedAt: 'caf\u00e9 \u{1f600}' });
  const [item] = new JsonReader().push(Buffer.from(text));
  t.same(item?.kind === 'value' && verifyDigest(item.value), { status: 'valid' });
  t.end();
});

void t.test('a report read back is the report, whatever is in it', (t) => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const value = parsed(reportJson(report));
      return verifyDigest(value).status === 'valid';
    }),
  );
  t.end();
});
