/**
 * The QMP dialect of JSON: bytes to values and back, with nothing lost on the way.
 *
 * Reading goes in pieces as they come off a connection, and gives values and errors with their offsets: strictly for
 * what a server sends, or as QEMU reads what clients send (the two dialects). Integers are exact, doubles keep their
 * text, and hostile input costs bounded memory and linear time.
 *
 * This layer knows JSON only; what a QMP message looks like is the business of the layers above.
 */
export { qemuDialect, strictDialect, type Dialect, type Limits } from './dialect.js';
export {
  MAX_VIOLATIONS,
  type Violation,
  type ViolationCode,
  type JsonError,
  type JsonErrorCode,
} from './findings.js';
export {
  MAX_ERROR_RAW,
  MAX_SEPARATOR,
  MAX_VALUE_RAW,
  type ErrorItem,
  type Extent,
  type ReaderItem,
  type ValueItem,
} from './items.js';
export { JsonReader, type ReaderOptions } from './reader.js';
export { parseEscapedBytes, escapeBytes } from './show.js';
export {
  Double,
  isObject,
  jsonEqual,
  jsonObject,
  jsonType,
  member,
  type Json,
  type JsonObject,
  type JsonType,
} from './value.js';
export { canonicalJson, encodeJson, writeJson } from './writer.js';
