/**
 * Schemas with random mistakes: whatever is done to the text, the outcome is a Schema or errors, never a crash.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import {
  compareWithIntrospection,
  formatError,
  introspect,
  jsonSchema,
  loadSchema,
  readFromDisk,
  schemaFromIntrospection,
  type ReadFile,
  type Release,
} from '../../../src/qapi/index.js';
import { fixture, SEED } from '../support.js';

/** The tokens and the white space of a text, so that joining them gives the text. */
function pieces(text: string): string[] {
  return text.match(/'[^'\n]*'|#[^\n]*|\s+|\w+|./gs) ?? [];
}

const texts = ['home.qapi', 'common.qapi', 'devices.qapi', 'legacy.qapi'].map((name) => ({
  root: fixture(name === 'legacy.qapi' ? name : 'home.qapi'),
  path: fixture(name),
  pieces: pieces(readFileSync(fixture(name), 'utf8')),
}));

const mutation = fc.record({
  at: fc.nat(),
  to: fc.nat(),
  kind: fc.constantFrom('delete', 'duplicate', 'move', 'exchange', 'insert'),
  text: fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    "'",
    '#',
    '##',
    '\n',
    "'str'",
    'true',
    "'if'",
    "'data'",
    "'base'",
    '# @x:',
    '"',
  ),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(list: string[], { at, to, kind, text }: Mutation): void {
  const index = at % list.length;
  const other = to % list.length;
  const piece = list[index] ?? '';
  switch (kind) {
    case 'delete':
      list.splice(index, 1);
      break;
    case 'duplicate':
      list.splice(index, 0, piece);
      break;
    case 'move':
      list.splice(index, 1);
      list.splice(other, 0, piece);
      break;
    case 'exchange':
      list[index] = list[other] ?? '';
      list[other] = piece;
      break;
    case 'insert':
      list.splice(index, 0, text);
      break;
  }
}

const release = fc.constantFrom<Release | undefined>(undefined, '5.2', '7.2', '10.0');

void t.test('mutated schemas', (t) => {
  const outcomes = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      release,
      ({ root, path, pieces: original }, mutations, release) => {
        const list = [...original];
        for (const each of mutations) mutate(list, each);
        const readFile: ReadFile = (file) =>
          file === path ? Buffer.from(list.join('')) : readFromDisk(file);
        const result = loadSchema(root, { readFile, ...(release && { release }) });
        if (result.errors) {
          outcomes.wrong++;
          if (result.errors.length === 0) throw new Error('neither schema nor errors');
          for (const error of result.errors) {
            const { file, line, column } = error.position;
            if (dirname(file) !== dirname(root) || line < 1 || column < 1)
              throw new Error('an error without a place');
            formatError(error);
          }
        } else {
          outcomes.right++;
          const data = introspect(result.schema, { allConditions: true });
          const { schema, problems } = schemaFromIntrospection(data);
          if (problems.length > 0)
            throw new Error(`a sound schema with bad introspection: ${problems[0]?.message}`);
          const differences = compareWithIntrospection(result.schema, schema);
          if (differences.length > 0) throw new Error(`not the same there and back: ${differences[0]?.path}`);
          jsonSchema(result.schema);
        }
      },
    ),
    { seed: SEED, numRuns: 4000 },
  );
  t.ok(outcomes.right > 100 && outcomes.wrong > 1000, `${outcomes.right} right, ${outcomes.wrong} wrong`);
  t.end();
});

void t.test('arbitrary text', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...texts.flatMap((each) => each.pieces)), { maxLength: 40 }),
      (list) => {
        const readFile: ReadFile = () => Buffer.from(list.join(''));
        loadSchema(join('x', 'main'), { readFile });
      },
    ),
    { seed: SEED, numRuns: 1000 },
  );
  t.end();
});
