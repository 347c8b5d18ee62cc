/**
 * The rules, looked at as values: that each says what it should, and that the set keeps its promises.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { faults } from '../../src/fake/index.js';
import { packageFile, packageVersion } from '../../src/package.js';
import { isWatchRule, type Rule } from '../../src/rules/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { suites } from '../../suites/index.js';

const rules = suites.flatMap((suite) => suite.rules);
const faultIds = new Set(faults.map(({ id }) => id));
/** Names that are written as they are, also at the start of a sentence. */
const protocolNames = new Set([...referenceSchema().commands.keys(), 'default', 'tag', 'values']);

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/** A release as one number that orders like it. */
function release(text: string): number {
  const [major = 0, minor = 0, micro = 0] = text.split('.').map(Number);
  return (major * 1000 + minor) * 1000 + micro;
}

/** What has to hold for every rule. */
const lints: readonly (readonly [what: string, holds: (rule: Rule) => boolean])[] = [
  ['an id is a slug with its group', ({ id }) => /^[a-z][a-z0-9]*\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id)],

  ['a title is not too long', ({ title }) => title.length <= 110],
  ['a title is long enough to say something', ({ title }) => title.length >= 15 && title.includes(' ')],
  ['a title has no full stop', ({ title }) => !/[.!?]$/.test(title)],
  // A capital only begins a name: QMP, JSON, UTF-8.
  ['a title starts in lower case', ({ title }) => !/^[A-Z][a-z]/.test(title)],
  [
    'a title states a fact and demands nothing',
    ({ title }) => !/\b(should|must|shall|check|test|verify|verifies|ensure)s?\b/i.test(title),
  ],
  ['a title is one plain line', ({ title }) => title === title.trim() && !/ {2}|[\n\t]/.test(title)],

  [
    'a requirement starts as a sentence does',
    ({ reference: { requirement } }) =>
      /^[^a-z\s]/.test(requirement) || protocolNames.has(requirement.split(' ')[0] ?? ''),
  ],
  ['a requirement ends as a sentence does', ({ reference }) => /[^.\s]\.$/.test(reference.requirement)],
  ['a requirement says something', ({ reference }) => reference.requirement.split(' ').length >= 3],
  [
    'a requirement is more than the title',
    ({ title, reference }) => reference.requirement.toLowerCase() !== `${title}.`.toLowerCase(),
  ],

  ['a reference names a document', ({ reference }) => /^\S.+\S$/.test(reference.document)],
  ['a reference names a section, by its heading', ({ reference }) => /^\S.*[^.\s]$/.test(reference.section)],

  ['since is a release', ({ since }) => /^\d+\.\d+\.\d+$/.test(since)],
  ['since is not in the future', ({ since }) => release(since) <= release(packageVersion())],

  ['a rule names faults that it must notice', ({ detects }) => detects.length > 0],
  ['a rule names each fault once', ({ detects }) => repeated(detects).length === 0],
  [
    'a rule names faults that the fake can show',
    ({ detects }) => detects.every((fault) => faultIds.has(fault)),
  ],

  [
    'a rule that watches does nothing by itself',
    (rule) =>
      !isWatchRule(rule) ||
      !('check' in rule || Object.keys(rule.needs ?? {}).some((need) => need !== 'protocol')),
  ],
  [
    'a rule that checks says what it needs',
    (rule) => isWatchRule(rule) || ['readonly', 'safe', 'full'].includes(rule.needs.profile),
  ],
  [
    'a rule of the suite qga is for guest agents alone, and no other is',
    ({ id, needs }) => id.startsWith('qga.') === (needs?.protocol === 'qga'),
  ],
  [
    'a rule needs each command once',
    (rule) => isWatchRule(rule) || repeated(rule.needs.commands ?? []).length === 0,
  ],
  [
    'a rule with peers, or a target of its own, changes something',
    (rule) =>
      isWatchRule(rule) ||
      rule.needs.profile === 'full' ||
      !(rule.needs.localFiles === true || rule.needs.ownTarget === true),
  ],
];

void t.test('every rule', (t) => {
  for (const [what, holds] of lints) {
    t.strictSame(
      rules.filter((rule) => !holds(rule)).map(({ id, title, reference }) => ({ id, title, reference })),
      [],
      what,
    );
  }
  t.end();
});

void t.test('the set of rules', (t) => {
  t.strictSame(repeated(rules.map(({ id }) => id)), [], 'no two rules share an id');
  t.strictSame(repeated(rules.map(({ title }) => title)), [], 'no two rules share a title');
  const count = (level: string): number => rules.filter((rule) => rule.level === level).length;
  t.ok(count('must') + count('should') >= 60, 'there is a lot to judge');
  t.ok(count('must') > count('should'), 'most of it is mandatory');
  t.ok(count('info') < 0.15 * rules.length, 'little is only shown');
  t.equal(count('must') + count('should') + count('info'), rules.length, 'there are three levels');
  t.end();
});

/**
 * Waivers, reports and pipelines of others name rules by id, so an id is for ever. A new one is added to the list with
 * QMPSPEC_UPDATE_IDS=1; one that is gone can only be taken out by hand, by somebody who has read this.
 */
void t.test('no id is renamed or removed', (t) => {
  const name = 'test/suites/golden/ids.txt';
  const path = packageFile(name);
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const ids = new Set(rules.map(({ id }) => id));
  t.strictSame(
    kept.filter((id) => !ids.has(id)),
    [],
    'ids that have been promised and are gone',
  );
  const added = [...ids].filter((id) => !kept.includes(id));
  if (process.env.QMPSPEC_UPDATE_IDS === undefined) t.strictSame(added, [], `new ids: add them to ${name}`);
  else writeFileSync(path, `${[...kept, ...added].sort().join('\n')}\n`);
  t.end();
});

void t.test('suites', (t) => {
  t.strictSame(repeated(suites.map(({ id }) => id)), [], 'no two suites share an id');
  for (const { id, title, rules } of suites) {
    t.match(id, /^[a-z]+(-[a-z]+)*$/, `${id}: a slug`);
    t.match(title, /^[A-Z].*[^.]$/, `${id}: its title is a heading`);
    t.ok(rules.length > 0, `${id}: it is not empty`);
  }
  t.end();
});

void t.test('faults', (t) => {
  const named = new Set(rules.flatMap(({ detects }) => detects));
  const ids = (found: typeof faults): string[] => found.map(({ id }) => id);
  t.strictSame(ids(faults.filter(({ id }) => !named.has(id))), [], 'every fault is named by a rule');
  t.strictSame(repeated(ids(faults)), [], 'no two faults share an id');
  t.strictSame(repeated(faults.map(({ title }) => title)), [], 'no two faults share a title');
  t.strictSame(
    ids(faults.filter(({ id }) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))),
    [],
    'ids are slugs',
  );
  t.strictSame(
    ids(faults.filter(({ title }) => title.length > 110 || !title.includes(' ') || /[.!?]$/.test(title))),
    [],
    'titles are statements',
  );
  t.end();
});
