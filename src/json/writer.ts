/**
 * Values → JSON text in ASCII, every integer exact.
 */
import { Double, type Json, type JsonObject } from './value.js';

/**
 * JSON text without white space; characters outside printable ASCII are escaped.
 *
 * @throws RangeError for NaN and infinities
 * @throws TypeError for what JSON has no word for (undefined, functions, symbols)
 *
 * @public
 */
export function writeJson(value: Json): string {
  return write(value, Object.keys);
}

/**
 * {@link writeJson} as bytes.
 *
 * @public
 */
export function encodeJson(value: Json): Buffer {
  return Buffer.from(writeJson(value), 'latin1');
}

/**
 * {@link writeJson} with the members of every object sorted by UTF-16 code unit: the same text for the same value,
 * in whatever order it was built. Numbers stay as they were written.
 *
 * @public
 */
export function canonicalJson(value: Json): string {
  return write(value, (object) => Object.keys(object).sort());
}

/** A container that is being written. */
interface Frame {
  readonly container: Json[] | JsonObject;
  /** Of an object: the member names, in order. */
  readonly names: readonly string[] | undefined;
  readonly size: number;
  next: number;
}

/** Depth costs no call stack: values may nest as deep as memory allows. */
function write(root: Json, namesOf: (object: JsonObject) => string[]): string {
  const stack: Frame[] = [];
  let text = '';
  /** Writes a scalar, or the opening bracket of a container. */
  const open = (value: Json): void => {
    if (typeof value !== 'object' || value === null || value instanceof Double) {
      text += scalar(value);
    } else if (Array.isArray(value)) {
      text += '[';
      stack.push({ container: value, names: undefined, size: value.length, next: 0 });
    } else {
      text += '{';
      const names = namesOf(value);
      stack.push({ container: value, names, size: names.length, next: 0 });
    }
  };
  open(root);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const { container, names, next } = frame;
    if (next === frame.size) {
      text += names === undefined ? ']' : '}';
      stack.pop();
      continue;
    }
    if (next > 0) text += ',';
    frame.next += 1;
    const key = names?.[next] ?? next;
    if (names !== undefined) text += `${quote(String(key))}:`;
    open((container as JsonObject)[key] as Json);
  }
  return text;
}

function scalar(value: null | boolean | number | bigint | Double | string): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? 'null' : value.text;
    default:
      throw new TypeError(`JSON has no word for ${typeof value}`);
  }
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`JSON has no literal for ${value}`);
  // JavaScript writes large integers with an exponent, which QMP would take for a double.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value).toString() : String(value);
}

function quote(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  // This escapes quotes, control characters and halves of surrogate pairs; the rest outside ASCII is left.
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
