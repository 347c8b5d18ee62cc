/**
 * Rules about types where they are used.
 */
import type { Position } from '../../model/position.js';
import { didYouMean } from '../../../did-you-mean.js';
import { isInline, localMembers } from '../definition/index.js';
import type {
  BranchDefinition,
  CommandDefinition,
  EventDefinition,
  MemberDefinition,
  TypeReference,
} from '../definition/index.js';
import { rule } from './rule.js';
import type { Report } from './rule.js';
import type { Resolved, SymbolTable } from './symbol-table.js';
import { hasMembers } from './symbol-table.js';

export interface Use {
  readonly type: TypeReference;
  /** Names the use in messages. */
  readonly what: string;
}

function ofMembers(members: readonly MemberDefinition[]): Use[] {
  return members.map(({ name, type }) => ({ type, what: `member '${name}'` }));
}

/** What the types of branches are used for. */
function ofBranches(branches: readonly BranchDefinition[]): Use[] {
  return branches.map(({ name, type }) => ({ type, what: `branch '${name}'` }));
}

function ofReturns({ returns }: CommandDefinition): Use[] {
  return returns === undefined ? [] : [{ type: returns, what: "command's 'returns'" }];
}

/** A type, as messages name it. */
export function describe(type: Resolved, isArray = false): string {
  const kind = 'meta' in type ? type.meta : 'built-in';
  return isArray ? `array type ['${type.name}']` : `${kind} type '${type.name}'`;
}

/** Reports types that are not defined. */
export function checkKnown(uses: readonly Use[], symbols: SymbolTable, report: Report): void {
  for (const { type, what } of uses) {
    if (symbols.isKnownType(type)) continue;
    const other = symbols.definitions.get(type.name);
    if (other === undefined) {
      const hint = () => didYouMean(type.name, symbols.typeNames());
      report(`${what} uses the unknown type '${type.name}'`, type.position, hint);
    } else {
      report(`${what} uses '${type.name}' as a type, which is ${article(other.meta)}`, type.position);
    }
  }
}

/** The element types of arrays; checked before the definition that uses the arrays. */
export const knownElements = rule({
  code: 'unknown-type',
  metas: ['struct', 'union', 'alternate', 'command', 'event'],
  check(definition, symbols, report) {
    const uses = [
      ...ofMembers(localMembers(definition)),
      ...(definition.meta === 'alternate' ? ofBranches(definition.alternatives) : []),
      ...(definition.meta === 'command' ? ofReturns(definition) : []),
    ];
    checkKnown(
      uses.filter(({ type }) => type.isArray),
      symbols,
      report,
    );
  },
});

export const knownBase = rule({
  code: 'unknown-type',
  metas: ['struct', 'union'],
  check({ base }, symbols, report) {
    if (base !== undefined && !isInline(base)) checkKnown([{ type: base, what: "'base'" }], symbols, report);
  },
});

export const knownMembers = rule({
  code: 'unknown-type',
  metas: ['struct', 'union', 'command', 'event'],
  check(definition, symbols, report) {
    checkKnown(ofMembers(localMembers(definition)), symbols, report);
  },
});

export const knownAlternatives = rule({
  code: 'unknown-type',
  metas: ['alternate'],
  check({ alternatives }, symbols, report) {
    checkKnown(ofBranches(alternatives), symbols, report);
  },
});

export const knownArguments = rule({
  code: 'unknown-type',
  metas: ['command', 'event'],
  check({ data, meta }, symbols, report) {
    if (data === undefined || isInline(data)) return;
    checkKnown([{ type: data, what: `${meta}'s 'data'` }], symbols, report);
  },
});

export const knownReturns = rule({
  code: 'unknown-type',
  metas: ['command'],
  check(command, symbols, report) {
    checkKnown(ofReturns(command), symbols, report);
  },
});

function article(meta: string): string {
  return /^[aeu]/.test(meta) ? `an ${meta}` : `a ${meta}`;
}

/** The type that the arguments have as a whole, when it has a name and can be resolved. */
function argumentsType({ data }: CommandDefinition | EventDefinition, symbols: SymbolTable) {
  if (data === undefined || isInline(data)) return undefined;
  const type = symbols.resolve(data);
  return type && { type, position: data.position };
}

export const objectArguments = rule({
  code: 'bad-arguments',
  metas: ['command', 'event'],
  check(definition, symbols, report) {
    const data = argumentsType(definition, symbols);
    if (data === undefined) return;
    const { type, position } = data;
    const taker = `${definition.meta}'s 'data'`;
    if (!('meta' in type) || !hasMembers(type)) {
      report(`${taker} cannot take ${describe(type)}: it must be an object`, position);
    } else if (type.meta === 'union' && definition.flags.get('boxed') !== true) {
      report(`${taker} can take ${describe(type)} only with 'boxed': true`, position);
    }
  },
});

/** Arguments are checked first by the releases that look for conditions in them. */
export const argumentsFirst = rule({
  code: 'bad-arguments',
  releases: { since: '8.1' },
  metas: ['command', 'event'],
  *walk({ data }, symbols) {
    const object = data === undefined || isInline(data) ? undefined : symbols.object(data);
    if (object !== undefined) yield object;
  },
});

export const boxedConditions = rule({
  code: 'bad-arguments',
  releases: { since: '8.1' },
  metas: ['command', 'event'],
  check(definition, symbols, report) {
    const { data, flags, meta } = definition;
    if (data === undefined || flags.get('boxed') === true) return;
    const object = isInline(data) ? undefined : symbols.object(data);
    const members = isInline(data) ? data : object && symbols.commonMembers(object);
    const conditional = members?.find(({ condition }) => condition !== undefined);
    if (conditional === undefined) return;
    const position: Position = isInline(data) ? conditional.position : data.position;
    report(`conditional ${meta} arguments (here '${conditional.name}') require 'boxed': true`, position);
  },
});

export const objectReturns = rule({
  code: 'bad-return',
  metas: ['command'],
  check({ name, returns }, symbols, report) {
    if (returns === undefined || symbols.pragmas.commandReturns.has(name)) return;
    const type = symbols.resolve(returns);
    if (type === undefined || ('meta' in type && hasMembers(type))) return;
    report(
      `command's 'returns' cannot take ${describe(type, returns.isArray)}: it must be an object or an array of objects`,
      returns.position,
      () => 'if the command exists already, list it in the pragma command-returns-exceptions',
    );
  },
});
