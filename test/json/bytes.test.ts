import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { ByteBuffer } from '../../src/json/bytes.js';
import { SEED } from './support.js';

void t.test('a byte buffer holds what was appended, up to its limit', (t) => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, fc.nat(300), fc.nat(5), (list, limit, skipped) => {
      const buffer = new ByteBuffer(limit);
      for (let round = 0; round < 2; round += 1) {
        for (const piece of list) buffer.append(piece, Math.min(skipped, piece.length), piece.length);
        const whole = Buffer.concat(list.map((piece) => piece.subarray(skipped)));
        assert.deepStrictEqual(buffer.bytes.subarray(0, buffer.length), whole.subarray(0, limit));
        buffer.clear();
        assert.equal(buffer.length, 0);
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
  t.end();
});

void t.test('a byte buffer lets go of much memory, and grows by doubling', (t) => {
  const buffer = new ByteBuffer(Infinity);
  let allocations = 0;
  let storage = buffer.bytes;
  for (let count = 0; count < 1_000_000; count += 1) {
    buffer.append(Buffer.of(1), 0, 1);
    if (buffer.bytes !== storage) allocations += 1;
    storage = buffer.bytes;
  }
  t.equal(buffer.length, 1_000_000);
  t.ok(allocations < 25, `${allocations} allocations`);
  buffer.clear();
  t.equal(buffer.bytes.length, 0);
  t.end();
});
