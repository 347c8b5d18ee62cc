/**
 * What tests of generated cases share.
 */
import { ArgumentGenerator, type Operator } from '../../src/generate/index.js';
import { LONG } from '../../src/generate/values/interesting.js';
import { writeJson, type Json } from '../../src/json/index.js';
import type { Schema } from '../../src/qapi/index.js';
import { schemaOf } from '../qapi/support.js';

/** Leaves nothing out. */
export const EVERYTHING = { wants: () => true };

/** A generator for all commands of a schema, checked by the server or not. */
export function generatorFor(schema: Schema, depth = 4): ArgumentGenerator {
  return new ArgumentGenerator({
    schema,
    wants: () => true,
    // What a command checks by itself has to be right all the same when it is said to be checked.
    checked: () => true,
    depth,
  });
}

/** Arguments as one reads them best. */
export function shown(args: Json | undefined): string {
  return args === undefined ? '-' : writeJson(args).replaceAll(LONG, 'LONG');
}

/**
 * The cases of the command `c` of a schema, one line each: `+ place/operator arguments` for a valid one, `!` for an
 * invalid one. Arguments of the wrong type as a whole, which are the same for all commands, only when asked for.
 */
export function casesOf(text: string, operators?: readonly Operator[], depth = 4): string[] {
  const generator = generatorFor(schemaOf(text), depth);
  const wants = ({ operator }: { readonly operator: Operator }): boolean =>
    operators === undefined ? operator !== 'arguments-wrong-type' : operators.includes(operator);
  const lines = [...generator.cases({ wants })].map(
    ({ about: { name, valid }, arguments: args }) =>
      `${valid ? '+' : '!'} ${name.replace(/^c\//, '')} ${shown(args)}`,
  );
  return [...lines, ...generator.dropped.map(({ name, reason }) => `dropped ${name}: ${reason}`)];
}
