/**
 * The list of faults, as people see it. What each of them does is shown by the selftest.
 */
import t from 'tap';
import { faults, faultsById } from '../../src/fake/index.js';
import { InputError } from '../../src/input-error.js';
import { Client, startFake } from './support.js';

/** Words that a title may begin with although they have a capital. */
const NAMES = /^(NBD|RESUME|STOP|True)\b/;

void t.test('ids are slugs, each of one fault', (t) => {
  t.ok(faults.length > 50, `${faults.length} faults`);
  const ids = faults.map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  for (const id of ids) t.match(id, /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
  t.end();
});

void t.test('titles are statements, each of one fault', (t) => {
  const titles = faults.map(({ title }) => title);
  t.equal(new Set(titles).size, titles.length);
  for (const title of titles) {
    t.match(title, /^[^\n]{10,110}$/, title);
    t.notMatch(title, /[.!?]$| $|^ | {2}/, title);
    t.ok(/^[a-z0-9']/.test(title) || NAMES.test(title), title);
  }
  t.end();
});

void t.test('faults are found by their ids', (t) => {
  const [first, second] = faults;
  t.strictSame(faultsById([]), []);
  t.strictSame(faultsById([second?.id ?? '', first?.id ?? '']), [second, first]);
  t.throws(
    () => faultsById([first?.id ?? '', 'lf-onl']),
    new InputError("there is no fault 'lf-onl' (did you mean 'lf-only'?); see qmpspec faults"),
  );
  t.throws(
    () => faultsById(['zzzzzzzzzzzz']),
    new InputError("there is no fault 'zzzzzzzzzzzz'; see qmpspec faults"),
  );
  t.end();
});

void t.test('several faults can be shown at once, and only those', async (t) => {
  const server = await startFake(t, { faults: faultsById(['greeting-twice', 'id-lost']) });
  const client = await Client.connect(t, server.endpoint);
  t.strictSame(Object.keys((await client.next()) ?? {}), ['QMP']);
  client.send('{"execute":"qmp_capabilities","id":1}{"execute":"nope","id":2}');
  t.strictSame(await client.words(2), ['ok', 'CommandNotFound 2']);
  const clean = await startFake(t);
  const other = await Client.connect(t, clean.endpoint);
  t.strictSame(await other.exchange('{"execute":"qmp_capabilities","id":1}'), ['ok 1']);
});
