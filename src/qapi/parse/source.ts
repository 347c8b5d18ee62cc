/**
 * Reads schema text from files, or from memory.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { QapiErrorCode } from '../model/error.js';

/**
 * Why a file could not be read.
 *
 * @public
 */
export interface ReadFailure {
  readonly code: QapiErrorCode;
  /** Completes the sentence "FILE …". */
  readonly reason: string;
}

/**
 * Reads one file; failures are returned, not thrown.
 *
 * @public
 */
export type ReadFile = (path: string) => Uint8Array | ReadFailure;

/** The largest file that is read; the whole schema of QEMU has less than one MiB. */
export const FILE_LIMIT = 16 * 1024 * 1024;

const tooLarge: ReadFailure = {
  code: 'file-too-large',
  reason: `is larger than ${FILE_LIMIT / 1024 / 1024} MiB`,
};

/**
 * Reads from the file system, never more than {@link FILE_LIMIT} bytes, so that a pipe or a device may be named too.
 */
export const readFromDisk: ReadFile = (path) => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(256 * 1024);
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks, total);
      total += length;
      if (total > FILE_LIMIT) return tooLarge;
      chunks.push(chunk.subarray(0, length));
    }
  } catch (error) {
    return describeFailure(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

function describeFailure(error: unknown): ReadFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'missing-file', reason: 'does not exist' };
    case 'EISDIR':
      return { code: 'directory', reason: 'is a directory, not a schema file' };
    case 'EACCES':
    case 'EPERM':
      return { code: 'unreadable-file', reason: 'may not be read (no permission)' };
    default:
      return { code: 'unreadable-file', reason: `cannot be read (${code})` };
  }
}

/**
 * A reader of files that exist only in memory, by path.
 *
 * @public
 */
export function filesInMemory(files: Readonly<Record<string, string>>): ReadFile {
  const byPath = new Map(Object.entries(files).map(([path, text]) => [normalize(path), text]));
  return (path) => {
    const text = byPath.get(normalize(path));
    if (text === undefined) return { code: 'missing-file', reason: 'does not exist' };
    return Buffer.from(text);
  };
}

/**
 * Reads a file as text: strict UTF-8, with line ends unified.
 *
 * @returns the text, or why there is none
 */
export function readText(readFile: ReadFile, path: string): string | ReadFailure {
  const bytes = readFile(path);
  if (!(bytes instanceof Uint8Array)) return bytes;
  if (bytes.length > FILE_LIMIT) return tooLarge;
  try {
    // A byte order mark stays in the text, where the lexer reports it, as QEMU's does.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  } catch {
    return { code: 'invalid-utf8', reason: 'is not valid UTF-8' };
  }
}

/** The path of an included file: relative to the file that includes it. */
export function includedPath(from: string, include: string): string {
  return isAbsolute(include) ? normalize(include) : join(dirname(from), include);
}
