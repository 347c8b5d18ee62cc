/**
 * What a QMP monitor of QEMU 5.2 to 10.x answers to bytes, as far as it follows from reading them: the part of the
 * monitor that is needed to compare a reader with a real one.
 */
import {
  isObject,
  jsonEqual,
  member,
  parseEscapedBytes,
  type Json,
  type ReaderItem,
} from '../../src/json/index.js';
import { read, values } from './support.js';

/** One message from the server; `id` is absent where the message has none. */
export interface Answer {
  readonly kind: 'return' | 'error';
  readonly id?: Json;
}

/** The commands that requests of the tests name; they change nothing. */
const sideEffectFree = ['query-name', 'query-version'];

/** What the monitor answers to what was read, one answer an item. */
export function answers(items: readonly ReaderItem[]): Answer[] {
  return items.map((item) => (item.kind === 'error' ? { kind: 'error' } : answer(item.value)));
}

/** Are two lists of answers the same, ids compared as JSON values? */
export function sameAnswers(found: readonly Answer[], expected: readonly Answer[]): boolean {
  return found.length === expected.length && found.every((one, index) => sameAnswer(one, expected[index]));
}

function sameAnswer(a: Answer, b: Answer | undefined): boolean {
  if (a.kind !== b?.kind) return false;
  if (a.id === undefined || b.id === undefined) return a.id === b.id;
  return jsonEqual(a.id, b.id);
}

function answer(request: Json): Answer {
  if (!isObject(request)) return { kind: 'error' };
  const known = Object.keys(request).every((name) => ['execute', 'arguments', 'id'].includes(name));
  const command = member(request, 'execute');
  const parameters = member(request, 'arguments') ?? {};
  const good =
    known &&
    typeof command === 'string' &&
    sideEffectFree.includes(command) &&
    isObject(parameters) &&
    Object.keys(parameters).length === 0;
  const id = member(request, 'id');
  return { kind: good ? 'return' : 'error', ...(id === undefined ? {} : { id }) };
}

/** Does a request that was read from random input name only commands that change nothing? */
export function isSideEffectFree(item: ReaderItem): boolean {
  if (item.kind === 'error' || !isObject(item.value)) return true;
  const { value } = item;
  if (Object.hasOwn(value, 'exec-oob')) return false;
  const command = member(value, 'execute');
  return typeof command !== 'string' || sideEffectFree.includes(command);
}

/** Input and what it gives. */
export interface Row {
  readonly input: Buffer;
  readonly answers: readonly Answer[];
}

const OK = '{"execute":"query-name"}';
const withId = (id: string): string => `{"execute":"query-name","id":${id}}`;

/**
 * The table that the reader and a real QEMU are both held to. Input as `escapeBytes` shows it; behind it the answers:
 * `E` an error without an id, `R` a return without one, `E <id>` an error with that id (JSON), anything else a
 * return with that id.
 */
const rows: readonly (readonly [input: string, ...answers: string[]])[] = [
  // Framing
  [OK, 'R'],
  ['{ \\x0a"execute"\\x09:\\x0d"query-name" \\x0a}', 'R'],
  [withId('1') + withId('2'), '1', '2'],
  [`${OK},${OK}`, 'R', 'E', 'R'],
  [`42${OK}`, 'E', 'R'],
  [`true${OK}`, 'E', 'R'],
  [`\\xef\\xbb\\xbf${OK}`, 'E', 'R'],
  // The dialect
  ["{'execute':'query-name','id':'a\"b'}", '"a\\"b"'],
  [withId('"a\\\\\'b"'), '"a\'b"'],
  [withId("'a\\\\'b'"), '"a\'b"'],
  ['{"\\\\u0065xecute":"query\\\\u002dname"}', 'R'],
  [withId('"\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t"'), '"\\"\\\\/\\b\\f\\n\\r\\t"'],
  [withId('"\\\\q"'), 'E'],
  [withId('"\\\\u12"'), 'E'],
  [withId('"\\\\u12g4"'), 'E'],
  [withId('"\\\\U0041"'), 'E'],
  [`${withId('"a\\x09b"')}\\x0a`, 'E', 'E'],
  ['{"execute":"query-name","id":"a\\x0ab"}\\x0a', 'E', 'E'],
  [`/* x */${OK}`, 'E', 'R'],
  ['{"execute":"query-name",}', 'E'],
  ['[1,]', 'E'],
  ['[,1]', 'E'],
  ['{,}', 'E'],
  ['{"execute" "query-name"}', 'E'],
  ['{"execute":}', 'E'],
  ['{"execute"}', 'E'],
  ['{1:2}', 'E'],
  ['{[]:2}', 'E'],
  ['{null:2}', 'E'],
  ['[1 2]', 'E'],
  ['{"a":1 "b":2}', 'E'],
  ['nope\\x0a', 'E'],
  ['True\\x0a', 'E'],
  ['truefalse\\x0a', 'E'],
  ['true1\\x0a', 'E', 'E'],
  [withId('01'), 'E', 'E'],
  [withId('+1'), 'E', 'E'],
  [withId('.5'), 'E', 'E'],
  [withId('1.'), 'E'],
  [withId('1e'), 'E'],
  [withId('-'), 'E'],
  [withId('0x10'), 'E'],
  [withId('0e1'), 'E'],
  [withId('NaN'), 'E', 'E'],
  [withId('Infinity'), 'E', 'E'],
  ['{"execute":"query-name","id":1,"id":2}', 'E'],
  [withId('[{"a":1,"\\\\u0061":1}]'), 'E'],
  ['{"execute":"query-name","":1}', 'E'],
  ['{"execute":"query-name","x":1,"id":[2]}', 'E [2]'],
  [withId('%d'), 'E', 'E'],
  [withId('"%d"'), '"%d"'],
  ['null\\x0atrue\\x0a42\\x0a"x"[]', 'E', 'E', 'E', 'E', 'E'],
  [`[${OK}]`, 'E'],
  ['{]\\x0a', 'E'],
  // UTF-8, surrogates, NUL
  [withId('"\\xc3\\xa9\\xe2\\x82\\xac\\xf0\\x9f\\x98\\x80"'), '"é€😀"'],
  [withId('"\\xe9"'), 'E'],
  [withId('"\\x80"'), 'E'],
  [withId('"\\xc3"'), 'E'],
  [withId('"\\xe2\\x82"'), 'E'],
  [withId('"\\xf8\\x88\\x80\\x80\\x80"'), 'E'],
  [withId('"\\xfd\\xbf\\xbf\\xbf\\xbf\\xbf"'), 'E'],
  [`{"execute":"query-na\\xff${OK}`, 'E', 'R'],
  [`{"execute":"query-na\\xfe${OK}`, 'E', 'R'],
  [withId('"\\xc0\\xaf"'), 'E'],
  [withId('"\\xe0\\x80\\xaf"'), 'E'],
  [withId('"\\xf0\\x80\\x80\\x80"'), 'E'],
  [withId('"\\xc0\\x80"'), '"\\u0000"'],
  [withId('"\\xc0\\x81"'), 'E'],
  [withId('"a\\\\u0000b"'), '"a\\u0000b"'],
  ['{"execute":"query-name","a\\\\u0000":1,"a\\xc0\\x80":1}', 'E'],
  [withId('"\\\\ud83d\\\\ude00"'), '"😀"'],
  [withId('"\\\\ud83d"'), 'E'],
  [withId('"\\\\ude00"'), 'E'],
  [withId('"\\\\ude00\\\\ud83d"'), 'E'],
  [withId('"\\\\ud83d\\\\u0041"'), 'E'],
  [withId('"\\\\ud83d\\\\ud83d\\\\ude00"'), 'E'],
  [withId('"\\xed\\xa0\\x80"'), 'E'],
  [withId('"\\xed\\x9f\\xbf\\xee\\x80\\x80"'), '"\\ud7ff\\ue000"'],
  [withId('"\\\\uFFFE"'), 'E'],
  [withId('"\\\\uffff"'), 'E'],
  [withId('"\\\\ufdd0"'), 'E'],
  [withId('"\\\\ufdef"'), 'E'],
  [withId('"\\xef\\xb7\\x90"'), 'E'],
  [withId('"\\xef\\xbf\\xbf"'), 'E'],
  [withId('"\\\\ud83f\\\\udffe"'), 'E'],
  [withId('"\\xf0\\x9f\\xbf\\xbe"'), 'E'],
  [withId('"\\xf4\\x8f\\xbf\\xbd"'), '"\\udbff\\udffd"'],
  [withId('"\\xf4\\x90\\x80\\x80"'), 'E'],
  [withId('"\\\\ufdcf\\\\ufdf0\\\\ufffd"'), '"\\ufdcf\\ufdf0\\ufffd"'],
  // ids: every value, and numbers
  [withId('null'), 'null'],
  [withId('false'), 'false'],
  [withId('""'), '""'],
  [withId('{"z":1,"a":[{"b":null}],"m":true}'), '{"z":1,"a":[{"b":null}],"m":true}'],
  ['{"id":5,"execute":}', 'E'],
  [withId('-0'), '0'],
  [withId('18446744073709551615'), '18446744073709551615'],
  [withId('-9223372036854775808'), '-9223372036854775808'],
  [withId('9223372036854775808'), '9223372036854775808'],
  [withId('18446744073709551616'), '18446744073709551616.0'],
  [withId('-9223372036854775809'), '-9223372036854775808.0'],
  [withId('123456789012345678901234567890'), '123456789012345678901234567890.0'],
  [withId('1.0'), '1.0'],
  [withId('1e2'), '1e2'],
  [withId('0.1'), '0.1'],
  [withId('-0.0'), '-0.0'],
  [withId('1E+2'), '100'],
  [withId('2.5e-3'), '0.0025'],
  // Recovery
  [`{]\\x0a${OK}`, 'E', 'R'],
  [`{"execute":"query-name"\\x01${OK}`, 'E', 'R'],
  [`{"execute":"query-name"\\x00${OK}`, 'E', 'R'],
  [`{"execute":"query-name"\\x7f${OK}`, 'E', 'R'],
  [`{"execute":"\\\\\\xff${OK}`, 'E', 'R'],
  [`{"execute":"\\\\\\x01${OK}`, 'E', 'R'],
  [`\\x01\\x01${OK}`, 'E', 'E', 'R'],
  [`\\xff\\xfe\\xff${OK}`, 'E', 'E', 'E', 'R'],
  ['{"execute":"query-\\x0a', 'E'],
  ['{:{"execute":"query-name","id":1}}', 'E'],
  ['[1 {"execute":"query-name","id":1}]', 'E'],
  ['{"a":@,"b":{"execute":"query-name","id":7}}', 'E', 'E', 'E', 'E', '7', 'E'],
  ['@ foo bar\\x0a', 'E'],
  [`@ foo\\x09bar ${OK}`, 'E', 'R'],
  ['@ "\\x0d1 ', 'E', 'E'],
  ['@:1 ', 'E', 'E', 'E'],
  [`@\\x01${OK}`, 'E', 'E', 'R'],
  [`-${OK}`, 'E', 'E', 'E', 'E'],
  ['{"a":"\\\\q","b":1}', 'E'],
  [`{"a":"\\\\q"\\x01${OK}`, 'E', 'R'],
  ['{"id":[1}'],
  [`{"id":[1}]${OK}`, 'E', 'R'],
  ['{"id":[1]]', 'E'],
  ['[}', 'E'],
  ['[[}', 'E'],
  ['{"a":{]', 'E'],
  [']}:,', 'E', 'E', 'E', 'E'],
  ['{[}]', 'E'],
  // Limits
  [withId('['.repeat(1023) + ']'.repeat(1023)), `${'['.repeat(1023)}${']'.repeat(1023)}`],
  [withId('['.repeat(1024) + ']'.repeat(1024)), ...new Array<string>(1026).fill('E')],
  [`${'['.repeat(1030)}\\x01${OK}`, 'E', 'E', 'R'],
];

/** The same as rows of bytes and answers. */
export const table: readonly Row[] = rows.map(([input, ...expected]) => ({
  input: parseEscapedBytes(input),
  answers: expected.map((word): Answer => {
    if (word === 'E') return { kind: 'error' };
    if (word === 'R') return { kind: 'return' };
    const kind = word.startsWith('E ') ? 'error' : 'return';
    const [id = null] = values(read(Buffer.from(kind === 'error' ? word.slice(2) : word)));
    return { kind, id };
  }),
}));
