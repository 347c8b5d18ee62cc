import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { packageFile } from '../src/package.js';

/** The files of a folder and its folders, as paths below it. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(packageFile(folder), { encoding: 'utf8', recursive: true })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith(ending))
    .sort();
}

/** The sources of all tests, as paths below `test`. */
export function testFiles(): string[] {
  return filesBelow('test', '.test.ts');
}
