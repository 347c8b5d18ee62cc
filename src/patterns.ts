/**
 * Patterns on the command line that pick rules and commands by name.
 */
import picomatch from 'picomatch';
import { didYouMean } from './did-you-mean.js';
import { InputError } from './input-error.js';

/** @param what the ids are of: `rule` */
export function matcher(
  option: string,
  patterns: readonly string[],
  what: string,
  ids: readonly string[],
  groups: readonly string[],
): (id: string) => boolean {
  const tests = patterns.map((pattern) => {
    const test = compile(option, pattern);
    if (!ids.some((id) => test(id))) {
      throw new InputError(
        `${option} ${pattern} matches no ${what}${suggestion(pattern, [...ids, ...groups])}`,
      );
    }
    return test;
  });
  return (id) => tests.some((test) => test(id));
}

/**
 * Does a command match one of the patterns? All do when there are none.
 *
 * @param names the commands that there are
 * @throws InputError when a pattern matches none of them
 */
export function commandMatcher(
  patterns: readonly string[],
  names: readonly string[],
): (name: string) => boolean {
  return patterns.length === 0 ? () => true : matcher('--command', patterns, 'command', names, []);
}

function compile(option: string, pattern: string): (id: string) => boolean {
  try {
    return picomatch(pattern);
  } catch (error) {
    throw new InputError(
      `${option} '${pattern.slice(0, 80)}' is no pattern: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** ` (did you mean 'x'?)` when something is close enough, else nothing. */
export function suggestion(text: string, candidates: readonly string[]): string {
  const hint = didYouMean(text, candidates);
  return hint === undefined ? '' : ` (${hint})`;
}
