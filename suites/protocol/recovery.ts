import { genericError, parseErrors, reply, replyWithoutId, success } from '../../src/judge/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, spec } from '../citations.js';
import { bytes, jsonText, raw } from '../request-text.js';

const SECTION = 'Forcing the JSON parser into known-good state';
/** Resets the parser; a control character other than TAB, CR and LF does. */
const RESET = '\x01';

export const recovery: readonly Rule[] = [
  {
    kind: 'check',
    id: 'recover.after-syntax-error',
    title: 'after a value of wrong syntax the next request is executed',
    level: 'must',
    since: '0.1.0',
    reference: observed(
      'Parser recovery',
      'An error ends with the value that it is in; what follows is read anew.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['no-recovery'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const text of ['{]\n', '{"execute":}\n', '[1 2]\n', '}\n', ']\n', ':\n']) {
        await qmp.feed(
          jsonText`${raw(text)}{"execute":${probe.info.ping},"id":1}\n`,
          parseErrors(1, 3),
          reply(1, success),
        );
      }
    },
  },
  {
    kind: 'check',
    id: 'recover.control-character',
    title: 'a control character other than TAB, CR and LF drops an unfinished request with one error',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'Such a character provokes a lexical error that brings the parser to a known-good state.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['control-characters-skipped'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const request = jsonText`{"execute":${probe.info.ping}`;
      for (let code = 0; code < 0x20; code += 1) {
        const character = String.fromCharCode(code);
        if ('\t\n\r'.includes(character)) continue;
        await qmp.feed(
          jsonText`${raw(request)}${raw(character)}${raw(request)},"id":1}\n`,
          replyWithoutId(genericError),
          reply(1, success),
        );
      }
    },
  },
  {
    kind: 'check',
    id: 'recover.ff',
    title: 'a byte 0xFF drops an unfinished request, also in the middle of a string',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'Where control characters do not help, the byte 0xFF does.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['ff-in-strings-skipped'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const request = jsonText`{"execute":${probe.info.ping},"id":1}\n`;
      for (const start of ['{"execute":', '{"execute":"que', '{"execute":"\\', '[[[{"a":']) {
        await qmp.feed(bytes(`${start}\xff${request}`), replyWithoutId(genericError), reply(1, success));
      }
    },
  },
  {
    kind: 'check',
    id: 'recover.idle',
    title: 'each resetting byte gives one error, also when nothing is pending',
    level: 'should',
    since: '0.1.0',
    reference: observed('Parser recovery', 'A byte that cannot start a token is an error of its own.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['idle-reset-ignored'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.feed(bytes(`${RESET}${RESET}\xff`), parseErrors(3, 3));
    },
  },
  {
    kind: 'check',
    id: 'recover.half-request',
    title: 'half a request is answered by nothing until the parser is reset',
    level: 'should',
    since: '0.1.0',
    reference: observed('Parser recovery', 'A request is looked at when it is complete.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['line-end-completes-request'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const half = jsonText`{"execute":${probe.info.ping},"id":1`;
      await qmp.feed([`${half}\r\n`, '\n', RESET], replyWithoutId(genericError));
      await qmp.exchange([`${half}\r\n`, '\n}\n'], { replies: [reply(1, success)] });
    },
  },
  {
    kind: 'check',
    id: 'recover.nested-not-executed',
    title: 'a request inside a broken value is not executed',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Parser recovery',
      'A broken value is dropped as a whole, up to where its brackets balance.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['nested-request-executed'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const request = jsonText`{"execute":${probe.info.ping},"id":1}`;
      for (const text of [`{:${request}}`, `[1 ${request}]`, jsonText`{"a" ${raw(request)}}`]) {
        await qmp.feed(`${text}\n`, replyWithoutId(genericError));
      }
    },
  },
  {
    kind: 'check',
    id: 'recover.after-garbage',
    title: 'after any garbage a reset brings the session back',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A client that provokes a lexical error can go on, whatever was sent before.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['no-recovery'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const garbage of await garbageOf(probe.seed, probe.runs)) {
        await qmp.feed(Buffer.concat([garbage, bytes(RESET)]), parseErrors(0, garbage.length + 2));
      }
    },
  },
  {
    kind: 'check',
    id: 'limit.deep-nesting',
    title: 'a request nested too deeply is refused, and the server survives',
    level: 'must',
    since: '0.1.0',
    reference: observed('Limits', 'A limit on nesting guards the server; the session goes on behind it.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['deep-nesting-ends-connection', 'no-nesting-limit'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      // Left open: most releases answer every bracket that closes what is not open any more.
      const deep = jsonText`{"execute":${probe.info.ping},"arguments":{"x":${raw('['.repeat(1100))}`;
      await qmp.exchange(deep, { replies: [parseErrors(1, 1)] });
      await qmp.feed(RESET, parseErrors(0, 2));
    },
  },
  {
    kind: 'check',
    id: 'limit.nesting-1024',
    title: 'a request may nest 1024 deep',
    level: 'info',
    since: '0.1.0',
    reference: observed('Limits', 'Up to 1024 open brackets are accepted in one request.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['shallow-nesting-limit'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const id = '['.repeat(1023) + ']'.repeat(1023);
      await qmp.line(jsonText`{"execute":${probe.info.ping},"id":${raw(id)}}`, {
        oneOf: [success],
        id: 'any',
      });
    },
  },
];

/** Garbage without any complete request: pieces of JSON, and bytes that are none. */
async function garbageOf(seed: number, count: number): Promise<Uint8Array[]> {
  const fc = await import('fast-check');
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    "'",
    '\\',
    '1',
    '-',
    '.',
    'e',
    'null',
    't',
    ' ',
    '\n',
    '\\u',
    '%',
  );
  const arbitrary = fc.oneof(
    fc.array(piece, { maxLength: 24 }).map((pieces) => Buffer.from(pieces.join(''))),
    fc.uint8Array({ maxLength: 16 }),
  );
  return fc.sample(arbitrary, { seed, numRuns: count });
}
