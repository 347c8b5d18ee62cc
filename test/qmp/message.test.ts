/**
 * Messages sorted by kind, and requests as they are sent.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { JsonReader, jsonEqual, jsonObject, type Json } from '../../src/json/index.js';
import { errorClass, messageKind, requestText, type MessageKind } from '../../src/qmp/index.js';
import { commonJson, SEED, values } from '../json/support.js';

void t.test('the kind of a message follows from its members', (t) => {
  const table: [MessageKind, Json][] = [
    ['greeting', { QMP: {} }],
    ['greeting', { QMP: null, id: 1 }],
    ['reply', { return: null }],
    ['reply', { error: null }],
    ['reply', { return: {}, error: {} }],
    ['reply', { return: {}, QMP: {} }],
    ['event', { event: 1 }],
    ['event', { event: 'STOP', return: {} }],
    ['other', {}],
    ['other', { id: 1 }],
    ['other', { qmp: {} }],
    ['other', []],
    ['other', null],
    ['other', 'event'],
    // What an object inherits is no member of it.
    ['other', jsonObject([['__proto__', { event: 'STOP' }]])],
    ['other', Object.create({ event: 'STOP' }) as Json],
  ];
  for (const [kind, value] of table) t.equal(messageKind(value), kind);
  t.end();
});

void t.test('the class of an error', (t) => {
  t.equal(errorClass({ error: { class: 'GenericError', desc: '' } }), 'GenericError');
  t.equal(errorClass({ error: { class: '' } }), '');
  for (const value of [
    null,
    [],
    {},
    { return: { class: 'x' } },
    { error: 'GenericError' },
    { error: {} },
    { error: { class: 1 } },
    { error: Object.create({ class: 'x' }) as Json },
  ]) {
    t.equal(errorClass(value), undefined);
  }
  t.end();
});

void t.test('a request is one compact line, with the members that it has', (t) => {
  t.equal(requestText({ execute: 'stop' }), '{"execute":"stop"}\n');
  t.equal(requestText({ execute: '', arguments: {}, id: null }), '{"execute":"","arguments":{},"id":null}\n');
  t.equal(
    requestText({ id: 2n ** 64n, 'exec-oob': 'yank' }),
    '{"exec-oob":"yank","id":18446744073709551616}\n',
  );
  t.equal(requestText({ execute: 'a', 'exec-oob': 'b' }), '{"execute":"a","exec-oob":"b"}\n');
  t.equal(requestText({}), '{}\n');
  t.end();
});

void t.test('any request is read as what was sent', (t) => {
  fc.assert(
    fc.property(fc.string(), commonJson, commonJson, (execute, args, id) => {
      const text = requestText({ execute, arguments: args, id });
      const read = values(new JsonReader().push(Buffer.from(text)));
      assert.equal(read.length, 1);
      assert.ok(jsonEqual(read[0] ?? null, { execute, arguments: args, id }), text);
      assert.equal(text.indexOf('\n'), text.length - 1);
    }),
    { seed: SEED, numRuns: 200 },
  );
  t.end();
});
