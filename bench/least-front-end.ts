/**
 * Less than a front end of the QAPI language has to do, as quickly as Node does it: every line of documentation goes
 * through one regular expression, every name through another, expressions through the JSON parser of the engine, and
 * every type is looked up once. There are no positions, no messages and no rules beyond that. How long this takes from
 * process start is what bench/schema sets the real one's time against.
 *
 *     node dist/bench/least-front-end.js qapi/qapi-schema.json
 */
import { readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Loose = Record<string, unknown>;

const DOC_LINE = /^#(?: @([-\w]+):| {1,2}(?:Since|Returns|Errors|Features|Example|Note)|.*)/;
const NAME = /^(?:__[a-z0-9.-]+_)?[a-zA-Z][a-zA-Z0-9_-]*$/;
const KINDS = ['struct', 'union', 'enum', 'alternate', 'command', 'event'] as const;

const seen = new Set<string>();
const expressions: Loose[] = [];
const documented = new Map<string, Set<string>>();
const types = new Map<string, Loose>();
let wrong = 0;

function read(file: string): void {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const block of text.split('\n##\n')) if (block.startsWith('#')) readDoc(block);
  const json = text
    .replace(/#[^\n]*/g, '')
    .replace(/'/g, '"')
    .replace(/\}\s*\{/g, '},{');
  for (const expression of JSON.parse(`[${json}]`) as Loose[]) {
    if (typeof expression.include === 'string') read(join(dirname(file), expression.include));
    else expressions.push(expression);
  }
}

function readDoc(block: string): void {
  let names: Set<string> | undefined;
  for (const line of block.split('\n')) {
    const name = DOC_LINE.exec(line)?.[1];
    if (name === undefined) continue;
    if (names === undefined) documented.set(name, (names = new Set()));
    else names.add(name);
  }
}

function use(type: unknown): void {
  const name: unknown = Array.isArray(type) ? type[0] : type;
  if (typeof name === 'string' && !types.has(name)) wrong += 1;
}

function member(name: string, type: unknown, docs: Set<string> | undefined): object {
  if (!NAME.test(name) || docs?.has(name) === false) wrong += 1;
  use(type);
  return { name, type };
}

function members(data: unknown, docs: Set<string> | undefined): object[] {
  if (Array.isArray(data)) {
    return (data as (string | { name: string })[]).map((value) =>
      member(typeof value === 'string' ? value : value.name, undefined, docs),
    );
  }
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data as Loose).map(([key, value]) => {
    const type = typeof value === 'string' || Array.isArray(value) ? value : (value as Loose).type;
    return member(key.startsWith('*') ? key.slice(1) : key, type, docs);
  });
}

read(process.argv[2] ?? '');
for (const expression of expressions) {
  const kind = KINDS.find((kind) => expression[kind] !== undefined);
  if (kind !== undefined) types.set(expression[kind] as string, expression);
}
const printed = [...types].map(([name, { data, base, returns }]) => {
  if (!NAME.test(name)) wrong += 1;
  use(returns);
  const docs = documented.get(name);
  return { name, 'meta-type': 'object', members: [...members(data, docs), ...members(base, docs)] };
});
writeSync(1, JSON.stringify(printed));
// Builtin types and what exceptions allow are among them.
writeSync(2, `${wrong} names\n`);
