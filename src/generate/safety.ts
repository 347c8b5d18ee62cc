import type { Command } from '../qapi/index.js';
export type Effect =
  | 'reads'
  | 'changes-state'
  | 'writes-files'
  | 'ends-process'
  | 'blocks'
  | 'takes-descriptors'
  | 'acts-on-host';
export interface CommandSafety {
  readonly effect: Effect;
  readonly reason: string;
}
export function safetyOf(command: string): CommandSafety {
  if (/^(x-)?query-|^qom-list/.test(command)) return { effect: 'reads', reason: 'query' };
  if (command === 'quit') return { effect: 'ends-process', reason: 'quits' };
  return { effect: 'changes-state', reason: 'some' };
}

/** How much a run may do: see the profiles of a run. */
export type Caution = 'readonly' | 'safe' | 'full';

/** May a request with such arguments be sent at all? */
export function mayBeSent({ name, successResponse }: Command, caution: Caution, valid: boolean): boolean {
  const { effect } = safetyOf(name);
  // Its success is not answered: nobody would know.
  if (valid && !successResponse) return false;
  switch (caution) {
    case 'readonly':
      return effect === 'reads';
    case 'safe':
      return !valid || effect === 'reads';
    case 'full':
      return !valid || effect !== 'acts-on-host';
  }
}

export function checksItself(command: string, version?: unknown): boolean {
  void version;
  return command === 'device_add';
}
