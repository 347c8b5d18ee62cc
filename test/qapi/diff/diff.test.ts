/**
 * The comparison as a whole: what is the same on the wire is no change, a shared type changes once, what nothing is
 * promised of is exempt, and circles and hostile schemas come to an end.
 */
import fc from 'fast-check';
import t from 'tap';
import { diffSchemas, introspect, schemaFromIntrospection, type Schema } from '../../../src/qapi/index.js';
import { must, schemaAt, schemaFiles, schemaOf, SEED } from '../support.js';

function introspected(schema: Schema, defines?: readonly string[]): Schema {
  return schemaFromIntrospection(introspect(schema, defines ? { defines } : { allConditions: true })).schema;
}

function diff(old: string | Schema, now: string | Schema) {
  const [a, b] = [old, now].map((side) => (typeof side === 'string' ? schemaOf(side) : side));
  return diffSchemas(must(a), must(b));
}

/** A change in short. */
function paths(changes: readonly { readonly kind: string; readonly path: string }[]): string[] {
  return changes.map(({ kind, path }) => `${kind} ${path}`);
}

const EMPTY = { breaking: [], compatible: [], exempt: [], complete: true };

void t.test('a schema and itself do not differ, nor does it from its introspection', (t) => {
  for (const file of schemaFiles) {
    const schema = schemaAt(file);
    t.strictSame(diff(schema, schema), EMPTY, file);
    t.strictSame(diff(schema, schemaAt(file)), EMPTY, `${file}, loaded twice`);
    const live = introspected(schema);
    t.strictSame(diff(schema, live), EMPTY, `${file}, introspected`);
    t.strictSame(diff(live, schema), EMPTY, `${file}, the other way round`);
    for (const [a, b] of [
      [schema, introspected(schema, [])],
      [introspected(schema, []), schema],
    ] as const) {
      const { breaking, compatible, exempt } = diff(a, b);
      t.strictSame(
        [breaking, compatible],
        [[], []],
        `${file}: what is not built may be a matter of the build`,
      );
      t.ok(exempt.every(({ exemption }) => exemption === 'conditional'));
    }
  }
  t.end();
});

void t.test('names of types, bases and the order of things are not on the wire', (t) => {
  t.strictSame(
    diff(
      `{ 'enum': 'E', 'data': [ 'a', 'b' ] }
       { 'struct': 'S', 'data': { 'x': 'int', '*e': 'E' } }
       { 'command': 'c', 'data': 'S', 'returns': [ 'S' ] }`,
      `{ 'enum': 'F', 'data': [ 'b', 'a' ] }
       { 'struct': 'Base', 'data': { '*e': 'F' } }
       { 'struct': 'R', 'base': 'Base', 'data': { 'x': 'int' } }
       { 'command': 'c', 'boxed': true, 'data': 'R', 'returns': [ 'R' ] }`,
    ),
    EMPTY,
  );
  t.end();
});

const UNION = `
{ 'enum': 'V', 'data': [ 'a', 'b' ] }
{ 'struct': 'A', 'data': { 'x': 'str' } }
{ 'struct': 'B', 'data': { 'x': 'str', '*y': 'int' } }
{ 'command': 'c', 'boxed': true, 'data': 'U' }`;

void t.test('a member may move between branches and the common ones', (t) => {
  const inAll = `${UNION}{ 'union': 'U', 'base': { 'v': 'V' }, 'discriminator': 'v', 'data': { 'a': 'A', 'b': 'B' } }`;
  const common = `${UNION}{ 'struct': 'Y', 'data': { '*y': 'int' } }
    { 'union': 'U', 'base': { 'v': 'V', 'x': 'str' }, 'discriminator': 'v', 'data': { 'b': 'Y' } }`;
  const inOne = `${UNION}{ 'struct': 'Y', 'data': { '*y': 'int' } }
    { 'union': 'U', 'base': { 'v': 'V' }, 'discriminator': 'v', 'data': { 'a': 'A', 'b': 'Y' } }`;
  t.strictSame(diff(inAll, common), EMPTY, 'out of all branches');
  t.strictSame(diff(common, inAll), EMPTY, 'into all branches');
  const gone = diff(common, inOne);
  t.strictSame(paths(gone.breaking), ['mandatory-removed c/arguments/x']);
  t.match(gone.breaking[0]?.message, 'left with a');
  t.strictSame(paths(diff(inOne, common).breaking), ['mandatory-added c/arguments/v=b/x']);
  t.end();
});

void t.test('a struct may become a union', (t) => {
  const struct = `${UNION}{ 'struct': 'U', 'data': { 'v': 'V', 'x': 'str', '*y': 'int' } }`;
  const union = `${UNION}{ 'union': 'U', 'base': { 'v': 'V' }, 'discriminator': 'v', 'data': { 'a': 'A', 'b': 'B' } }`;
  const there = diff(struct, union);
  t.strictSame(paths(there.breaking), []);
  t.strictSame(paths(there.compatible), ['moved-to-branches c/arguments/y']);
  t.strictSame(paths(diff(union, struct).compatible), ['optional-added c/arguments/v=a/y']);
  t.strictSame(paths(diff(union, struct).breaking), []);
  t.end();
});

void t.test('a shared type changes once, at the shortest path', (t) => {
  const text = (values: string) => `
    { 'enum': 'E', 'data': [ ${values} ] }
    { 'struct': 'Inner', 'data': { 'e': 'E' } }
    { 'struct': 'Outer', 'data': { 'one': 'Inner', 'two': [ 'Inner' ], '*again': 'Outer' } }
    { 'command': 'first', 'data': { 'deep': 'Outer' } }
    { 'command': 'second', 'data': { 'e': 'E' } }
    { 'command': 'third', 'data': 'Outer' }
    { 'event': 'EV', 'data': { 'e': 'E' } }`;
  const { breaking, compatible } = diff(text("'a', 'b'"), text("'a'"));
  t.strictSame(
    breaking.map(({ path, otherPlaces, alsoIn }) => ({ path, otherPlaces, alsoIn })),
    [{ path: 'second/arguments/e=b', otherPlaces: 1, alsoIn: ['first', 'third'] }],
  );
  t.strictSame(paths(compatible), ['value-removed EV/data/e=b']);
  t.end();
});

void t.test('of very many commands only some are named', (t) => {
  const text = (members: string) =>
    `{ 'struct': 'S', 'data': { 'a': 'int'${members} } }
     ${Array.from({ length: 150 }, (_, index) => `{ 'command': 'c${index}', 'data': 'S' }`).join('\n')}`;
  const [change] = diff(text(''), text(", 'b': 'int'")).breaking;
  t.equal(change?.otherPlaces, 149);
  t.equal(change?.otherDefinitions, 149);
  t.equal(change?.alsoIn?.length, 100);
  t.end();
});

void t.test('two members that change their types are two changes', (t) => {
  const text = (one: string, two: string, many: string) =>
    `{ 'pragma': { 'command-returns-exceptions': [ 'c', 'd' ] } }
     { 'alternate': 'A', 'data': { 's': 'str', 'n': 'null' } }
     { 'command': 'c', 'data': { 'x': ${one}, 'y': ${one}, 'p': [ ${one} ], 'q': [ ${one} ] }, 'returns': ${many} }
     { 'command': 'd', 'data': { 'z': ${two} }, 'returns': ${many} }`;
  const { breaking, compatible } = diff(
    text("'str'", "'str'", "[ 'str' ]"),
    text("'int'", "'A'", "[ 'bool' ]"),
  );
  t.strictSame(
    breaking.map(({ path, otherPlaces }) => [path, otherPlaces]),
    [
      'c/returns[]',
      'c/arguments/x',
      'c/arguments/y',
      'c/arguments/p[]',
      'c/arguments/q[]',
      'd/returns[]',
    ].map((path) => [path, 0]),
  );
  t.strictSame(paths(compatible), ['to-alternate d/arguments/z']);
  t.end();
});

void t.test('a base that many inherit changes once', (t) => {
  const text = (members: string) => `
    { 'struct': 'Base', 'data': { 'x': 'int'${members} } }
    { 'struct': 'One', 'base': 'Base', 'data': { 'o': 'int' } }
    { 'struct': 'Two', 'base': 'Base', 'data': { 't': 'int' } }
    { 'command': 'c', 'data': { 'one': 'One', 'two': 'Two' } }`;
  const { breaking } = diff(text(''), text(", 'new': 'str'"));
  t.strictSame(paths(breaking), ['mandatory-added c/arguments/one/new']);
  t.equal(breaking[0]?.otherPlaces, 1);
  t.end();
});

void t.test('nothing is promised of what is unstable', (t) => {
  const old = `
    { 'struct': 'S', 'data': { 'm': 'int' } }
    { 'struct': 'P', 'data': { 'n': 'int', 'maybe': { 'type': 'S', 'features': [ 'unstable' ] } } }
    { 'command': 'shaky', 'data': { 's': 'S' }, 'features': [ 'unstable' ] }
    { 'command': 'gone', 'features': [ 'unstable' ] }
    { 'command': 'firm', 'data': { '*p': 'P' } }`;
  const now = `
    { 'struct': 'S', 'data': { 'm': 'str' } }
    { 'struct': 'P', 'data': { 'n': 'int', 'maybe': { 'type': 'S', 'features': [ 'unstable' ] } } }
    { 'command': 'shaky', 'data': { 's': 'S', 'more': 'int' } }
    { 'command': 'firm', 'data': { '*p': 'P' } }`;
  const { breaking, exempt, compatible } = diff(old, now);
  t.strictSame(breaking, []);
  t.strictSame(
    paths(exempt),
    [
      'type-changed firm/arguments/p/maybe/m',
      'command-removed gone',
      'mandatory-added shaky/arguments/more',
    ].sort((a, b) => order(a) - order(b)),
  );
  t.ok(exempt.every(({ exemption }) => exemption === 'unstable'));
  t.strictSame(paths(compatible), ['unstable-removed shaky']);
  const firm = (text: string) => text.replace("'n': 'int'", "'n': 'int', 'more': 'S'");
  t.strictSame(
    paths(diff(firm(old), firm(now)).breaking),
    ['type-changed firm/arguments/p/more/m'],
    'the same type in a stable place is promised, although the way there is longer',
  );
  t.strictSame(
    paths(
      diff("{ 'command': 'c' }", "{ 'command': 'c', 'features': [ 'unstable' ], 'data': { 'x': 'int' } }")
        .breaking,
    ),
    ['mandatory-added c/arguments/x'],
    'what counts is what was promised before',
  );
  t.end();
});

function order(text: string): number {
  return ['firm', 'gone', 'shaky'].findIndex((name) => text.includes(name));
}

void t.test('names of downstream, and experiments before there was unstable', (t) => {
  const old =
    "{ 'command': 'c' }\n{ 'command': '__com.example_c' }\n{ 'command': 'x-c', 'data': { 'a': 'int' } }\n";
  const { breaking, exempt } = diff(old, "{ 'command': 'c', 'data': { '__com.example_m': 'int' } }");
  t.strictSame(paths(breaking), []);
  t.strictSame(
    exempt.map(({ path, exemption }) => `${path} ${exemption ?? ''}`),
    ['__com.example_c downstream', 'c/arguments/__com.example_m downstream', 'x-c experimental'],
  );
  const modern = `${old}{ 'command': 'd', 'features': [ 'unstable' ] }`;
  t.strictSame(paths(diff(modern, "{ 'command': 'c' }").breaking), ['command-removed x-c']);
  t.end();
});

void t.test('what was deprecated breaks all the same, and it is said', (t) => {
  const { breaking } = diff(
    `{ 'command': 'c', 'data': { '*a': { 'type': 'int', 'features': [ 'deprecated' ] }, '*b': 'int' } }
     { 'event': 'E', 'features': [ 'deprecated' ] }`,
    "{ 'command': 'c' }",
  );
  t.strictSame(
    breaking.map(({ path, deprecated }) => [path, deprecated]),
    [
      ['c/arguments/a', true],
      ['c/arguments/b', false],
      ['E', true],
    ],
  );
  t.end();
});

void t.test('where one side is introspection, only what both can tell is compared', (t) => {
  const file = `
    { 'struct': 'S', 'data': { 'n': 'uint8', '*c': { 'type': 'int', 'if': 'C' } } }
    { 'command': 'c', 'data': 'S', 'allow-preconfig': true, 'success-response': false }
    { 'command': 'd', 'if': 'D' }`;
  const live = introspected(schemaOf("{ 'command': 'c', 'data': { 'n': 'int64' } }"));
  const { breaking, compatible, exempt } = diff(file, live);
  t.strictSame([breaking, compatible], [[], []]);
  t.strictSame(paths(exempt), ['optional-removed c/arguments/c', 'command-removed d']);
  t.ok(exempt.every(({ exemption }) => exemption === 'conditional'));
  const built = schemaOf(file, { defines: ['C', 'D'] });
  t.strictSame(paths(diff(built, live).breaking), ['optional-removed c/arguments/c', 'command-removed d']);
  t.end();
});

void t.test('a branch under a condition may not be built although its value is', (t) => {
  const file = schemaOf(`
    { 'enum': 'V', 'data': [ 'a' ] }
    { 'struct': 'A', 'data': { 'x': 'int' } }
    { 'union': 'U', 'base': { 'v': 'V' }, 'discriminator': 'v', 'data': { 'a': { 'type': 'A', 'if': 'C' } } }
    { 'command': 'c', 'boxed': true, 'data': 'U' }`);
  const { breaking, exempt } = diff(file, introspected(file, []));
  t.strictSame(breaking, []);
  t.strictSame(paths(exempt), ['mandatory-removed c/arguments/v=a/x']);
  t.end();
});

void t.test('conditions of schema files', (t) => {
  const old = "{ 'command': 'c', 'data': { 'a': 'int', 'b': { 'type': 'int', 'if': 'X' } } }";
  const now = "{ 'command': 'c', 'data': { 'a': { 'type': 'int', 'if': 'X' }, 'b': 'int' } }";
  const { breaking, compatible, exempt } = diff(old, now);
  t.strictSame(breaking, []);
  t.strictSame(paths(exempt), ['condition-added c/arguments/a']);
  t.strictSame(paths(compatible), ['condition-removed c/arguments/b']);
  t.end();
});

void t.test('positions, when there are any', (t) => {
  const [change] = diff("{ 'command': 'c' }\n\n{ 'command': 'd' }", "{ 'command': 'c' }").breaking;
  t.strictSame(change?.at, { a: 'main:3' });
  t.end();
});

void t.test('circles and depth', (t) => {
  const chain = (length: number, last: string) => {
    const structs = Array.from(
      { length },
      (_, index) =>
        `{ 'struct': 'S${index}', 'data': { '*n': 'S${(index + 1) % length}'${index === length - 1 ? last : ''} } }`,
    );
    return schemaOf(`${structs.join('\n')}\n{ 'command': 'c', 'data': 'S0' }`);
  };
  const { breaking, complete } = diff(chain(5000, ''), chain(5000, ", 'x': 'int'"));
  t.ok(complete);
  t.equal(breaking.length, 1);
  const { path } = must(breaking[0]);
  t.match(path, /^c\/arguments\/n(\/n)+…(\/n)+\/x$/, 'the middle of an endless path is left out');
  t.ok(path.length < 200);
  // Circles of lengths without a common factor pair everything with everything.
  const product = diff(chain(31, ''), chain(37, ''));
  t.strictSame(product, EMPTY);
  t.notOk(diff(chain(1999, ''), chain(2003, '')).complete, 'it is ended early, and said so');
  t.end();
});

void t.test('whatever is taken away from a schema is noticed where it is', (t) => {
  const schema = schemaAt(must(schemaFiles[0]));
  const names = [...schema.commands.keys(), ...schema.events.keys()];
  fc.assert(
    fc.property(fc.subarray(names, { minLength: 1 }), (removed) => {
      const left = <T>(all: ReadonlyMap<string, T>) =>
        new Map([...all].filter(([name]) => !removed.includes(name)));
      const rest = { ...schema, commands: left(schema.commands), events: left(schema.events) };
      const forth = diff(schema, rest);
      const back = diff(rest, schema);
      const gone = [...forth.breaking, ...forth.exempt].map(({ path }) => path).sort();
      t.strictSame(gone, [...removed].sort());
      t.strictSame(back.breaking, []);
      t.strictSame(back.compatible.map(({ path }) => path).sort(), [...removed].sort());
    }),
    { seed: SEED, numRuns: 50 },
  );
  t.end();
});
