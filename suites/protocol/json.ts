import {
  commandNotFound,
  parseErrors,
  reply,
  replyWithoutId,
  genericError,
  success,
} from '../../src/judge/index.js';
import { writeJson } from '../../src/json/index.js';
import type { Probe, Rule } from '../../src/rules/index.js';
import { observed, rfc8259, spec } from '../citations.js';
import { bytes, jsonText, raw, singleQuoted } from '../request-text.js';

/** How many errors one bad text gives is open; more than this is no answer to it. */
const MOST_ERRORS = 6;

/**
 * Every text is no JSON: at least one error without id, and the session lives on. The line end behind it
 * ends what a malformed string or number may have left open.
 */
function refuses(texts: (ping: string) => readonly (string | Uint8Array)[]) {
  return async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    for (const text of texts(probe.info.ping)) await qmp.feed([text, '\n'], parseErrors(1, MOST_ERRORS));
  };
}

/** Every text is a request with id 1 in some unusual writing, and is executed. */
function accepts(texts: (ping: string) => readonly string[]) {
  return async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    for (const text of texts(probe.info.ping)) await qmp.line(text, reply(1, success));
  };
}

const STRINGS = '7, Strings';
const EXTENSION = 'Protocol Specification';

export const json: readonly Rule[] = [
  {
    kind: 'check',
    id: 'json.single-quotes',
    title: 'strings may stand in single quotes',
    level: 'should',
    since: '0.1.0',
    reference: spec(EXTENSION, 'The server also accepts strings in single quotes.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['single-quotes-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.line(
        jsonText`{'execute':${singleQuoted(probe.info.ping)},'id':'a"b'}`,
        reply('a"b', success),
      );
    },
  },
  {
    kind: 'check',
    id: 'json.escaped-apostrophe',
    title: "\\' is an escape in both kinds of strings",
    level: 'should',
    since: '0.1.0',
    reference: spec(EXTENSION, "Both forms of strings understand the escape \\' for a single quote."),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['single-quotes-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const { ping } = probe.info;
      await qmp.line(jsonText`{"execute":${ping},"id":"a\\'b"}`, reply("a'b", success));
      await qmp.line(jsonText`{'execute':${singleQuoted(ping)},'id':'a\\'b'}`, reply("a'b", success));
    },
  },
  {
    kind: 'check',
    id: 'json.escapes',
    title: 'every escape of JSON is understood, in names as well as in values',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      STRINGS,
      'Any character may be escaped, and two spellings of a string are the same string.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['escapes-in-names-unread'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const { ping } = probe.info;
      const code = ping.charCodeAt(0).toString(16).padStart(4, '0');
      const rest = writeJson(ping.slice(1)).slice(1, -1);
      await qmp.line(jsonText`{"\\u0065xecute":"\\u${raw(code)}${raw(rest)}","id":1}`, reply(1, success));
      await qmp.exchange(jsonText`{"execute":${ping},"id":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}`, {
        replies: [reply('"\\/\b\f\n\r\té', success)],
      });
    },
  },
  {
    kind: 'check',
    id: 'json.bad-escape',
    title: 'an unknown or incomplete escape is an error',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      STRINGS,
      'Only the listed characters may follow a backslash; \\u needs four hex digits.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['bad-escape-accepted'],
    check: refuses((ping) =>
      ['\\q', '\\u12', '\\u12g4', '\\x41', '\\U0041'].map(
        (text) => jsonText`{"execute":${ping},"id":"${raw(text)}"}`,
      ),
    ),
  },
  {
    kind: 'check',
    id: 'json.raw-control',
    title: 'a control character that stands unescaped in a string is an error',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(STRINGS, 'Control characters in strings must be escaped.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['raw-control-accepted'],
    check: refuses((ping) =>
      ['\t', '\n', '\x1f', '\x00'].map((text) => jsonText`{"execute":${ping},"id":"a${raw(text)}b"}`),
    ),
  },
  {
    kind: 'check',
    id: 'json.no-comments',
    title: 'a comment is an error, and the request behind it is executed',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259('2, JSON Grammar', 'JSON has no comments.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['comments-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const comment of ['/* x */', '// x\n', '# x\n']) {
        await qmp.feed(
          jsonText`${raw(comment)}{"execute":${probe.info.ping},"id":1}`,
          parseErrors(1, 2),
          reply(1, success),
        );
      }
    },
  },
  {
    kind: 'check',
    id: 'json.trailing-comma',
    title: 'a trailing comma is an error',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      '4, Objects; 5, Arrays',
      'A comma stands between members or elements, never behind the last.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['trailing-comma-accepted'],
    check: refuses((ping) => [
      jsonText`{"execute":${ping},}`,
      jsonText`{"execute":${ping},"id":[1,]}`,
      jsonText`{"execute":${ping},"id":{"a":1,}}`,
    ]),
  },
  {
    kind: 'check',
    id: 'json.structure',
    title: 'a missing colon, comma, name or value is an error',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      '4, Objects; 5, Arrays',
      'A member is a string, a colon and a value; elements have commas between.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['missing-colon-accepted'],
    check: refuses((ping) => [
      jsonText`{"execute" ${ping}}`,
      '{"execute":}',
      '{"execute"}',
      jsonText`{1:2,"execute":${ping}}`,
      jsonText`{"execute":${ping} "id":1}`,
      '[1 2]',
      '{,}',
      '[,]',
    ]),
  },
  {
    kind: 'check',
    id: 'json.keywords',
    title: 'only true, false and null in lower case are literals',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259('3, Values', 'The three literal names are in lower case, and there are no others.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['capital-keywords-accepted'],
    check: refuses((ping) => [
      'nope',
      'True',
      'NULL',
      jsonText`{"execute":${ping},"id":True}`,
      jsonText`{"execute":${ping},"id":nul}`,
    ]),
  },
  {
    kind: 'check',
    id: 'json.numbers',
    title: 'a number that breaks the grammar of JSON is an error',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      '6, Numbers',
      'No leading zeroes or plus signs, no bare points or exponents, decimal only.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['odd-numbers-accepted'],
    check: refuses((ping) =>
      ['01', '+1', '.5', '1.', '1e', '-', '0x10', 'NaN', 'Infinity', '1e+'].map(
        (text) => jsonText`{"execute":${ping},"id":${raw(text)}}`,
      ),
    ),
  },
  {
    kind: 'check',
    id: 'json.no-interpolation',
    title: 'a % outside of strings is an error, and inside of them plain text',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      '3, Values',
      'A value is an object, array, string, number or one of three literal names.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['interpolation-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const { ping } = probe.info;
      for (const text of ['%d', '%s', '%p']) {
        await qmp.feed(jsonText`{"execute":${ping},"id":${raw(text)}}\n`, parseErrors(1, MOST_ERRORS));
      }
      await qmp.ask({ execute: ping, id: '%s%d%%' }, success);
    },
  },
  {
    kind: 'check',
    id: 'json.non-object',
    title: 'a JSON value that is no object gives one error, and nothing inside it is executed',
    level: 'must',
    since: '0.1.0',
    reference: spec('Issuing Commands', 'A request is a JSON object.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['array-of-requests-executed', 'non-object-ignored'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const request = jsonText`{"execute":${probe.info.ping},"id":1}`;
      for (const text of ['null', 'true', '42', '-1.5', '"x"', '[]', `[${request}]`]) {
        await qmp.feed(`${text}\n`, replyWithoutId(genericError));
      }
    },
  },
  {
    kind: 'check',
    id: 'json.repeated-name',
    title: 'a member name that stands twice in an object is refused',
    level: 'info',
    since: '0.1.0',
    reference: spec(EXTENSION, 'What follows from repeating a name in an object is unpredictable.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['flawed-json-accepted'],
    check: refuses((ping) => [
      jsonText`{"execute":${ping},"id":1,"id":2}`,
      jsonText`{"execute":${ping},"id":{"a":1,"a":1}}`,
    ]),
  },
  {
    kind: 'check',
    id: 'utf8.valid',
    title: 'UTF-8 of up to four bytes is accepted in strings',
    level: 'must',
    since: '0.1.0',
    reference: spec(EXTENSION, 'The server expects its input to be encoded in UTF-8.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['non-ascii-input-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const id of ['\u0080', '߿', 'ࠀ', '\u{10000}', '\u{10fffd}']) {
        await qmp.line(jsonText`{"execute":${probe.info.ping},"id":"${raw(id)}"}`, reply(id, success));
      }
    },
  },
  {
    kind: 'check',
    id: 'utf8.invalid',
    title: 'bytes in a string that are no UTF-8 are an error without id',
    level: 'must',
    since: '0.1.0',
    reference: spec(EXTENSION, 'The server expects its input to be encoded in UTF-8.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['flawed-json-accepted'],
    check: refuses((ping) =>
      ['\xe9', '\x80', '\xc3', '\xe2\x82', '\xf8\x88\x80\x80\x80', '\xfd'].map((text) =>
        bytes(jsonText`{"execute":${ping},"id":"${raw(text)}"}`),
      ),
    ),
  },
  {
    kind: 'check',
    id: 'utf8.overlong',
    title: 'overlong forms and surrogates in UTF-8 are an error',
    level: 'should',
    since: '0.1.0',
    reference: observed('UTF-8', 'Only the shortest form of a character that may be encoded is UTF-8.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['flawed-json-accepted'],
    check: refuses((ping) =>
      [
        '\xc0\xaf',
        '\xe0\x80\xaf',
        '\xf0\x80\x80\xaf',
        '\xed\xa0\x80',
        '\xed\xbf\xbf',
        '\xf4\x90\x80\x80',
      ].map((text) => bytes(jsonText`{"execute":${ping},"id":"${raw(text)}"}`)),
    ),
  },
  {
    kind: 'check',
    id: 'utf8.surrogate-pair',
    title: 'an escaped surrogate pair is one character',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(STRINGS, 'A character beyond the basic plane is escaped as its surrogate pair.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['surrogate-pairs-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.line(jsonText`{"execute":${probe.info.ping},"id":"\\ud83d\\ude00"}`, reply('😀', success));
    },
  },
  {
    kind: 'check',
    id: 'utf8.nul',
    title: '\\u0000 is a character like any other',
    level: 'should',
    since: '0.1.0',
    reference: observed('UTF-8', 'An escaped NUL comes back intact, and makes a different name.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['strings-end-at-nul'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: probe.info.ping, id: 'a\0b' }, success);
      await qmp.ask({ execute: `${probe.info.ping}\0` }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'utf8.lone-surrogate',
    title: 'half a surrogate pair is an error',
    level: 'info',
    since: '0.1.0',
    reference: rfc8259(
      '8.2, Unicode Characters',
      'What follows from an escaped half of a surrogate pair is open.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['flawed-json-accepted'],
    check: refuses((ping) =>
      ['\\ud83d', '\\ude00', '\\ude00\\ud83d'].map(
        (text) => jsonText`{"execute":${ping},"id":"${raw(text)}"}`,
      ),
    ),
  },
  {
    kind: 'check',
    id: 'json.one-writing',
    title: 'a request means the same however its JSON is written',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259('4, Objects', 'Members of an object have no order, and white space has no meaning.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['member-order-matters'],
    check: accepts((ping) => [
      jsonText`{"id":1,"arguments":{},"execute":${ping}}`,
      jsonText`{"arguments":{},"id":1,"execute":${ping}}`,
      jsonText`{"id":1,"execute":${ping}}`,
    ]),
  },
];
