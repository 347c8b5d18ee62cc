/**
 * The QEMU dialect against a real QEMU: the same bytes, the same sequence of replies.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  encodeJson,
  isObject,
  JsonReader,
  member,
  qemuDialect,
  escapeBytes,
  type Json,
  type JsonObject,
} from '../../src/json/index.js';
import { answers, isSideEffectFree, sameAnswers, table, type Answer } from '../json/monitor.js';
import { bytes, SEED, soup } from '../json/support.js';
import { scratchFolder } from '../scratch-folder.js';
import { requireBinary, start } from './support.js';

/** The QEMUs whose parser the dialect follows: the next one reports errors earlier, and fewer of them. */
const OLDEST = [5, 2] as const;
const NEWEST_MAJOR = 10;

/** Token soup, short random bytes, and requests with arbitrary text in the id. */
const randomInput: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: soup },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array)) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.oneof(
          fc.integer({ min: 0x20, max: 0xfd }).map((byte) => String.fromCharCode(byte)),
          fc.constantFrom(
            '\\u00',
            '\\ud8',
            '\\udc',
            '41',
            '\\',
            'u',
            '\xe2\x82',
            '\xac',
            '\xf0\x9f',
            '\x98\x80',
          ),
        ),
        { maxLength: 10 },
      )
      .map((list) => bytes(`{"execute":"query-name","id":"${list.join('')}"}`)),
  },
);

function sentinel(index: number): string {
  return `s${index}`;
}

/** The QMP side of a QEMU that does nothing. */
class Monitor {
  readonly #socket: Socket;
  readonly #reader = new JsonReader();
  readonly #messages: JsonObject[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async start(t: Test, program: string): Promise<Monitor> {
    const path = join(scratchFolder(t), 'qmp');
    const child = start(t, program, [
      ...['-nodefaults', '-display', 'none', '-machine', 'none'],
      ...['-chardev', `socket,id=m,path=${path},server=on,wait=off`, '-mon', 'chardev=m,mode=control'],
    ]);
    while (!existsSync(path) && child.exitCode === null) await sleep(20);
    const socket = connect(path);
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
    const monitor = new Monitor(socket);
    await monitor.#next();
    monitor.send(encodeJson({ execute: 'qmp_capabilities' }));
    await monitor.#next();
    return monitor;
  }

  send(data: Uint8Array): void {
    this.#socket.write(data);
  }

  /** Major and minor version. */
  async version(): Promise<[number, number]> {
    this.send(encodeJson({ execute: 'query-version' }));
    const reply = await this.#next();
    const qemu = path(reply, 'return', 'qemu');
    return [Number(path(qemu, 'major')), Number(path(qemu, 'minor'))];
  }

  /** All answers up to the one with this id. */
  async answersUpTo(id: string): Promise<Answer[]> {
    const found: Answer[] = [];
    for (;;) {
      const reply = await this.#next();
      const kind = Object.hasOwn(reply, 'return') ? 'return' : 'error';
      const own = member(reply, 'id');
      found.push(own === undefined ? { kind } : { kind, id: own });
      if (own === id) return found;
    }
  }

  async #next(): Promise<JsonObject> {
    while (this.#messages.length === 0) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer];
      for (const item of this.#reader.push(chunk)) {
        if (item.kind === 'error') throw new Error(item.error.message);
        if (isObject(item.value) && !Object.hasOwn(item.value, 'event')) this.#messages.push(item.value);
      }
    }
    return this.#messages.shift() ?? {};
  }
}

/** The value at the end of a path of member names; null where there is none. */
function path(value: Json, ...names: readonly string[]): Json {
  let found = value;
  for (const name of names) found = (isObject(found) ? member(found, name) : undefined) ?? null;
  return found;
}

void t.test('a real QEMU reads what the reader reads', { timeout: 60_000 }, async (t) => {
  const program = requireBinary(t, 'qemu-system-x86_64');
  if (program === undefined) return;
  const monitor = await Monitor.start(t, program);
  const version = await monitor.version();
  const [major, minor] = version;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]) || major > NEWEST_MAJOR) {
    const other = `QEMU ${major}.${minor} has another parser: nothing was compared with it`;
    t.pass(other, { skip: other });
    return;
  }

  const inputs = [
    ...table.map(({ input }) => input),
    ...fc.sample(randomInput, { seed: SEED, numRuns: 1500 }),
  ];
  const reader = new JsonReader({ dialect: qemuDialect });
  const expected: Answer[][] = [];
  for (const [index, input] of inputs.entries()) {
    // Whatever state the input leaves, a control character ends it, and the request behind it is read.
    const data = Buffer.concat([
      input,
      bytes('\x01'),
      encodeJson({ execute: 'query-name', id: sentinel(index) }),
    ]);
    const items = reader.push(data);
    if (!items.every(isSideEffectFree)) throw new Error(`a test must not send ${escapeBytes(input)}`);
    expected.push(answers(items));
    monitor.send(data);
  }
  for (const [index, input] of inputs.entries()) {
    const wanted = expected[index] ?? [];
    const found = await monitor.answersUpTo(sentinel(index));
    // One assertion for each difference and one in the end: a line for each input would hide them.
    if (!sameAnswers(found, wanted)) t.fail(`differs: ${escapeBytes(input, 400)}`, { found, wanted });
  }
  t.ok(inputs.length > 1500, `${inputs.length} inputs compared with QEMU ${major}.${minor}`);
});
