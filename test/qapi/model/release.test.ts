/**
 * What differs between releases.
 */
import t from 'tap';
import type { Release } from '../../../src/qapi/index.js';
import { ReleaseRules, isAllowed } from '../../../src/qapi/model/release.js';
import { placesOf } from '../support.js';

void t.test('ranges of releases', (t) => {
  const since = { since: '6.2' } as const;
  t.ok(isAllowed(since, undefined), 'some release allows it');
  t.notOk(new ReleaseRules(undefined).enforces(since), 'not all releases enforce it');
  t.ok(new ReleaseRules(undefined).enforces({}));
  t.strictSame(
    (['6.1', '6.2', '10.0'] as const).map((release) => isAllowed(since, release)),
    [false, true, true],
  );
  t.strictSame(
    (['9.2', '10.0'] as const).map((release) => new ReleaseRules(release).enforces({ until: '10.0' })),
    [true, false],
  );
  t.end();
});

const E = "{ 'enum': 'Ee', 'data': [ 'a' ] }\n";
const U = "{ 'union': 'Uu', 'base': { 'd': 'Ee' }, 'discriminator': 'd', 'data': {} }\n";

/** The error that some releases give; the others, and no release in particular, accept the schema. */
const differences: [title: string, text: string, place: string, wrong: Release[], right: Release[]][] = [
  [
    'simple unions',
    "{ 'union': 'Uu', 'data': { 'a': 'str' } }",
    'missing-key 1:1',
    ['6.2', '10.0'],
    ['5.2', '6.1'],
  ],
  [
    'preprocessor conditions',
    "{ 'command': 'x', 'if': 'defined(A)' }",
    'bad-condition 1:25',
    ['6.2', '10.0'],
    ['5.2'],
  ],
  [
    'lists of conditions',
    "{ 'command': 'x', 'if': [ 'defined(A)' ] }",
    'bad-condition 1:25',
    ['7.2'],
    ['5.2'],
  ],
  [
    'combined conditions',
    "{ 'command': 'x', 'if': { 'not': 'A' } }",
    'bad-condition 1:25',
    ['5.2'],
    ['7.2', '10.0'],
  ],
  [
    'features of values',
    "{ 'enum': 'Ee', 'data': [ { 'name': 'a', 'features': [ 'f' ] } ] }",
    'unknown-key 1:42',
    ['5.2'],
    ['7.2'],
  ],
  [
    'older pragmas',
    "{ 'pragma': { 'returns-whitelist': [ 'x' ] } }\n{ 'command': 'x', 'returns': 'str' }",
    'unknown-pragma 1:15',
    ['7.2'],
    ['5.2'],
  ],
  [
    'newer pragmas',
    "{ 'pragma': { 'command-returns-exceptions': [ 'x' ] } }\n{ 'command': 'x', 'returns': 'str' }",
    'unknown-pragma 1:15',
    ['5.2'],
    ['7.2'],
  ],
  [
    'arrays in alternates',
    "{ 'alternate': 'Aa', 'data': { 'a': [ 'str' ] } }",
    'bad-branch 1:39',
    ['5.2'],
    ['7.2'],
  ],
  [
    'unions in unions',
    `${E}${U}{ 'union': 'Vv', 'base': { 'v': 'Ee' }, 'discriminator': 'v', 'data': { 'a': 'Uu' } }`,
    'bad-branch 3:78',
    ['5.2', '7.2'],
    ['10.0'],
  ],
  [
    'conditional arguments',
    "{ 'command': 'x', 'data': { 'a': { 'type': 'str', 'if': 'A' } } }",
    'bad-arguments 1:29',
    ['10.0'],
    ['5.2', '7.2'],
  ],
  [
    'unstable types',
    "{ 'struct': 'Ss', 'data': {}, 'features': [ 'unstable' ] }",
    'bad-feature 1:45',
    ['7.2'],
    ['5.2'],
  ],
  ['types called Kind', "{ 'struct': 'AKind', 'data': {} }", 'reserved-name 1:13', ['5.2'], ['7.2']],
  ['commands called List', "{ 'command': 'aList' }", 'reserved-name 1:14', ['5.2'], []],
  [
    'upper case in members',
    "{ 'struct': 'Ss', 'data': { 'aB': 'str' } }",
    'bad-name 1:29',
    ['5.2', '7.2'],
    [],
  ],
  [
    'underscores in members',
    "{ 'struct': 'Ss', 'data': { 'a_b': 'str' } }",
    'bad-name 1:29',
    ['7.2'],
    ['5.2'],
  ],
  ['underscores in commands', "{ 'command': 'a_b' }", 'bad-name 1:14', ['7.2'], ['5.2']],
  ['lower case in events', "{ 'event': 'a' }", 'bad-name 1:12', ['7.2'], ['5.2']],
  ['lower case in types', "{ 'struct': 's', 'data': {} }", 'bad-name 1:13', ['7.2'], ['5.2']],
];

void t.test('the rules of a release', (t) => {
  for (const [title, text, place, wrong, right] of differences) {
    for (const release of wrong) t.strictSame(placesOf(text, { release }), [place], `${title}, ${release}`);
    for (const release of right) t.strictSame(placesOf(text, { release }), [], `${title}, ${release}`);
    t.strictSame(placesOf(text), [], `${title}, any release`);
  }
  t.end();
});

void t.test('names that a pragma excepts', (t) => {
  const text = `{ 'pragma': { 'command-name-exceptions': [ 'a_b' ], 'member-name-exceptions': [ 'Ss', 'Ee' ] } }
{ 'command': 'a_b' }
{ 'struct': 'Ss', 'data': { 'a_B': 'str' } }
{ 'enum': 'Ee', 'data': [ 'A_B' ] }`;
  t.strictSame(placesOf(text, { release: '7.2' }), []);
  t.strictSame(
    placesOf(
      "{ 'pragma': { 'name-case-whitelist': [ 'Ss' ] } }\n{ 'struct': 'Ss', 'data': { 'aB': 'str' } }",
      {
        release: '5.2',
      },
    ),
    [],
  );
  t.end();
});
