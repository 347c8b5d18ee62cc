/**
 * Documentation → doc comments, as releases from 9.0 on read them: indentation says where a section ends.
 */
import type { Definition } from '../model/schema.js';

/** Sections that are directives now. */
const DIRECTIVES: ReadonlyMap<string, string> = new Map([
  ['Note', '.. note::'],
  ['Example', '.. qmp-example::'],
]);

/** The doc comment of a definition; empty when it is not documented. */
export function printDoc({ name, doc }: Definition): string {
  if (doc === undefined) return '';
  const parts = [
    doc.body,
    ...[...doc.members].map(([member, text]) => section(`@${member}:`, text)),
    ...(doc.features.size > 0 ? ['Features:'] : []),
    ...[...doc.features].map(([feature, text]) => section(`@${feature}:`, text)),
    ...doc.sections.map(({ tag, text }) =>
      tag === '' ? text : section(DIRECTIVES.get(tag) ?? `${tag}:`, text),
    ),
  ];
  const lines = [
    `@${name}:`,
    ...parts.filter((part) => part !== '').flatMap((part) => ['', ...part.split('\n')]),
  ];
  return ['##', ...lines.map((line) => (line === '' ? '#' : `# ${line}`)), '##', ''].join('\n');
}

/** Text of one line stands behind the header, longer text is indented below it. */
function section(header: string, text: string): string {
  if (!text.includes('\n')) return `${header} ${text}`;
  return [header, ...text.split('\n').map((line) => (line === '' ? '' : `    ${line}`))].join('\n');
}
