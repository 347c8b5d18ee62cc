/**
 * Replies judged by what was expected of them, and expectations in words.
 */
import t from 'tap';
import { Double, type Json, type JsonObject } from '../../src/json/index.js';
import {
  anyError,
  commandNotFound,
  describeExpectation,
  deviceNotFound,
  emptyReturn,
  error,
  genericError,
  judgeReplies,
  judgeReply,
  parseErrors,
  reply,
  replyWithoutId,
  returns,
  returnsJudged,
  returnsListing,
  returnsNotListing,
  returnsTyped,
  returnsWith,
  showJson,
  success,
  type Expectation,
  type JudgeContext,
  type Outcome,
} from '../../src/judge/index.js';
import { schemaOf } from '../qapi/support.js';

const schema = schemaOf(`
  { 'pragma': { 'command-returns-exceptions': [ 'count' ] } }
  { 'command': 'count', 'returns': [ 'str' ] }
`);

const judged: [rule: string, value: Json][] = [];
const context: JudgeContext = {
  schema,
  judgeReturn: (rule, value) => {
    judged.push([rule, value]);
    return value === 1 ? [] : [{ kind: 'not-one', message: 'it is not one' }];
  },
};

const failed = (name: Json): JsonObject => ({ error: { class: name, desc: '' } });

/** The kinds of findings for a reply without id that may have one of these outcomes. */
function kinds(value: Json, ...oneOf: Outcome[]): string[] {
  return judgeReply(value, { oneOf, id: 'any' }, context).map(({ kind }) => kind);
}

void t.test('a success, whatever it returns', (t) => {
  for (const value of [{}, null, false, 0, '', []]) t.strictSame(kinds({ return: value }, success), []);
  t.strictSame(kinds(failed('GenericError'), success), ['refused']);
  t.strictSame(kinds({ return: {}, error: {} }, success), ['refused'], 'an error is never overlooked');
  t.end();
});

void t.test('a success that returns exactly this', (t) => {
  t.strictSame(kinds({ return: {} }, emptyReturn), []);
  t.strictSame(kinds({ return: { x: 1 } }, emptyReturn), ['wrong-return']);
  t.strictSame(kinds({ return: [] }, emptyReturn), ['wrong-return']);
  t.strictSame(kinds({ return: null }, emptyReturn), ['wrong-return']);
  const value = { a: [1, { b: null }], c: 2n ** 64n };
  t.strictSame(kinds({ return: { c: 2n ** 64n, a: [new Double(1), { b: null }] } }, returns(value)), []);
  t.strictSame(kinds({ return: { c: 2n ** 64n + 1n, a: [1, { b: null }] } }, returns(value)), [
    'wrong-return',
  ]);
  t.strictSame(kinds({ return: { c: 2n ** 64n, a: [1] } }, returns(value)), ['wrong-return']);
  t.match(judgeReply({ return: 7 }, reply(1, emptyReturn), context).at(-1), {
    kind: 'wrong-return',
    path: 'return',
    message: 'it returned 7',
  });
  t.end();
});

void t.test('downstream members make no difference, at any depth', (t) => {
  t.strictSame(kinds({ return: { __x: 1 } }, emptyReturn), []);
  t.strictSame(kinds({ return: [{ a: 1, __x: 1 }] }, returns([{ a: 1 }])), []);
  t.strictSame(kinds({ return: [{ a: 1, _x: 1 }] }, returns([{ a: 1 }])), ['wrong-return']);
  t.strictSame(kinds({ return: [{ a: 1, __x: 1 }] }, returnsListing({ a: 1 })), []);
  t.strictSame(kinds({ return: [{ a: 1, __x: 1 }] }, returnsNotListing({ a: 1 })), ['still-listed']);
  t.strictSame(kinds({ return: { a: { b: 1, __x: 1 } } }, returnsWith({ a: { b: 1 } })), []);
  // One that is expected has to be there, and as it is expected.
  t.strictSame(kinds({ return: {} }, returns({ __x: 1 })), ['wrong-return']);
  t.strictSame(kinds({ return: { __x: 2 } }, returns({ __x: 1 })), ['wrong-return']);
  t.end();
});

void t.test('a success that returns what the schema declares', (t) => {
  t.strictSame(kinds({ return: ['a'] }, returnsTyped('count')), []);
  const [finding, ...others] = judgeReply(
    { return: ['a', 1] },
    { oneOf: [returnsTyped('count')], id: 'any' },
    context,
  );
  t.match(finding, {
    kind: 'wrong-type',
    path: 'return[1]',
    message: 'an integer stands where a string is due',
    due: 'a string',
    found: 1,
    command: 'count',
  });
  t.strictSame(others, []);
  t.strictSame(kinds({ return: 1 }, returnsTyped('unknown')), [], 'nobody knows what it returns');
  const blind: JudgeContext = { ...context, schema: undefined };
  t.strictSame(judgeReply({ return: 1 }, { oneOf: [returnsTyped('count')], id: 'any' }, blind), []);
  t.end();
});

void t.test('a success that returns a list with or without an element', (t) => {
  const list = { return: [{ id: 'a' }, { id: 'b' }] };
  t.strictSame(kinds(list, returnsListing({ id: 'b' })), []);
  t.strictSame(kinds(list, returnsListing({ id: 'c' })), ['not-listed']);
  t.strictSame(kinds(list, returnsNotListing({ id: 'c' })), []);
  t.strictSame(kinds(list, returnsNotListing({ id: 'a' })), ['still-listed']);
  t.strictSame(kinds({ return: {} }, returnsNotListing({ id: 'a' })), ['wrong-return']);
  t.strictSame(kinds({ return: [] }, returnsNotListing(null)), []);
  t.end();
});

void t.test('a success that returns an object with these members', (t) => {
  const value = { return: { a: 1, b: [2], c: null } };
  t.strictSame(kinds(value, returnsWith({})), []);
  t.strictSame(kinds(value, returnsWith({ b: [2], c: null })), []);
  t.strictSame(kinds(value, returnsWith({ a: 2 })), ['wrong-return']);
  t.strictSame(kinds(value, returnsWith({ d: null })), ['wrong-return']);
  t.strictSame(kinds(value, returnsWith({ toString: null })), ['wrong-return']);
  t.match(judgeReply(value, { oneOf: [returnsWith({ a: 1, b: 2 })], id: 'any' }, context), [
    { path: 'return.b' },
  ]);
  t.strictSame(kinds({ return: [] }, returnsWith({ length: 0 })), ['wrong-return']);
  t.end();
});

void t.test('a success that a rule judges by itself', (t) => {
  judged.length = 0;
  t.strictSame(kinds({ return: 1 }, returnsJudged('some.rule')), []);
  t.strictSame(kinds({ return: 2 }, returnsJudged('some.rule')), ['not-one']);
  t.strictSame(kinds(failed('GenericError'), returnsJudged('some.rule')), ['refused']);
  t.strictSame(judged, [
    ['some.rule', 1],
    ['some.rule', 2],
  ]);
  t.end();
});

void t.test('an error of one of these classes', (t) => {
  t.strictSame(kinds(failed('GenericError'), genericError), []);
  t.strictSame(kinds(failed('DeviceNotFound'), error('GenericError', 'DeviceNotFound')), []);
  t.strictSame(kinds(failed('DeviceNotFound'), genericError, deviceNotFound), []);
  t.strictSame(kinds(failed('DeviceNotFound'), genericError), ['wrong-class']);
  t.strictSame(kinds(failed('genericerror'), anyError), ['wrong-class']);
  for (const value of [1, null, {}]) t.strictSame(kinds(failed(value), anyError), ['wrong-class']);
  for (const value of [null, 'GenericError', {}, []]) {
    t.strictSame(kinds({ error: value }, anyError), ['wrong-class']);
  }
  t.strictSame(kinds({ return: {} }, genericError), ['accepted']);
  t.strictSame(kinds({ return: {} }, genericError, emptyReturn), [], 'or a success');
  t.strictSame(kinds({ return: 1 }, genericError, emptyReturn), ['wrong-return']);
  t.strictSame(kinds(failed('CommandNotFound'), success, genericError), ['wrong-class']);
  t.end();
});

void t.test('what is no reply at all', (t) => {
  t.strictSame(kinds({}, success), ['no-outcome']);
  t.strictSame(kinds({ QMP: {} }, success), ['no-outcome']);
  for (const value of [null, [], 'x', 1, [{ return: {} }]])
    t.strictSame(kinds(value, success), ['not-an-object']);
  t.strictSame(kinds(Object.create({ return: {} }) as Json, success), ['no-outcome']);
  t.end();
});

void t.test('ids of all sorts', (t) => {
  const ids: Json[] = [
    null,
    false,
    '',
    'é',
    0,
    -1,
    2n ** 64n - 1n,
    new Double(0.1),
    [],
    {},
    { a: [{ b: null }] },
  ];
  const kindsOf = (value: Json, id: Json): string[] =>
    judgeReply(value, reply(id, success), context).map(({ kind }) => kind);
  for (const id of ids) {
    t.strictSame(kindsOf({ return: {}, id }, id), []);
    t.strictSame(kindsOf({ return: {} }, id), ['id-missing']);
    t.strictSame(kindsOf({ return: {}, id: 'other' }, id), ['id-differs']);
    t.strictSame(judgeReply({ return: {}, id }, replyWithoutId(success), context), [
      { kind: 'unexpected-id', message: `the reply carries an id that was never sent: ${showJson(id)}` },
    ]);
    t.strictSame(judgeReply({ return: {}, id }, { oneOf: [success], id: 'any' }, context), []);
  }
  t.strictSame(kindsOf({ return: {}, id: 2 ** 53 }, 2n ** 53n + 1n), ['id-differs'], 'exactly');
  t.strictSame(kindsOf({ return: {}, id: new Double(1) }, 1), [], 'numbers are compared as numbers');
  t.strictSame(kindsOf({ return: {}, id: '1' }, 1), ['id-differs']);
  t.strictSame(
    kindsOf({ return: {}, id: { a: 1, __b: 1 } }, { a: 1 }),
    ['id-differs'],
    'nothing is added to ids',
  );
  t.strictSame(kindsOf(failed('GenericError'), 1), ['id-missing', 'refused'], 'both are told');
  t.end();
});

/** The kinds of findings for a run of replies. */
function judge(replies: readonly Json[], expectation: Expectation): string[] {
  return judgeReplies(replies, expectation, context).map(({ kind }) => kind);
}

const ok = (id?: Json): Json => (id === undefined ? { return: {} } : { return: {}, id });
const bad = { error: { class: 'GenericError', desc: '' } };

void t.test('replies in their order', (t) => {
  const expectation = { replies: [reply(1, success), reply(2, genericError), reply(3, success)] };
  t.strictSame(judge([ok(1), { ...bad, id: 2 }, ok(3)], expectation), []);
  t.strictSame(judge([], { replies: [] }), []);
  t.strictSame(judge([ok(1)], expectation), ['reply-missing']);
  t.strictSame(judgeReplies([], expectation, context), [
    { kind: 'reply-missing', message: '3 of the expected replies did not come' },
  ]);
  t.strictSame(judge([ok(1), ok(3), { ...bad, id: 2 }], expectation), [
    'id-differs',
    'accepted',
    'id-differs',
    'refused',
  ]);
  t.strictSame(judge([ok(1), { ...bad, id: 2 }, ok(3), ok(4)], expectation), ['extra-reply']);
  t.strictSame(judge([ok(1), { ...bad, id: 2 }, ok(3), ok(3)], expectation), ['extra-reply'], 'once more');
  t.strictSame(judge([ok()], { replies: [] }), ['extra-reply']);
  t.end();
});

void t.test('replies in any order', (t) => {
  const expectation = {
    replies: [reply(1, success), reply(2, genericError), reply(2, genericError)],
    anyOrder: true,
  };
  const two = { ...bad, id: 2 };
  for (const replies of [
    [ok(1), two, two],
    [two, ok(1), two],
    [two, two, ok(1)],
  ]) {
    t.strictSame(judge(replies, expectation), []);
  }
  t.strictSame(judge([two, ok(1)], expectation), ['reply-missing']);
  t.strictSame(judge([two, two, two, ok(1)], expectation).includes('extra-reply'), true);
  t.strictSame(judge([ok(1), ok(1), two], expectation), ['id-differs', 'accepted']);
  t.end();
});

void t.test('runs of like replies', (t) => {
  const expectation = { replies: [parseErrors(1, 3), reply(1, success)] };
  for (const count of [1, 2, 3]) {
    t.strictSame(judge([...Array.from({ length: count }, () => bad), ok(1)], expectation), [], `${count}`);
  }
  t.ok(judge([ok(1)], expectation).length > 0, 'too few');
  t.ok(judge([bad, bad, bad, bad, ok(1)], expectation).length > 0, 'too many');
  t.strictSame(judge([bad, bad], expectation), ['reply-missing']);
  t.ok(judge([bad, ok(1), bad], expectation).length > 0, 'not in their place');
  const none = { replies: [parseErrors(0, 2), reply(1, success), parseErrors(0, 1)] };
  t.strictSame(judge([ok(1)], none), []);
  t.strictSame(judge([bad, ok(1), bad], none), []);
  t.ok(judge([ok(1), bad, bad], none).length > 0);
  t.end();
});

void t.test('expectations in words', (t) => {
  const table: [Expectation, string][] = [
    [{ replies: [] }, 'no reply'],
    [{ replies: [reply(1, success)] }, 'a success with id 1'],
    [{ replies: [replyWithoutId(emptyReturn)] }, 'a success that returns {} without id'],
    [{ replies: [{ oneOf: [anyError], id: 'any' }] }, 'an error of the enumeration'],
    [
      { replies: [reply('a', genericError, commandNotFound), reply(null, success)] },
      'an error of class GenericError or an error of class CommandNotFound with id "a", then a success with id null',
    ],
    [
      { replies: [reply(1, error('A', 'B')), reply(2, success)], anyOrder: true },
      'an error of class A or B with id 1 and a success with id 2',
    ],
    [{ replies: [parseErrors(1, 3)] }, '1 to 3 × an error of class GenericError without id'],
    [{ replies: [parseErrors(2, 2)] }, '2 × an error of class GenericError without id'],
    [
      { replies: [{ oneOf: [returnsTyped('stop')], id: 'any' }] },
      'a success that returns what the schema declares for stop',
    ],
    [{ replies: [{ oneOf: [returnsListing(1)], id: 'any' }] }, 'a success that returns a list with 1'],
    [{ replies: [{ oneOf: [returnsNotListing(1)], id: 'any' }] }, 'a success that returns a list without 1'],
    [
      { replies: [{ oneOf: [returnsWith({ a: 1 })], id: 'any' }] },
      'a success that returns an object with {"a":1}',
    ],
    [
      { replies: [{ oneOf: [returnsJudged('r')], id: 'any' }] },
      'a success whose value fulfils the requirement',
    ],
    [{ replies: [], events: ['STOP', 'RESUME'] }, 'no reply; the event STOP, RESUME'],
    [{ replies: [], events: [], noEvents: [] }, 'no reply'],
    [{ replies: [], noEvents: ['STOP'] }, 'no reply; no event STOP'],
    [{ replies: [], noEvents: ['*', 'STOP'], close: true }, 'no reply; no event; the end of the connection'],
  ];
  for (const [expectation, text] of table) t.equal(describeExpectation(expectation), text);
  t.end();
});

void t.test('values in messages are cut', (t) => {
  t.equal(showJson({ a: 1 }), '{"a":1}');
  t.equal(showJson('x'.repeat(198)).length, 200);
  t.equal(showJson('x'.repeat(199)), `"${'x'.repeat(196)}...`);
  t.equal(showJson('x'.repeat(100), 10), '"xxxxxx...');
  t.end();
});
