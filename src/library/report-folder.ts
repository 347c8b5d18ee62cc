/**
 * The folder of the reports: what an earlier run has left there goes, what is somebody else's stays, and what cannot
 * be written costs neither the other files nor the verdict.
 */
import { existsSync } from 'node:fs';
import { lstat, mkdir, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../input-error.js';
import { reportFiles } from '../report/index.js';
import type { RunReport } from '../result/index.js';
import { forgetReplays } from '../run/index.js';

/** The file by which a report folder is known; empty while a run has not come to its end. */
const REPORT = 'report.json';

/**
 * Makes sure, before anything is measured, that the reports can be written, and forgets those of the run before.
 *
 * @throws InputError when they cannot, or when something else would be lost
 */
export async function prepareReports(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await forgetReports(folder);
    await forgetReplays(folder);
    await writeFile(join(folder, REPORT), '');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot write reports to ${folder}: ${messageOf(error)}`);
  }
}

/** Leaves no report, for a run that turned out to be none. */
export async function withdrawReports(folder: string): Promise<void> {
  await rm(join(folder, REPORT), { force: true });
}

/** What came of writing the reports. */
export interface Written {
  /** Why files could not be written: a matter of the folder. */
  readonly problems: readonly string[];
  /** Exceptions of the writers: defects of ours. */
  readonly defects: readonly unknown[];
}

/** Writes as many of the reports as can be written. */
export async function writeReports(folder: string, report: RunReport): Promise<Written> {
  const problems: string[] = [];
  const defects: unknown[] = [];
  for (const { name, render } of reportFiles) {
    let text: string;
    try {
      text = await render(report);
    } catch (error) {
      defects.push(error);
      continue;
    }
    try {
      await makeFolder(folder);
      await writeWhole(join(folder, name), text);
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { problems, defects };
}

/** Half a report is none, and on a full disk it takes the space of the next one. */
async function writeWhole(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    await truncate(path).catch(() => undefined);
    throw error;
  }
}

/** Level by level: asked for all levels at once, Node 20 never returns where none can be made, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const parent = dirname(resolve(folder));
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder);
}

async function forgetReports(folder: string): Promise<void> {
  const report = await ownerOf(join(folder, REPORT));
  if (report === 'others')
    throw new InputError(`${join(folder, REPORT)} is no report of qmpspec; choose another --report-dir`);
  for (const { name } of reportFiles) {
    const path = join(folder, name);
    // A link is a wish of the user's, and what is no file cannot be lost by writing.
    const isFile = await lstat(path).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (!isFile) continue;
    if (report === 'nobody')
      throw new InputError(
        `${path} would be overwritten, and without a ${REPORT} beside it, it is no report of qmpspec; ` +
          'choose another --report-dir',
      );
    await rm(path);
  }
}

/** As reportJson begins, however it may have been indented since. */
const BEGINNING =
  /^\s*\{\s*"schemaVersion":\s*1,\s*"complete":\s*(?:true|false),\s*"tool":\s*\{\s*"name":\s*"qmpspec"/;

/** Whose report.json is it? One that is empty has nothing to lose, and is what a run leaves that was killed. */
async function ownerOf(path: string): Promise<'us' | 'others' | 'nobody'> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return 'nobody';
  if (stats.size === 0) return 'us';
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    return BEGINNING.test(buffer.toString('utf8', 0, bytesRead)) ? 'us' : 'others';
  } finally {
    await file.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
