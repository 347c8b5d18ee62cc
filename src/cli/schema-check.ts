/**
 * `qmpspec schema check`
 */
import picocolors from 'picocolors';
import { didYouMean } from '../did-you-mean.js';
import { InputError } from '../input-error.js';
import { checkSchema, formatError, releaseNamed, RELEASES } from '../qapi/index.js';
import type { Dialect, QapiError } from '../qapi/index.js';
import { oneLine } from '../text.js';
import { explainError } from './explain-error.js';
import { say, sayLines, sayPainted, terminal } from './stderr.js';
import { print } from './stdout.js';

/**
 * Checks schemas; what is valid is said on stdout, errors go to stderr.
 *
 * @param dialect a release, or `auto`
 * @returns the exit code
 * @throws InputError when there is no such dialect
 */
export function checkSchemas(paths: readonly string[], dialect: string): number {
  const by = dialectNamed(dialect);
  const explain = explainError(picocolors.createColors(picocolors.isColorSupported));
  const report = terminal.isTTY
    ? (error: QapiError): void => {
        sayPainted(explain(error));
      }
    : (error: QapiError): void => {
        sayLines(formatError(error));
      };
  let valid = true;
  for (const path of paths) {
    const { errors, schema, release } = checkSchema(path, { dialect: by });
    const rules = release === undefined ? '' : ` (QEMU ${release})`;
    if (errors === undefined) {
      const counts = `${schema.commands.size} commands, ${schema.events.size} events`;
      print(`${oneLine(path)}: valid, ${counts}${rules}\n`);
      continue;
    }
    valid = false;
    errors.forEach(report);
    if (release !== undefined && by === 'auto') {
      say(`${path}: not valid in any release; it comes nearest to the rules of QEMU ${release}`);
    }
  }
  return valid ? 0 : 1;
}

function dialectNamed(name: string): Dialect {
  const dialect = name === 'auto' ? name : releaseNamed(name);
  if (dialect !== undefined) return dialect;
  const [first, last] = [RELEASES[0], RELEASES.at(-1)];
  const hint = didYouMean(name, [...RELEASES, 'auto']);
  throw new InputError(
    `--dialect ${name}: it must be 'auto' or a QEMU release from ${first} to ${last}${hint === undefined ? '' : ` (${hint})`}`,
  );
}
