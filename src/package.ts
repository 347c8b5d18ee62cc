/**
 * The installed package: where its files are, and its version.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json; this module runs from dist/src below it. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the package, by its path inside it. */
export function packageFile(...path: string[]): string {
  return join(packageRoot, ...path);
}

let version: string | undefined;

/** As package.json has it; read when it is asked for, since to import a library reads nothing but modules. */
export function packageVersion(): string {
  version ??= readVersion();
  return version;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
