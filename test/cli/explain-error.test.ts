import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import picocolors from 'picocolors';
import t from 'tap';
import { explainError } from '../../src/cli/explain-error.js';
import { checkSchema } from '../../src/qapi/index.js';

/** What is said of a schema, by file name, without the folder that it is in. */
function explained(dir: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const { errors = [] } = checkSchema(join(dir, 'main.json'), { dialect: '7.2' });
  return errors
    .map(explainError(picocolors.createColors(false)))
    .join('\n')
    .replaceAll(`${dir}/`, '');
}

void t.test(
  'a mistake is shown with its line, a caret, a hint, its definition, and how the file came in',
  (t) => {
    const dir = t.testdir();
    const text = explained(dir, {
      'main.json': "{ 'include': 'inner.json' }\n",
      'inner.json': "{ 'struct': 'Lamp',\n\t'data': { 'watts': 'imt' } }\n",
    });
    t.equal(
      text,
      [
        "inner.json:1: error: member 'watts' uses the unknown type 'imt'",
        "  2 | \t'data': { 'watts': 'imt' } }",
        '    | \t                   ^',
        "  = did you mean 'int'?",
        "  = in struct 'Lamp', inner.json:1",
        '  = included from main.json:1',
      ].join('\n'),
    );
    t.end();
  },
);

void t.test('nothing of a schema steers a terminal, and long lines are cut around the mistake', (t) => {
  const dir = t.testdir();
  const padding = ' '.repeat(500);
  const text = explained(dir, { 'main.json': `${padding}{ 'struct': \u001b[31m }${padding}\n` });
  t.notMatch(text, '\u001b');
  t.match(text, "stray '\\x1b");
  t.match(text, /^ +\| +\^$/m);
  for (const line of text.split('\n')) t.ok(line.length < 140, line);
  t.end();
});

void t.test('of a long chain of includes the ends are shown', (t) => {
  const dir = join(t.testdir(), 'deep');
  mkdirSync(dir);
  const files = Array.from({ length: 30 }, (_, index): [string, string] => [
    index === 0 ? 'main.json' : `m${index}.json`,
    index === 29 ? '(\n' : `{ 'include': 'm${index + 1}.json' }\n`,
  ]);
  const text = explained(dir, Object.fromEntries(files));
  t.match(text, '= included from m28.json:1');
  t.match(text, '= … 19 more …');
  t.match(text, '= included from main.json:1');
  t.equal(text.split('\n').filter((line) => line.includes('included from')).length, 10);
  t.end();
});
