/**
 * The same seed sends the same bytes, another seed sends others.
 */
import t from 'tap';
import { proxied } from './hostile.js';
import { ran } from './support.js';

/** Where a run keeps its sockets is not for it to choose; how often it has to ask until something is so is neither. */
function settled(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/\/qmpspec-[A-Za-z0-9]{6}\//g, '/folder/')
    .replaceAll(/(\{"execute":"query-migrate","id":"p\d+"\}\n)+/g, '(polls)\n');
}

async function sent(seed: number, repeat = 1): Promise<string[]> {
  const { source, log } = proxied(undefined, { owned: true });
  const { exit } = await ran(source, {
    options: { seed, repeat, runs: 30, timeoutMs: 10_000, level: 'info' },
  });
  t.equal(exit, 0);
  return log.received.map(settled);
}

void t.test('what is sent is a function of the seed', async (t) => {
  const first = await sent(7);
  const second = await sent(7);
  t.equal(first.length, second.length);
  t.same(
    first.filter((bytes, index) => bytes !== second[index]),
    [],
  );
  t.ok(first.length > 150, 'every rule has connections of its own');
  const other = await sent(8);
  t.equal(other.length, first.length, 'a seed changes what is sent, not what is checked');
  t.ok(
    other.some((bytes, index) => bytes !== first[index]),
    'another seed sends something else',
  );
});
