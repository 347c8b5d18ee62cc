/**
 * Options that several commands take, and how their values are read.
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS } from '../library/defaults.js';
import type { TargetChoice } from '../library/run-options.js';

/** Collects a repeatable option. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** Reads a whole number from `min` on. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(
        `It must be a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ' on'}.`,
      );
    }
    return value;
  };
}

/** Milliseconds. */
export const milliseconds = wholeNumber(1, MAX_TIMEOUT_MS);

/** Reads `I/N`: the I-th of N parts, counted from 1. */
export function shard(text: string): { readonly index: number; readonly count: number } {
  const [, part = '', of = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const [index, count] = [Number(part) - 1, Number(of)];
  if (index < 0 || index >= count) {
    throw new InvalidArgumentError('It must be I/N: the I-th of N parts, such as 1/4.');
  }
  return { index, count };
}

/** `--protocol` */
export interface ProtocolOptions {
  readonly protocol: 'qmp' | 'qga';
}

export function addProtocolOption(command: Command): Command {
  return command.addOption(
    new Option('--protocol <name>', 'qmp: a monitor of QEMU, or what speaks like one; qga: a guest agent')
      .choices(['qmp', 'qga'])
      .default('qmp'),
  );
}

/** `--target`, `--qemu` and `--spawn`: at most one of them; and what it speaks. */
export interface TargetOptions extends ProtocolOptions {
  readonly target?: string;
  readonly qemu?: string;
  readonly spawn?: string;
}

export function addTargetOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        '--target <address>',
        'a server that is already running: unix:PATH or tcp:HOST:PORT',
      ).conflicts(['qemu', 'spawn']),
    )
    .addOption(
      new Option(
        '--qemu <binary>',
        'start a QEMU system emulator, with arguments that qmpspec chooses',
      ).conflicts(['target', 'spawn']),
    )
    .addOption(
      new Option(
        '--spawn <command line>',
        'start any server; {socket} becomes the path of a Unix socket, {dir} that of a private folder',
      ).conflicts(['target', 'qemu']),
    );
  return addProtocolOption(command);
}

/** The target that the options name; undefined when they name none. */
export function targetChoice({ target, qemu, spawn }: TargetOptions): TargetChoice | undefined {
  if (target !== undefined) return { address: target };
  if (qemu !== undefined) return { qemu };
  return spawn === undefined ? undefined : { spawn };
}

export function addTimeoutOption(command: Command): Command {
  return command.option('--timeout <ms>', 'how long one reply may take', milliseconds, DEFAULT_TIMEOUT_MS);
}

/** `--schema` and `--define`. */
export interface SchemaOptions {
  readonly schema?: string;
  readonly define: readonly string[];
}

export function addSchemaOptions(command: Command): Command {
  return command
    .option(
      '--schema <file>',
      'a QAPI schema, or a saved reply to query-qmp-schema (default: what the target says, if it does)',
    )
    .option('--define <name>', 'a condition symbol that holds in the target (repeatable)', collect, []);
}

/** `--suite`, `--rule`, `--exclude`. */
export interface SelectionOptions {
  readonly suite: readonly string[];
  readonly rule: readonly string[];
  readonly exclude: readonly string[];
}

export function addSelectionOptions(command: Command): Command {
  return command
    .option('--suite <id>', 'only this suite (repeatable)', collect, [])
    .option('--rule <pattern>', 'only rules whose id matches, such as yank.* (repeatable)', collect, [])
    .option('--exclude <pattern>', 'leave out rules whose id matches (repeatable)', collect, []);
}

/** Is there a person at the other end who likes colours? */
export function wantsColor(stream: Pick<NodeJS.WriteStream, 'isTTY'>, option: boolean): boolean {
  return option && stream.isTTY && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';
}
