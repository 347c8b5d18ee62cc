/**
 * Pragmas: exceptions that a schema asks for, and whether it requires documentation.
 */
import type { Node } from '../parse/ast.js';
import type { ErrorList } from '../model/error.js';
import type { Position } from '../model/position.js';
import type { ReleaseRules, Releases } from '../model/release.js';
import { didYouMean } from '../../did-you-mean.js';

export interface Pragmas {
  /** Whether every definition must be documented. */
  docRequired: boolean;
  /** Commands whose names may break the rules for letter case and `_`. */
  commandNames: ReadonlySet<string>;
  /** Commands that may return something that is not an object. */
  commandReturns: ReadonlySet<string>;
  /** Definitions that may leave members undocumented. */
  undocumented: ReadonlySet<string>;
  /** Types whose member names may break the rules for letter case and `_`. */
  memberNames: ReadonlySet<string>;
}

/** What holds in a schema without pragmas. */
export function noPragmas(): Pragmas {
  return {
    docRequired: false,
    commandNames: new Set(),
    commandReturns: new Set(),
    undocumented: new Set(),
    memberNames: new Set(),
  };
}

type ListPragma = Exclude<keyof Pragmas, 'docRequired'>;

/** The pragmas that are lists of names, by key. */
const lists: ReadonlyMap<string, Releases & { readonly pragma: ListPragma }> = new Map([
  ['returns-whitelist', { pragma: 'commandReturns', until: '6.0' }],
  ['name-case-whitelist', { pragma: 'memberNames', until: '6.0' }],
  ['command-name-exceptions', { pragma: 'commandNames', since: '6.0' }],
  ['command-returns-exceptions', { pragma: 'commandReturns', since: '6.0' }],
  ['member-name-exceptions', { pragma: 'memberNames', since: '6.0' }],
  ['documentation-exceptions', { pragma: 'undocumented', since: '9.0' }],
]);

/**
 * Reads the value of a `pragma` directive; a later one replaces what an earlier one said.
 *
 * @param value the directive's value
 * @param pragmas what holds so far; changed in place
 * @param rules which pragmas are known
 * @param errors where errors go
 * @param anchor of the directive
 */
export function readPragma(
  value: Node,
  pragmas: Pragmas,
  rules: ReleaseRules,
  errors: ErrorList,
  anchor: Position,
): void {
  if (value.kind !== 'object') {
    const message = "the value of 'pragma' must be an object";
    errors.add({ code: 'bad-directive', message, position: value.position, anchor });
    return;
  }
  for (const { key, position, value: setting } of value.entries.values()) {
    const list = lists.get(key);
    if (key === 'doc-required') {
      if (setting.kind === 'boolean') pragmas.docRequired = setting.value;
      else {
        const message = "the pragma 'doc-required' must be a boolean";
        errors.add({ code: 'bad-pragma', message, position: setting.position, anchor });
      }
    } else {
      if (list === undefined || !rules.allows(list)) {
        const known = [...lists].filter(([, releases]) => rules.allows(releases)).map(([name]) => name);
        const hint = () => didYouMean(key, [...known, 'doc-required']);
        errors.add({ code: 'unknown-pragma', message: `unknown pragma '${key}'`, position, anchor }, hint);
      }
      // One of another release is followed all the same; otherwise every name in it would be one more error.
      if (list !== undefined) readList(key, setting, list.pragma, pragmas, errors, anchor);
    }
  }
}

function readList(
  key: string,
  setting: Node,
  list: ListPragma,
  pragmas: Pragmas,
  errors: ErrorList,
  anchor: Position,
): void {
  const names = namesIn(setting);
  if (names !== undefined) pragmas[list] = names;
  else {
    const message = `the pragma '${key}' must be a list of strings`;
    errors.add({ code: 'bad-pragma', message, position: setting.position, anchor });
  }
}

function namesIn(node: Node): Set<string> | undefined {
  if (node.kind !== 'array') return undefined;
  const names = new Set<string>();
  for (const element of node.elements) {
    if (element.kind !== 'string') return undefined;
    names.add(element.value);
  }
  return names;
}
