import { commandNotFound, genericError, reply, replyWithoutId, success } from '../../src/judge/index.js';
import { jsonObject, type Json } from '../../src/json/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, spec } from '../citations.js';
import { NO_COMMAND, jsonText } from '../request-text.js';

const SECTION = 'Commands Responses';
const MAY_BE_ANY = 'Issuing Commands';

export const ids: readonly Rule[] = [
  {
    kind: 'check',
    id: 'id.echo',
    title: 'the id of a request comes back with its success',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A response carries the id that its command was issued with.'),
    needs: { protocol: 'any', profile: 'readonly' },
    everyExchange: ['id-missing', 'id-differs'],
    detects: ['id-lost'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const id of ['x', 1]) await qmp.ask({ execute: probe.info.ping, id }, success);
    },
  },
  {
    kind: 'check',
    id: 'id.echo-error',
    title: 'the id of a request comes back with its error, also when the request is malformed',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'An error response carries the id too, when it could be read.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-lost-on-errors', 'id-lost-on-envelope-errors'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: NO_COMMAND, id: 'e1' }, commandNotFound);
      await qmp.ask({ execute: probe.info.ping, arguments: { x: 1 }, id: 'e2' }, genericError);
      await qmp.line('{"execute":1,"id":"e3"}', reply('e3', genericError));
      await qmp.line('{"id":"e4"}', reply('e4', genericError));
    },
  },
  {
    kind: 'check',
    id: 'id.absent',
    title: 'a reply to a request without an id has none',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'The id is in the response if the client issued one.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-invented'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.line(jsonText`{"execute":${probe.info.ping}}`, replyWithoutId(success));
      await qmp.line(jsonText`{"execute":${NO_COMMAND}}`, replyWithoutId(commandNotFound));
    },
  },
  {
    kind: 'check',
    id: 'id.unreadable',
    title: 'a reply to what is no JSON has no id, even if the text had one',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'Errors from before the id could be read do not carry it.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-guessed'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.feed('{"id":5,"execute":}\n', replyWithoutId(genericError));
    },
  },
  {
    kind: 'check',
    id: 'id.any-json',
    title: 'any JSON value may be an id',
    level: 'must',
    since: '0.1.0',
    reference: spec(MAY_BE_ANY, 'The id can be any JSON value.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-null-lost', 'id-false-lost', 'id-stringified'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const values: Json[] = [null, false, true, 0, -1, '', 'x', [], {}, [null], [[]], { '': {} }, { id: 1 }];
      for (const id of values) await qmp.ask({ execute: probe.info.ping, id }, success);
    },
  },
  {
    kind: 'check',
    id: 'id.nested',
    title: 'a nested id comes back complete',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A response carries the same id; members of objects may change their order.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-flattened'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const hostile = jsonObject([
        ['__proto__', { polluted: true }],
        ['constructor', null],
      ]);
      const values: Json[] = [
        { z: 1, a: [{ b: null }], m: true },
        [1, 'two', [3, [4, { five: [] }]]],
        hostile,
      ];
      for (const id of values) await qmp.ask({ execute: probe.info.ping, id }, success);
    },
  },
  {
    kind: 'check',
    id: 'id.not-unique',
    title: 'several requests may have the same id',
    level: 'must',
    since: '0.1.0',
    reference: spec(MAY_BE_ANY, 'The id means nothing to the server.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['repeated-id-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (let round = 0; round < 3; round += 1) await qmp.ask({ execute: probe.info.ping, id: 7 }, success);
    },
  },
  {
    kind: 'check',
    id: 'id.integers',
    title: 'integers from -2^63 to 2^64-1 come back digit for digit',
    level: 'should',
    since: '0.1.0',
    reference: observed('Ids', 'All 64 bits of an integer are kept, signed or unsigned.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-rounded', 'id-32-bit', 'id-unsigned-lost'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const exponents = [31n, 32n, 53n, 60n, 62n];
      const values = [
        ...exponents.flatMap((exponent) => [
          2n ** exponent - 1n,
          2n ** exponent,
          2n ** exponent + 1n,
          -(2n ** exponent) - 1n,
        ]),
        2n ** 63n - 1n,
        -(2n ** 63n),
        2n ** 63n,
        2n ** 64n - 1n,
      ];
      for (const id of values)
        await qmp.ask(
          { execute: probe.info.ping, id: Number.isSafeInteger(Number(id)) ? Number(id) : id },
          success,
        );
    },
  },
  {
    kind: 'check',
    id: 'id.doubles',
    title: 'a double comes back as the same double',
    level: 'info',
    since: '0.1.0',
    reference: observed('Ids', 'Doubles keep their value, not their text; release 5.2 keeps six decimals.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-double-truncated'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const id of [0.1, 3.141592653589793, 1e-7, 1e21, -2.5])
        await qmp.ask({ execute: probe.info.ping, id }, success);
    },
  },
  {
    kind: 'check',
    id: 'id.overflow',
    title: 'a number too large for a double does not make the reply invalid JSON',
    level: 'must',
    since: '0.1.0',
    reference: spec('Compatibility Considerations', 'The server guarantees to send valid JSON.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['infinite-id'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.line(jsonText`{"execute":${probe.info.ping},"id":1e309}`, {
        oneOf: [success, genericError],
        id: 'any',
      });
    },
  },
  {
    kind: 'check',
    id: 'id.long',
    title: 'a long id comes back whole',
    level: 'should',
    since: '0.1.0',
    reference: observed('Ids', 'Nothing limits the length of an id but the limits of a request.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-truncated'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const values: Json[] = ['x'.repeat(5000), Array.from({ length: 1000 }, () => 0)];
      for (const id of values) await qmp.ask({ execute: probe.info.ping, id }, success);
    },
  },
  {
    kind: 'check',
    id: 'id.random',
    title: 'whatever JSON value an id is, it comes back equal',
    level: 'must',
    since: '0.1.0',
    reference: spec(MAY_BE_ANY, 'The id can be any JSON value.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['id-rounded', 'id-strings-truncated'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const { randomIds } = await import('../random-ids.js');
      const { ping } = probe.info;
      await qmp.pipeline(
        randomIds(probe.seed, probe.runs, (id) => ({ request: { execute: ping, id }, oneOf: [success] })),
      );
    },
  },
];
