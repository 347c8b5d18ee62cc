/**
 * Known deviations: a failure that a waiver covers is shown, and does not decide the verdict.
 */
import { readFile } from 'node:fs/promises';
import { InputError } from '../input-error.js';
import {
  Double,
  isObject,
  JsonReader,
  member,
  parseEscapedBytes,
  type Json,
  type JsonObject,
} from '../json/index.js';
import { packageFile } from '../package.js';
import { readInputFile } from '../input-file.js';
import { suggestion } from '../patterns.js';
import type { QemuVersion } from '../discovery/index.js';
import type { Example, RecordedFailure } from './record.js';

/** As `fixtures/schemas/waivers.schema.json` describes it. */
export interface Waiver {
  /** The rule's id. */
  readonly rule: string;
  /** The kind of the failure, the last part of its key. */
  readonly kind: string;
  /** The command that the failure must be about; any when left out. */
  readonly command?: string;
  /** A JSON Schema for which some value within the arguments of the request has to be valid, or the arguments. */
  readonly arguments?: JsonObject;
  /** The releases that deviate, MAJOR.MINOR, both included; open-ended where left out. */
  readonly versions?: { readonly from?: string; readonly to?: string };
  readonly reason: string;
  /** What proves the deviation. */
  readonly evidence: { readonly requirement: string; readonly request: string; readonly reply: string };
}

/** A waiver and the file that it stands in. */
export interface SourcedWaiver extends Waiver {
  readonly source: string;
  /** Whether a waiver with `arguments` is for a request with these. */
  readonly covers?: (args: Json) => boolean;
}

/** The waivers that ship with qmpspec: proven deviations of released QEMUs. */
export const BUILTIN_WAIVERS = packageFile('fixtures', 'waivers', 'qemu.json');

/**
 * Reads a waiver file.
 *
 * @param rules the ids of all rules, so that a misspelt one is noticed
 * @throws InputError when it cannot be read, is no waiver file, or names a rule that does not exist
 */
export async function readWaivers(path: string, rules: readonly string[]): Promise<SourcedWaiver[]> {
  const content = (await readInputFile(path, 'waivers')) as Json & { readonly waivers: readonly Waiver[] };
  for (const { rule } of content.waivers) {
    if (!rules.includes(rule))
      throw new InputError(`${path}: there is no rule '${rule}'${suggestion(rule, rules)}`);
  }
  return compiled(content.waivers, path);
}

/**
 * The waivers for a rule that ship with qmpspec. They are part of the package, so they are taken as they are:
 * to check the file takes as long as to check many rules.
 */
export async function builtinWaivers(rule: string): Promise<SourcedWaiver[]> {
  const [item] = new JsonReader().push(await readFile(BUILTIN_WAIVERS));
  const content = (item?.kind === 'value' ? item.value : {}) as Json & {
    readonly waivers: readonly Waiver[];
  };
  return compiled(
    content.waivers.filter((waiver) => waiver.rule === rule),
    'built-in',
  );
}

/** @throws InputError when the arguments of a waiver are no JSON Schema */
async function compiled(waivers: readonly Waiver[], source: string): Promise<SourcedWaiver[]> {
  const needsSchemas = waivers.some((waiver) => waiver.arguments !== undefined);
  const ajv = needsSchemas
    ? new (await import('ajv/dist/2020.js')).Ajv2020({ ownProperties: true, strictTypes: false })
    : undefined;
  return waivers.map((waiver) => {
    if (waiver.arguments === undefined || ajv === undefined) return { ...waiver, source };
    try {
      const validate = ajv.compile(waiver.arguments);
      return {
        ...waiver,
        source,
        covers: (args) => somewhere(args, (value) => validate(approximate(value))),
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(`${source}: the arguments of ${showWaiver({ ...waiver, source })}: ${reason}`);
    }
  });
}

/** Whether something holds for a value, or for any within it. */
function somewhere(value: Json, holds: (value: Json) => boolean): boolean {
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (holds(next)) return true;
    if (Array.isArray(next)) pending.push(...next);
    else if (isObject(next)) pending.push(...Object.values(next));
  }
  return false;
}

/** As the validator knows values: all numbers are doubles. What a waiver says of them is never that exact. */
function approximate(value: Json): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Double) return value.value;
  if (Array.isArray(value)) return value.map(approximate);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, approximate(inner)]));
  return value;
}

/** The arguments of the requests that a failure was seen on; none when what was sent is no request. */
function argumentsOf({ evidence }: Example): Json {
  return evidence.request.split('\n').flatMap((line) => {
    // Long ones are cut, and so can be read no more.
    const sent = line.includes('\\...(') ? Buffer.alloc(0) : parseEscapedBytes(line);
    return new JsonReader().push(sent).flatMap((item) => {
      const args =
        item.kind === 'value' && isObject(item.value) ? member(item.value, 'arguments') : undefined;
      return args === undefined ? [] : [args];
    });
  });
}

/**
 * The waivers that cover a failure of a rule on a target of this version, in their order: of each of its examples the
 * first that does.
 *
 * @returns undefined when one of its examples is covered by none
 */
export function waiversFor(
  waivers: readonly SourcedWaiver[],
  rule: string,
  { examples }: RecordedFailure,
  version: QemuVersion | undefined,
): readonly SourcedWaiver[] | undefined {
  const found = examples.map((example) => waiverFor(waivers, rule, example, version));
  return found.every((waiver) => waiver !== undefined) ? [...new Set(found)] : undefined;
}

function waiverFor(
  waivers: readonly SourcedWaiver[],
  rule: string,
  failure: Example,
  version: QemuVersion | undefined,
): SourcedWaiver | undefined {
  let args: Json | undefined;
  return waivers.find(
    (waiver) =>
      waiver.rule === rule &&
      waiver.kind === failure.finding.kind &&
      (waiver.command === undefined || waiver.command === failure.finding.command) &&
      coversVersion(waiver, version) &&
      waiver.covers?.((args ??= argumentsOf(failure))) !== false,
  );
}

/** Whether a waiver is for targets of this version. */
export function coversVersion({ versions }: Waiver, version: QemuVersion | undefined): boolean {
  if (versions === undefined) return true;
  if (version === undefined) return false;
  const is = release(`${version.major}.${version.minor}`);
  const { from, to } = versions;
  return (from === undefined || is >= release(from)) && (to === undefined || is <= release(to));
}

/** A release as one number that orders like it. */
function release(text: string): number {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return major * 1000 + minor;
}

/** A waiver in a few words, for lists. */
export function showWaiver(waiver: Waiver & { readonly source: string }): string {
  return `${waiver.rule}${waiver.command === undefined ? '' : ` (${waiver.command})`}, ${waiver.source}`;
}
