/**
 * Checks that a definition has the documentation that it needs, and that the documentation is for that definition.
 */
import type { ObjectNode } from '../../parse/ast.js';
import type { RawDefinition } from '../../modules/index.js';
import type { Pragmas } from '../../modules/pragma.js';
import type { Releases } from '../../model/release.js';
import type { Meta } from '../definition/index.js';
import type { Reporter } from './reporter.js';

/** The releases that report a section where it stands, not where its comment begins. */
const SECTIONS_LOCATED: Releases = { since: '9.0' };
/** The releases that ask for a return value where one is documented. */
const RETURNS_EXIST: Releases = { since: '9.0' };
const COMMANDS_ONLY: ReadonlySet<string> = new Set(['Returns', 'Errors']);

/**
 * Checks the documentation comment of a definition as a whole.
 *
 * @param reader takes the errors
 * @param raw the definition
 * @param meta its kind
 * @param name its name
 * @param pragmas say whether documentation is required
 */
export function checkDoc(
  reader: Reporter,
  { node, doc }: RawDefinition,
  meta: Meta,
  name: string,
  pragmas: Pragmas,
): void {
  if (doc === undefined) {
    if (!pragmas.docRequired) return;
    const hint = () => "the pragma 'doc-required' asks for it";
    reader.recoverableError('missing-doc', 'a documentation comment is required', node.position, hint);
    return;
  }
  if (!doc.isSound) return;
  if (doc.symbol !== name) {
    const message = `the documentation comment is for '${doc.symbol ?? ''}', not for '${name}'`;
    reader.recoverableError('wrong-doc-name', message, doc.position);
    return;
  }
  for (const { kind, name: tag, position } of doc.parts) {
    const message = kind === 'tagged' ? misplaced(tag, meta, node, reader) : undefined;
    if (message === undefined) continue;
    const isLocated = reader.rules.allows(SECTIONS_LOCATED);
    reader.recoverableError(
      'bad-doc-section',
      message,
      position,
      undefined,
      isLocated ? position : doc.position,
    );
  }
}

function misplaced(tag: string, meta: Meta, node: ObjectNode, reader: Reporter): string | undefined {
  if (!COMMANDS_ONLY.has(tag)) return undefined;
  if (meta !== 'command') return `a '${tag}' section is only valid for commands`;
  if (tag !== 'Returns' || node.entries.has('returns') || !reader.rules.enforces(RETURNS_EXIST))
    return undefined;
  return "there is a 'Returns' section, but the command returns nothing";
}
