/**
 * In which commands an operator can be tried at all.
 */
import type { Schema } from '../qapi/index.js';
import type { ArgumentCase, CaseTemplate, Operator } from './operators/case.js';
import { ArgumentGenerator } from './generator.js';

const tables = new WeakMap<Schema, Map<string, string>>();

/**
 * One command of a schema, always the same, of which the operator has a case; undefined when no command has.
 *
 * @param matches narrows the cases down; it has to be the same function for the same `key`
 * @param verify narrows them down further, when their arguments have been made
 */
export function findCommand(
  schema: Schema,
  key: string,
  operator: Operator,
  matches: (template: CaseTemplate) => boolean = () => true,
  verify: (made: ArgumentCase) => boolean = () => true,
): string | undefined {
  const table = tables.get(schema) ?? new Map<string, string>();
  tables.set(schema, table);
  const known = table.get(key);
  if (known !== undefined) return known;
  let last: string | undefined;
  const generator = new ArgumentGenerator({
    schema,
    wants: ({ name }) => name !== 'qmp_capabilities',
    checked: ({ checked }) => checked,
    depth: 2,
  });
  // Far from the beginning, where a sweep that ends early does not get.
  const wants = (template: CaseTemplate): boolean => template.operator === operator && matches(template);
  for (const made of generator.cases({ wants })) if (verify(made)) last = made.command.name;
  if (last !== undefined) table.set(key, last);
  return last;
}
