/**
 * `qmpspec/json`: the QMP dialect of JSON. Integers are exact (`bigint` beyond 2^53), `1` and `1.0` differ, objects have
 * no prototype, and reading from a stream costs bounded memory and linear time, whatever comes.
 *
 * @module qmpspec/json
 */
export {
  canonicalJson,
  Double,
  encodeJson,
  isObject,
  jsonEqual,
  jsonObject,
  JsonReader,
  jsonType,
  MAX_ERROR_RAW,
  MAX_SEPARATOR,
  MAX_VALUE_RAW,
  MAX_VIOLATIONS,
  member,
  qemuDialect,
  strictDialect,
  writeJson,
  type Dialect,
  type ErrorItem,
  type Extent,
  type Json,
  type JsonError,
  type JsonErrorCode,
  type JsonObject,
  type JsonType,
  type Limits,
  type ReaderItem,
  type ReaderOptions,
  type ValueItem,
  type Violation,
  type ViolationCode,
} from '../json/index.js';
export { parseJson } from './parse-json.js';
