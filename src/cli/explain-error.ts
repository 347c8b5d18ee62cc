/**
 * Mistakes in schemas for people at a terminal: with the line of the schema, a caret, and how the file came in.
 */
import type picocolors from 'picocolors';
import { anchorOf, readFromDisk, readText, type QapiError } from '../qapi/index.js';
import { oneLine } from '../text.js';

type Paint = ReturnType<typeof picocolors.createColors>;

/** Of a line that is longer, the part around the mistake is shown. */
const WIDTH = 100;
/** Of a longer chain of includes, the ends are shown. */
const CHAIN = 10;

/**
 * @param paint colours
 * @returns what shows an error
 */
export function explainError(paint: Paint): (error: QapiError) => string {
  const lines = fileReader();
  return (error) => {
    const { position, hint, definition } = error;
    const { file, line } = anchorOf(error);
    const text = [
      `${paint.bold(oneLine(`${file}:${line}:`))} ${paint.red('error:')} ${paint.bold(oneLine(error.message))}`,
      ...excerpt(lines(position.file)[position.line - 1], position.line, position.column, paint),
    ];
    if (hint !== undefined) text.push(`  ${paint.green('=')} ${oneLine(hint)}`);
    if (definition !== undefined) {
      const { meta, name, position: start } = definition;
      text.push(`  ${paint.dim(oneLine(`= in ${meta} '${name}', ${start.file}:${start.line}`))}`);
    }
    return [...text, ...chain(error).map((link) => `  ${paint.dim(link)}`)].join('\n');
  };
}

function excerpt(source: string | undefined, line: number, column: number, paint: Paint): string[] {
  if (source === undefined || source.trim() === '') return [];
  const start = column <= WIDTH ? 0 : column - 1 - WIDTH / 2;
  // Nothing that steers a terminal may come from a schema.
  const shown = source.slice(start, start + WIDTH).replace(/[^\P{C}\t]/gu, '?');
  const number = String(line);
  const padding = shown.slice(0, column - 1 - start).replace(/[^\t]/g, ' ');
  return [
    `  ${paint.dim(`${number} |`)} ${shown}`,
    `  ${' '.repeat(number.length)} ${paint.dim('|')} ${padding}${paint.red('^')}`,
  ];
}

function chain({ position }: QapiError): string[] {
  const links: string[] = [];
  for (let from = position.includedFrom; from !== undefined; from = from.includedFrom) {
    links.push(oneLine(`= included from ${from.file}:${from.line}`));
  }
  if (links.length <= CHAIN) return links;
  return [...links.slice(0, CHAIN / 2), `= … ${links.length - CHAIN} more …`, ...links.slice(-CHAIN / 2)];
}

/** Reads the lines of files, each once. What cannot be read any more is not shown. */
function fileReader(): (file: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const lines = known.get(file) ?? linesOf(file);
    known.set(file, lines);
    return lines;
  };
}

function linesOf(file: string): readonly string[] {
  const text = readText(readFromDisk, file);
  return typeof text === 'string' ? text.split('\n') : [];
}
