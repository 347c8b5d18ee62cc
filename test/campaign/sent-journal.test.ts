/**
 * All that a target was sent since its start.
 */
import t from 'tap';
import { byConnection, isCase, RECONNECT, type Sent } from '../../src/campaign/sent.js';
import { SentJournal } from '../../src/campaign/sent-journal.js';
import { requestText } from '../../src/qmp/index.js';
import { makePrivateFolder, removePrivateFolder } from '../../src/target/index.js';

function shown(sent: readonly Sent[] | undefined) {
  return sent?.map((one) => (isCase(one) ? one.request : one));
}

void t.test('what was written is read again, integers exact, connections apart', async (t) => {
  const folder = await makePrivateFolder();
  t.teardown(() => removePrivateFolder(folder));
  const journal = new SentJournal(folder, 'sent');
  t.strictSame(await journal.all(), []);
  const big = { execute: 'a', arguments: { n: 18446744073709551615n, path: '{dir}/x' } };
  journal.add(requestText(big, 1) + requestText({ execute: 'b' }, 2));
  journal.add(`"${RECONNECT}"\n`);
  journal.add(requestText({ execute: 'c', arguments: {} }, 'x'));
  t.same(shown(await journal.all()), [big, { execute: 'b' }, RECONNECT, { execute: 'c', arguments: {} }]);
  journal.add(requestText({ execute: 'd' }));
  t.equal((await journal.all())?.length, 5, 'it goes on');
  journal.clear();
  t.strictSame(await journal.all(), []);
});

void t.test('much of it is kept, and nothing of what is too much', async (t) => {
  const folder = await makePrivateFolder();
  t.teardown(() => removePrivateFolder(folder));
  const journal = new SentJournal(folder, 'sent', 2 ** 20);
  const piece = requestText({ execute: 'x', arguments: { text: 'y'.repeat(300_000) } });
  for (let count = 0; count < 3; count += 1) journal.add(piece);
  t.equal((await journal.all())?.length, 3);
  journal.add(piece);
  t.equal(await journal.all(), undefined);
});

void t.test('cases by connection', (t) => {
  const [a, b] = ['a', 'b'].map((execute): Sent => ({ request: { execute }, oneOf: [] }));
  if (a === undefined || b === undefined) throw new Error('there are two');
  t.strictSame(byConnection([RECONNECT, a, RECONNECT, RECONNECT, b, a]), [[a], [b, a]]);
  t.strictSame(byConnection([RECONNECT]), []);
  t.end();
});
