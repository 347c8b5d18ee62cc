/**
 * From what a caller names to what a run works with: the target, and the schema.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse, quote } from 'shell-quote';
import { InputError } from '../input-error.js';
import { applyConditions, loadSchema, type Schema } from '../qapi/index.js';
import type { Protocol } from '../qmp/index.js';
import type { SchemaReport } from '../result/index.js';
import { fakeSource } from '../target/bundled-fake.js';
import { endpointSource, qemuSource, spawnSource, type TargetSource } from '../target/index.js';
import { endpointOf } from './endpoint-of.js';
import { schemaError } from './schema-error.js';
import type { TargetChoice } from './run-options.js';

/**
 * The target that was chosen; the bundled fake when none was.
 *
 * @param schema what the bundled fake offers; its own schema when left out
 *
 * @throws InputError when an address or a command line makes no sense, or the fake cannot serve the schema
 */
export function targetSource(
  target: TargetChoice | undefined,
  protocol: Protocol,
  schema: Schema | undefined,
): TargetSource {
  if (target !== undefined) return chosenSource(target, protocol);
  if (schema === undefined) return fakeSource({ protocol });
  checkServable(schema, protocol);
  // Where nobody says which conditions hold, all do.
  return fakeSource({ protocol, schema: applyConditions(schema, () => true) });
}

function chosenSource(target: TargetChoice, protocol: Protocol): TargetSource {
  if ('address' in target) return endpointSource(endpointOf(target.address), protocol);
  if ('qemu' in target) {
    if (target.qemu === '') throw new InputError('--qemu names no program');
    if (protocol === 'qga') {
      throw new InputError(
        '--qemu starts a system emulator, which is no guest agent; use --spawn or --target',
      );
    }
    return qemuSource(target.qemu);
  }
  if (!('spawn' in target)) throw new InputError('a target is an address, a qemu, or a command to spawn');
  const { spawn } = target;
  return typeof spawn === 'string'
    ? spawnSource(checkWords(wordsOf(spawn)), spawn, protocol)
    : spawnSource(checkWords(spawn), quote(spawn), protocol);
}

/** Without this command no client gets beyond the first message. */
const BEGINNING = { qmp: 'qmp_capabilities', qga: 'guest-sync' } as const;

/**
 * Can the fake serve a schema?
 *
 * @throws InputError when no client could talk to it
 */
export function checkServable({ commands }: Schema, protocol: Protocol): void {
  const needed = BEGINNING[protocol];
  if (!commands.has(needed)) {
    throw new InputError(
      `the fake cannot serve this schema, for it has no command '${needed}'; give the file that includes the others, ` +
        'or name the target to be tested',
    );
  }
}

/** Splits a command line as a shell does; what only a shell can do is refused. */
function wordsOf(commandLine: string): string[] {
  return parse(commandLine, process.env).map((word) => {
    if (typeof word === 'string') return word;
    if ('pattern' in word) return word.pattern;
    const what = 'op' in word ? `'${word.op}'` : 'a comment';
    throw new InputError(
      `--spawn starts a program and no shell, so ${what} means nothing; use sh -c '…' if you need one`,
    );
  });
}

function checkWords(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw new InputError('--spawn names no program');
  if (!words.some((word) => word.includes('{socket}'))) {
    throw new InputError('--spawn needs {socket} where the server takes the path of its socket');
  }
  return words;
}

/** A schema that was given, and what to say of it in a report. */
export interface GivenSchema {
  readonly schema: Schema;
  readonly report: SchemaReport;
}

/**
 * Loads the schema that was given.
 *
 * @param given the path of a file, or a schema that is loaded already
 * @param define the condition symbols that hold; when there are none, conditions stay
 * @returns undefined when none was given
 * @throws InputError with all errors of the schema
 */
export function givenSchema(
  given: string | Schema | undefined,
  define: readonly string[],
): GivenSchema | undefined {
  if (given === undefined) {
    if (define.length > 0)
      throw new InputError('--define says what holds in a schema file; give one with --schema');
    return undefined;
  }
  if (typeof given === 'string') return readSchema(given, define);
  const symbols = new Set(define);
  const schema = define.length === 0 ? given : applyConditions(given, (symbol) => symbols.has(symbol));
  const source = given.source.kind === 'files' ? given.source.root : 'introspection data';
  return { schema, report: { source, ...sizeOf(schema) } };
}

function readSchema(path: string, define: readonly string[]): GivenSchema {
  const loaded = loadSchema(path, define.length > 0 ? { defines: define } : {});
  if (loaded.errors !== undefined) throw schemaError(path, loaded.errors);
  const { schema } = loaded;
  const hash = createHash('sha256');
  const files = schema.source.kind === 'files' ? schema.source.modules : [path];
  for (const file of files) hash.update(readFileSync(file));
  return { schema, report: { source: path, sha256: hash.digest('hex'), ...sizeOf(schema) } };
}

function sizeOf({ commands, events }: Schema): Pick<SchemaReport, 'commands' | 'events'> {
  return { commands: commands.size, events: events.size };
}
