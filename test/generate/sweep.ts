/**
 * Checks that the sweep of a schema shows everything that an independent walk of the schema finds.
 */
import type { Test } from 'tap';
import { ArgumentGenerator } from '../../src/generate/index.js';
import type { Member, Schema } from '../../src/qapi/index.js';
import { look, missing, wantedOf, type Wanted } from './walker.js';

const DEPTH = 4;

/** @returns how many things there were to show, by kind */
export function checkSweep(t: Test, schema: Schema): Record<Wanted['kind'], number> {
  const generator = new ArgumentGenerator({
    schema,
    wants: () => true,
    checked: ({ checked }) => checked,
    depth: DEPTH,
  });
  const sent = new Map<string, Map<Member, Set<string>>>();
  for (const { command, arguments: args } of generator.cases({ wants: ({ fault }) => fault === undefined })) {
    const seen = sent.get(command.name) ?? new Map<Member, Set<string>>();
    sent.set(command.name, seen);
    if (command.arguments !== undefined && args !== undefined) look(command.arguments, args, seen);
  }
  const numbers = { 'optional member': 0, 'enum value': 0, branch: 0 };
  for (const command of schema.commands.values()) {
    const wanted = wantedOf(command, DEPTH);
    for (const values of wanted.values()) for (const { kind } of values.values()) numbers[kind] += 1;
    const drafted = new Map<Member, Set<string>>();
    for (const draft of generator.drafts(command)) {
      const args = draft.fault === undefined ? draft.make() : undefined;
      if (command.arguments !== undefined && args !== undefined) look(command.arguments, args, drafted);
    }
    const nowhere = missing(wanted, drafted).map(({ where }) => where);
    if (nowhere.length > 0) t.fail(`the sweep leaves out: ${nowhere.join(', ')}`);
    const unsent = missing(wanted, sent.get(command.name) ?? new Map()).filter(({ barred }) => !barred);
    if (unsent.length > 0) t.fail(`no case shows: ${unsent.map(({ where }) => where).join(', ')}`);
  }
  t.same(generator.dropped, [], 'the re-check confirms every case');
  return numbers;
}
