/**
 * From options to what the library works with.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'shell-quote';
import { InputError } from '../input-error.js';
import { applyConditions, loadSchema, type Schema } from '../qapi/index.js';
import { parseEndpoint, type Endpoint, type Protocol } from '../qmp/index.js';
import type { SchemaReport } from '../result/index.js';
import { fakeSource } from '../target/bundled-fake.js';
import { endpointSource, qemuSource, spawnSource, type TargetSource } from '../target/index.js';
import type { SchemaOptions, TargetOptions } from './options.js';
import { schemaError } from './schema-error.js';

/**
 * The target that the options name; the bundled fake when they name none.
 *
 * @param schema what the bundled fake offers; its own schema when left out
 *
 * @throws InputError when an address or a command line makes no sense, or the fake cannot serve the schema
 */
export function targetSource(
  { target, qemu, spawn, protocol }: TargetOptions,
  schema: Schema | undefined,
): TargetSource {
  if (target !== undefined) return endpointSource(endpointOf(target), protocol);
  if (qemu !== undefined) {
    if (qemu === '') throw new InputError('--qemu names no program');
    if (protocol === 'qga') {
      throw new InputError(
        '--qemu starts a system emulator, which is no guest agent; use --spawn or --target',
      );
    }
    return qemuSource(qemu);
  }
  if (spawn !== undefined) return spawnSource(wordsOf(spawn), spawn, protocol);
  if (schema === undefined) return fakeSource({ protocol });
  checkServable(schema, protocol);
  // Where nobody says which conditions hold, all do.
  return fakeSource({ protocol, schema: applyConditions(schema, () => true) });
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

/** @throws InputError when the text is no address */
export function endpointOf(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  if ('error' in endpoint) throw new InputError(endpoint.error);
  return endpoint;
}

/** Splits a command line as a shell does; what only a shell can do is refused. */
function wordsOf(commandLine: string): string[] {
  const words = parse(commandLine, process.env).map((word) => {
    if (typeof word === 'string') return word;
    if ('pattern' in word) return word.pattern;
    const what = 'op' in word ? `'${word.op}'` : 'a comment';
    throw new InputError(
      `--spawn starts a program and no shell, so ${what} means nothing; use sh -c '…' if you need one`,
    );
  });
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
 * Loads the schema that the options name.
 *
 * @returns undefined when they name none
 * @throws InputError with all errors of the schema
 */
export function givenSchema({ schema: path, define }: SchemaOptions): GivenSchema | undefined {
  if (path === undefined) {
    if (define.length > 0)
      throw new InputError('--define says what holds in a schema file; give one with --schema');
    return undefined;
  }
  const loaded = loadSchema(path, define.length > 0 ? { defines: define } : {});
  if (loaded.errors !== undefined) throw schemaError(path, loaded.errors);
  const { schema } = loaded;
  const hash = createHash('sha256');
  const files = schema.source.kind === 'files' ? schema.source.modules : [path];
  for (const file of files) hash.update(readFileSync(file));
  return {
    schema,
    report: {
      source: path,
      sha256: hash.digest('hex'),
      commands: schema.commands.size,
      events: schema.events.size,
    },
  };
}
