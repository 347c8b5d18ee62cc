/**
 * Requests that nobody thought of: tokens of good ones dropped, doubled and exchanged.
 */
import fc from 'fast-check';
import t from 'tap';
import { writeJson } from '../../../src/json/index.js';
import { commonJson, SEED } from '../../json/support.js';
import { Pair } from './pair.js';
import { NEGOTIATE } from './requests.js';
import { valid } from './valid.js';

/** Requests that change nothing when they are refused, nor matter when they are not. */
const requests = valid.map(([command, args]) =>
  writeJson({ execute: command, arguments: args, id: [command] }),
);

const TOKEN = /"[^"]*"|[\w.+-]+|./g;

/** No name of a command is among these. */
const scrap = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"x"',
    '""',
    "'type'",
    '"id"',
    '"execute"',
    '"exec-oob"',
    '"arguments"',
    '"\\q"',
  ],
  ...[
    '"\\u0000"',
    '"node-name"',
    '0',
    '-1',
    '1.5',
    '1e3',
    '2147483648',
    '18446744073709551615',
    '9e99',
    'null',
    'true',
  ],
  ...['nul', '@', '\n', '\x01', '\xff', '"\xe9"'],
);

/** Any value; but of a number that is no double a real QEMU makes what is no JSON. */
const value = commonJson.map(writeJson).filter((text) => !text.includes('1e400'));

type Mutation = (tokens: string[], index: number, other: string) => void;

const mutation = fc.constantFrom<Mutation>(
  (tokens, index) => tokens.splice(index, 1),
  (tokens, index) => tokens.splice(index, 0, tokens[index] ?? ''),
  (tokens, index, other) => tokens.splice(index, 0, other),
  (tokens, index, other) => tokens.splice(index, 1, other),
  (tokens, index) => tokens.splice(index, 2, ...tokens.slice(index, index + 2).reverse()),
);

const mutated = fc
  .tuple(
    fc.constantFrom(...requests),
    fc.array(fc.tuple(mutation, fc.nat(), fc.oneof(scrap, value)), { minLength: 1, maxLength: 3 }),
  )
  .map(([request, mutations]) => {
    const tokens = request.match(TOKEN) ?? [];
    for (const [change, index, other] of mutations) change(tokens, index % (tokens.length + 1), other);
    // Whatever is left open ends here.
    return `${tokens.join('')}\x01`;
  });

void t.test('generated requests', { timeout: 60_000 }, async (t) => {
  const pair = await Pair.start(t);
  if (pair === undefined) return;
  const property = fc.asyncProperty(mutated, async (request) => {
    // With out-of-band execution QEMU does not survive every burst of errors.
    const differences = await pair.differences(NEGOTIATE, request);
    if (differences.length > 0) throw new Error(differences.join('\n'));
  });
  await fc.assert(property, { seed: SEED, endOnFailure: true, numRuns: 300 });
  t.pass('the same answers');
});
