/**
 * What an exception means to whoever called the command.
 */
import { CommanderError } from 'commander';
import { InputError } from '../input-error.js';

/** The exit code of what is no answer to anything: qmpspec itself has failed. */
export const DEFECT = 70;

/** 0 help was asked for, 2 usage or input, 3 the target, 70 a defect of qmpspec. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) return 2;
  return isTargetError(error) ? 3 : DEFECT;
}

/** One message for people; a stack trace only when qmpspec itself is at fault. */
export function explain(error: unknown): string {
  if (error instanceof InputError || isTargetError(error)) return `qmpspec: ${(error as Error).message}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    'qmpspec: this should not have happened, and it is not your fault.',
    'Please report it, with the command line and what follows:',
    detail,
  ].join('\n');
}

/** By name: the class lives with the QMP client, which most commands do not load. */
function isTargetError(error: unknown): boolean {
  return error instanceof Error && error.name === 'TargetError';
}
