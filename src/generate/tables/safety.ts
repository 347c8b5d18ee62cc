/**
 * What running a command does to the target and to the machine under it: decides who may be sent valid arguments.
 */
import type { Command } from '../../qapi/index.js';
import type { CommandSafety } from './effect.js';
import { safetyGroups } from './safety-data.js';

const reviewed: ReadonlyMap<string, CommandSafety> = new Map(
  safetyGroups.flatMap(({ effect, reason, commands }) =>
    commands.map((command) => [command, { effect, reason }]),
  ),
);

const asks: CommandSafety = { effect: 'reads', reason: 'asks, as its name says' };
const unknown: CommandSafety = { effect: 'acts-on-host', reason: 'is not reviewed, so it may do anything' };

/** What a command does. One that nobody has reviewed is taken for dangerous, unless its name says that it only asks. */
export function safetyOf(command: string): CommandSafety {
  return reviewed.get(command) ?? (/^(x-)?query-/.test(command) ? asks : unknown);
}

/** How much a run may do; the profiles of a run. */
export type Caution = 'readonly' | 'safe' | 'full';

/**
 * May a request with such arguments be sent at all?
 *
 * @param sideEffectFree to a target that acts on nothing but itself
 */
export function mayBeSent(
  { name, successResponse }: Command,
  caution: Caution,
  valid: boolean,
  sideEffectFree = false,
): boolean {
  const { effect } = safetyOf(name);
  // Its success is not answered: nobody would know.
  if (valid && !successResponse) return false;
  switch (caution) {
    case 'readonly':
      return effect === 'reads';
    case 'safe':
      return !valid || effect === 'reads';
    case 'full':
      return !valid || sideEffectFree || effect !== 'acts-on-host';
  }
}
