/**
 * Checks that the sweep of a schema shows everything that an independent walk of the schema finds.
 */
import type { Test } from 'tap';
import { ArgumentGenerator } from '../../src/generate/index.js';
import type { Member, Schema } from '../../src/qapi/index.js';
import { look, missing, wantedOf, type Wanted } from './walker.js';

const DEPTH = 4;

/** What values show, by command. */
type Shown = Map<string, Map<Member, Set<string>>>;

function generatorOf(schema: Schema, sideEffectFree: boolean): ArgumentGenerator {
  return new ArgumentGenerator({
    schema,
    wants: () => true,
    checked: ({ checked }) => checked,
    depth: DEPTH,
    sideEffectFree,
  });
}

/** What the valid cases of a generator show. */
function sentBy(generator: ArgumentGenerator): Shown {
  const sent: Shown = new Map();
  for (const { command, arguments: args } of generator.cases({
    wants: ({ mutation }) => mutation === undefined,
  })) {
    const seen = sent.get(command.name) ?? new Map<Member, Set<string>>();
    sent.set(command.name, seen);
    if (command.arguments !== undefined && args !== undefined) look(command.arguments, args, seen);
  }
  return sent;
}

/** @returns how many things there were to show, by kind */
export function checkSweep(t: Test, schema: Schema): Record<Wanted['kind'], number> {
  const generator = generatorOf(schema, false);
  const careless = generatorOf(schema, true);
  const sent = sentBy(generator);
  const sentCarelessly = sentBy(careless);
  const numbers = { 'optional member': 0, 'enum value': 0, branch: 0 };
  for (const command of schema.commands.values()) {
    const wanted = wantedOf(command, DEPTH);
    for (const values of wanted.values()) for (const { kind } of values.values()) numbers[kind] += 1;
    const swept = new Map<Member, Set<string>>();
    for (const template of generator.templates(command)) {
      const args = template.mutation === undefined ? template.make() : undefined;
      if (command.arguments !== undefined && args !== undefined) look(command.arguments, args, swept);
    }
    const check = (what: string, lacking: readonly Wanted[]): void => {
      if (lacking.length > 0) t.fail(`${what}: ${lacking.map(({ where }) => where).join(', ')}`);
    };
    check('the sweep leaves out', missing(wanted, swept));
    const unsent = missing(wanted, sent.get(command.name) ?? new Map());
    check(
      'no case shows',
      unsent.filter(({ blocked }) => !blocked),
    );
    check(
      'no case shows to a target that needs no care',
      missing(wanted, sentCarelessly.get(command.name) ?? new Map()),
    );
  }
  t.same([...generator.dropped, ...careless.dropped], [], 'the re-check confirms every case');
  return numbers;
}
