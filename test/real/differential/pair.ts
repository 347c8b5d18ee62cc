/**
 * The fake and a real QEMU side by side: both are told the same, and what they say is compared. Descriptions of errors
 * are for people and may differ; so may what only one of the two releases knows.
 */
import type { Test } from 'tap';
import { faultsById } from '../../../src/fake/index.js';
import { isObject, jsonEqual, writeJson, type Json } from '../../../src/json/index.js';
import { checkReturn } from '../../../src/judge/index.js';
import { schemaFromIntrospection, type Schema } from '../../../src/qapi/index.js';
import { fakeSource, referenceSchema } from '../../../src/target/bundled-fake.js';
import { qemuSource } from '../../../src/target/index.js';
import { must } from '../../qapi/support.js';
import { requireBinary } from '../support.js';
import { call, NEGOTIATE } from './requests.js';
import { Side, type Step } from './side.js';

type Steps = Step | readonly Step[];

/** Steps, grouped as they are best read. */
export type Row = readonly [title: string, ...steps: (Steps | readonly Steps[])[]];

/** A test that QEMU and the fake say the same to every row, each on servers that have just started. */
export function same(t: Test, name: string, rows: readonly Row[]): void {
  void t.test(name, { timeout: 120_000 }, async (t) => {
    for (const [title, ...steps] of rows) {
      await t.test(title, async (t) => {
        const pair = await Pair.start(t);
        if (pair !== undefined) t.strictSame(await pair.differences(...steps.flat(2)), []);
      });
    }
  });
}

/** The QEMUs that are near enough to the release that the fake passes for. */
const NEAR = /^(7\.2|8\.\d|9\.\d|10\.\d)$/;

/** Problems of a value with the type that another release declares: members and values come and go. */
const USUAL = ['missing-member', 'unknown-member', 'unlisted-value'];

export class Pair {
  readonly #t: Test;
  readonly #fake: Side;
  readonly #qemu: Side;
  readonly #schemas: readonly Schema[];

  private constructor(t: Test, fake: Side, qemu: Side, schema: Schema) {
    this.#t = t;
    this.#fake = fake;
    this.#qemu = qemu;
    this.#schemas = [referenceSchema(), schema];
  }

  /**
   * Starts both; the fake with these faults.
   *
   * @returns undefined when there is no QEMU, or none to compare the fake with
   */
  static async start(t: Test, ...faults: readonly string[]): Promise<Pair | undefined> {
    const program = requireBinary(t, 'qemu-system-x86_64');
    if (program === undefined) return undefined;
    const [fake, qemu] = await Promise.all([
      Side.start(t, fakeSource({ faults: faultsById(faults) })),
      Side.start(t, qemuSource(program)),
    ]);
    const conversation = await qemu.talk(t);
    await conversation.take(NEGOTIATE);
    const release = releaseOf(must((await conversation.take(call('query-version'))).returned));
    const { returned } = await conversation.take(call('query-qmp-schema'));
    await conversation.close();
    if (NEAR.test(release)) return new Pair(t, fake, qemu, schemaFromIntrospection(must(returned)).schema);
    const other = `QEMU ${release} is another one than the fake passes for: nothing was compared with it`;
    t.pass(other, { skip: other });
    return undefined;
  }

  /** Takes the steps on a new connection to each, and says where the two differ. */
  async differences(...steps: readonly Step[]): Promise<string[]> {
    const found: string[] = [];
    const [fake, qemu] = await Promise.all([this.#fake.talk(this.#t), this.#qemu.talk(this.#t)]);
    for (const step of steps) {
      const [ours, theirs] = await Promise.all([fake.take(step), qemu.take(step)]);
      const name = typeof step === 'string' ? step : `${step.command} ${writeJson(step.arguments)}`;
      if (!jsonEqual(ours.replies, theirs.replies))
        found.push(`${name}: ${writeJson(ours.replies)}, but QEMU ${writeJson(theirs.replies)}`);
      if (typeof step !== 'string')
        for (const [whose, { returned }] of Object.entries({ fake: ours, QEMU: theirs }))
          found.push(...this.#misfits(step.command, returned).map((text) => `${name}, ${whose}: ${text}`));
    }
    const events = [fake, qemu].map((side) => side.events.filter((event) => this.#isShared(event)));
    if (String(events[0]) !== String(events[1])) found.push(`events: ${events.join(', but QEMU ')}`);
    await Promise.all([fake.close(), qemu.close()]);
    return found;
  }

  #isShared(event: string): boolean {
    const [name = ''] = event.split(' ');
    return this.#schemas.every(({ events }) => events.has(name));
  }

  /** How a return disagrees with the type that one of the two declares. */
  #misfits(command: string, returned: Json | undefined): string[] {
    return this.#schemas.flatMap(({ commands }) => {
      const declared = commands.get(command);
      if (declared === undefined || returned === undefined) return [];
      const problems = checkReturn(declared, returned).filter(({ kind }) => !USUAL.includes(kind));
      return problems.map(({ path, message }) => `${path} ${message}`);
    });
  }
}

/** Major and minor version, of what query-version returned. */
function releaseOf(version: Json): string {
  const { qemu = null } = isObject(version) ? version : {};
  const { major = null, minor = null } = isObject(qemu) ? qemu : {};
  return `${writeJson(major)}.${writeJson(minor)}`;
}
