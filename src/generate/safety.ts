export type Effect = 'reads' | 'changes-state' | 'writes-files' | 'ends-process' | 'blocks' | 'takes-descriptors' | 'acts-on-host';
export interface CommandSafety { readonly effect: Effect; readonly reason: string }
export function safetyOf(command: string): CommandSafety {
  if (/^(x-)?query-|^qom-list/.test(command)) return { effect: 'reads', reason: 'query' };
  if (command === 'quit') return { effect: 'ends-process', reason: 'quits' };
  return { effect: 'changes-state', reason: 'some' };
}
