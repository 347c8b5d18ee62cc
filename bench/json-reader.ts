/**
 * How fast the reader is, and that its time is linear in its input.
 *
 *     node dist/bench/json-reader.js [megabytes [name]]
 *
 * First the rate on small messages, next to splitting the same bytes into lines and giving those to JSON.parse. Then,
 * for input that could be meant to hurt, the time for all of it next to the time for a quarter: linear is 4.
 */
import { JsonReader, qemuDialect, type ReaderOptions } from '../src/json/index.js';

const MEGABYTE = 1_000_000;
const SOCKET_CHUNK = 65_536;

/** The kinds of messages that a QMP session is made of. */
const messages = [
  '{"return": {}, "id": "libvirt-1"}',
  '{"return": {}}',
  '{"id": 17, "error": {"class": "GenericError", "desc": "Device \'foo\' not found"}}',
  '{"return": {"status": "running", "singlestep": false, "running": true}, "id": 42}',
  '{"timestamp": {"seconds": 1267020223, "microseconds": 435656}, "event": "BLOCK_JOB_COMPLETED", "data": ' +
    '{"type": "stream", "device": "virtio-disk0", "len": 10737418240, "offset": 10737418240, "speed": 0}}',
  '{"return": [{"name": "a", "value": [1, 2, 3, null, true]}, {"name": "b", "value": {"x": -1}}], "id": 43}',
];

function print(...columns: readonly string[]): void {
  const widths = [44, 12, 12, 12];
  process.stdout.write(`${columns.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' ')}\n`);
}

/** Milliseconds that `work` takes. */
function time(work: () => void): number {
  const before = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - before) / 1e6;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

function chunks(data: Buffer, size: number): Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0; at < data.length; at += size) list.push(data.subarray(at, at + size));
  return list;
}

function splitAndParse(input: readonly Buffer[]): number {
  let count = 0;
  let rest = '';
  for (const chunk of input) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      JSON.parse(line);
      count += 1;
    }
  }
  return count;
}

function readAll(input: readonly Buffer[], options: ReaderOptions): number {
  const reader = new JsonReader(options);
  let count = 0;
  for (const chunk of input) count += reader.push(chunk).length;
  return count + reader.end().length;
}

function compareRates(): void {
  const lines = Array.from({ length: 6000 }, (_, index) => `${messages[index % messages.length] ?? ''}\r\n`);
  const data = Buffer.from(lines.join(''));
  const inputs = {
    'chunks of 64 KiB': chunks(data, SOCKET_CHUNK),
    'a chunk a message': lines.map((line) => Buffer.from(line)),
  };
  const readers: Record<string, ReaderOptions> = {
    strict: {},
    'strict, with raw bytes': { keepRaw: true },
    qemu: { dialect: qemuDialect },
  };
  print('small messages', 'reader', 'JSON.parse', 'ratio of rates');
  for (const [cut, input] of Object.entries(inputs)) {
    for (const [name, options] of Object.entries(readers)) {
      // Taking turns, so that a busy machine slows both down.
      const rounds = Array.from({ length: 31 }, () => {
        const parse = time(() => splitAndParse(input));
        return { parse, read: time(() => readAll(input, options)) };
      });
      const parse = median(rounds.map((round) => round.parse));
      const read = median(rounds.map((round) => round.read));
      const rate = (ms: number): string => `${(data.length / ms / 1000).toFixed(0)} MB/s`;
      print(`  ${name}, ${cut}`, rate(read), rate(parse), (parse / read).toFixed(2));
    }
  }
}

/** Random bytes, the same in every run. */
function noise(length: number): Buffer {
  const data = Buffer.alloc(length);
  let state = 1;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[index] = state & 0xff;
  }
  return data;
}

interface Case {
  readonly name: string;
  readonly input: (length: number) => Buffer;
  /** Bytes a chunk; all at once when absent. */
  readonly chunk?: number;
  readonly options?: ReaderOptions;
}

const unlimited = { nesting: Infinity, tokens: Infinity, tokenBytes: Infinity, messageBytes: Infinity };

function repeated(open: string, piece: string, close: string): (length: number) => Buffer {
  return (length) => Buffer.from(open + piece.repeat(length / piece.length) + close, 'latin1');
}

/** An object in which every member has another name. */
function members(length: number): Buffer {
  const list = Array.from({ length: length / 20 }, (_, index) => `"name${String(index).padStart(9, '0')}":1`);
  return Buffer.from(`{${list.join(',')}}`);
}

const small = '{"name":"drive0","size":1073741824,"flags":[true,null,-1.5e3]},';

const cases: readonly Case[] = [
  { name: 'one message in one chunk', input: repeated('[', small, '0]'), options: { limits: unlimited } },
  {
    name: 'one message in chunks of 64 KiB',
    input: repeated('[', small, '0]'),
    chunk: SOCKET_CHUNK,
    options: { limits: unlimited },
  },
  {
    name: 'one message byte by byte',
    input: repeated('[', small, '0]'),
    chunk: 1,
    options: { limits: unlimited },
  },
  {
    name: 'one message byte by byte, with raw bytes',
    input: repeated('[', small, '0]'),
    chunk: 1,
    options: { limits: unlimited, keepRaw: true },
  },
  { name: 'one string byte by byte', input: repeated('"', 'a', '"'), chunk: 1 },
  { name: 'one string of escapes', input: repeated('"', '\\u00e9', '"'), chunk: SOCKET_CHUNK },
  { name: 'one string of bad UTF-8', input: repeated('"', '\xed\xa0\x80', '"'), chunk: SOCKET_CHUNK },
  { name: 'one integer', input: repeated('', '9', ' '), chunk: SOCKET_CHUNK },
  { name: 'one keyword', input: repeated('', 'a', ' '), chunk: SOCKET_CHUNK },
  { name: 'an object of many members', input: members, options: { limits: unlimited } },
  { name: 'open brackets, strict', input: repeated('', '[', ''), chunk: SOCKET_CHUNK },
  {
    name: 'open brackets, qemu',
    input: repeated('', '[', ''),
    chunk: SOCKET_CHUNK,
    options: { dialect: qemuDialect },
  },
  {
    name: 'open brackets, no limit',
    input: repeated('', '[', ''),
    chunk: SOCKET_CHUNK,
    options: { limits: unlimited },
  },
  {
    name: 'closing brackets, qemu',
    input: repeated('', ']', ''),
    chunk: SOCKET_CHUNK,
    options: { dialect: qemuDialect },
  },
  {
    name: 'white space',
    input: repeated('[', ' \n', ']'),
    chunk: SOCKET_CHUNK,
    options: { dialect: qemuDialect, keepRaw: true },
  },
  { name: 'noise, strict', input: noise, chunk: SOCKET_CHUNK },
  { name: 'noise, qemu', input: noise, chunk: SOCKET_CHUNK, options: { dialect: qemuDialect } },
  { name: 'noise, qemu, byte by byte', input: noise, chunk: 1, options: { dialect: qemuDialect } },
];

/** The median of three runs; one run where that takes long enough to trust it. */
function duration({ input, chunk, options }: Case, length: number): number {
  const data = input(length);
  const run = (): number =>
    time(() => {
      const reader = new JsonReader(options);
      const size = chunk ?? data.length;
      for (let at = 0; at < data.length; at += size) reader.push(data.subarray(at, at + size));
      reader.end();
    });
  const first = run();
  return first > 1000 ? first : median([first, run(), run()]);
}

function compareSizes(megabytes: number, wanted: string): void {
  print('', `${megabytes / 4} MB`, `${megabytes} MB`, 'ratio of times (linear: 4)');
  for (const one of cases.filter(({ name }) => name.includes(wanted))) {
    const few = duration(one, (megabytes / 4) * MEGABYTE);
    const all = duration(one, megabytes * MEGABYTE);
    print(`  ${one.name}`, `${few.toFixed(0)} ms`, `${all.toFixed(0)} ms`, (all / few).toFixed(1));
  }
}

const [megabytes = '8', name] = process.argv.slice(2);
if (name === undefined) compareRates();
compareSizes(Number(megabytes), name ?? '');
