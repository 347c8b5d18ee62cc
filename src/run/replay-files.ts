/**
 * The files below `{reportDir}/replay`: each holds the steps that showed a failure. The folder may hold files of others
 * too, for a report may be written anywhere: nothing is overwritten, and nothing removed that is not provably ours.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from 'shell-quote';
import type { Transcript } from '../exchange/index.js';
import { writeJson, type Json } from '../json/index.js';
import type { RecordedFailure } from '../result/index.js';
import type { Rule } from '../rules/index.js';

/** Names that are taken are passed over, so often. */
const TRIES = 1000;

/**
 * Saves failures below `{reportDir}/replay`; give its result to a run as `saveReplay`.
 *
 * @param options the words that name the target, and by what it is judged, on the command line of `qmpspec replay`
 */
export function replaySaver(reportDir: string, options: readonly string[]) {
  const folder = join(reportDir, 'replay');
  return async (rule: Rule, failure: RecordedFailure, index: number): Promise<string> => {
    const transcript: Transcript = {
      schemaVersion: 1,
      rule: rule.id,
      requirement: rule.reference.requirement,
      steps: failure.evidence.steps,
    };
    let path: string;
    try {
      await mkdir(folder, { recursive: true });
      path = await writeNew(folder, rule.id, index + 1, `${writeJson(transcript as unknown as Json)}\n`);
    } catch (error) {
      return `(the steps could not be saved: ${error instanceof Error ? error.message : String(error)})`;
    }
    return ['npx', 'qmpspec', 'replay', path, ...options].map(shellWord).join(' ');
  };
}

/** Writes `{rule}-{n}.json`, or a later number when somebody else has that name. */
async function writeNew(folder: string, rule: string, n: number, text: string): Promise<string> {
  for (let number = n; ; number += 1) {
    const path = join(folder, `${rule}-${number}.json`);
    try {
      await writeFile(path, text, { flag: 'wx' });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === n + TRIES) throw error;
    }
  }
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quote([word]);
}

/**
 * Removes what earlier runs have saved below `{reportDir}/replay`, also those that were interrupted. A file is theirs
 * when its name and its beginning are what {@link replaySaver} writes. No link is followed.
 */
export async function forgetReplays(reportDir: string): Promise<void> {
  const folder = join(reportDir, 'replay');
  const isFolder = await lstat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) return;
  let forgotten = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!(await isReplay(path, name))) continue;
    await unlink(path);
    forgotten += 1;
  }
  // A folder that has been empty all the time may be somebody else's.
  if (forgotten > 0) await rmdir(folder).catch(() => undefined);
}

async function isReplay(path: string, name: string): Promise<boolean> {
  const [, rule] = /^([\w.-]+)-\d+\.json$/.exec(name) ?? [];
  if (rule === undefined || !(await lstat(path)).isFile()) return false;
  const beginning = Buffer.from(writeJson({ schemaVersion: 1, rule }).replace(/\}$/, ',"requirement":'));
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const found = Buffer.alloc(beginning.length);
    await file.read(found, 0, found.length, 0);
    return found.equals(beginning);
  } finally {
    await file.close();
  }
}
