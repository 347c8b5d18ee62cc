/**
 * Targets that get into trouble over single requests, what was sent to each of them, and rules that send such requests.
 */
import { success, anyError } from '../../src/judge/index.js';
import { member } from '../../src/json/index.js';
import type { Case } from '../../src/exchange/index.js';
import type { CaseRule, Rule, Suite } from '../../src/rules/index.js';
import type { SurvivalRule } from '../../src/rules/rule.js';
import type { TargetSource } from '../../src/target/index.js';
import { faulty, suite } from './support.js';

/**
 * What becomes of a target over a request.
 *
 * - `crashes`: it ends without an answer; `crashes-late`: when it has answered
 * - `hangs`: nothing is answered any more
 * - `hangs-up`: the connection ends, and the target lives
 * - `refuses`: it answers with an error
 */
export type Trouble = 'crashes' | 'crashes-late' | 'hangs' | 'hangs-up' | 'refuses';

/** What came in: the word of the request, and to which target, counted from 1. */
export interface Sent {
  readonly word: string;
  readonly target: number;
}

export interface Mortal {
  readonly source: TargetSource;
  readonly sent: readonly Sent[];
  /** The words that came in, in their order. */
  readonly words: () => string[];
  readonly started: () => number;
  readonly stopped: () => number;
}

export interface MortalOptions {
  readonly owned?: boolean;
  /** Is told before each start, with its number from 1; may refuse. */
  readonly onStart?: (number: number) => void;
  /** Is told of each request, as it comes in. */
  readonly onRequest?: (sent: Sent) => void;
}

/**
 * Fakes whose command `qom-list` takes any path, a word, and does to them what `trouble` says.
 *
 * @param trouble is told the word, the number of the target from 1, and what stands for the connection
 */
export function mortal(
  trouble: (word: string, target: number, session: unknown) => Trouble | undefined,
  { owned = true, onStart, onRequest }: MortalOptions = {},
): Mortal {
  const sent: Sent[] = [];
  let [started, stopped, built] = [0, 0, 0];
  const good = faulty(({ execute }) => {
    const target = ++built;
    return {
      execute: (command, args, call) => {
        if (command.name !== 'qom-list') return execute(command, args, call);
        const path = member(args, 'path');
        const word = typeof path === 'string' ? path : '';
        sent.push({ word, target });
        onRequest?.({ word, target });
        const { machine } = call.session;
        switch (trouble(word, target, call.session)) {
          case 'crashes':
            machine.crash();
            return new Promise(() => undefined);
          case 'crashes-late':
            setTimeout(() => {
              machine.crash();
            }, 20);
            return { return: [] };
          case 'hangs':
            return new Promise(() => undefined);
          case 'hangs-up':
            call.session.disconnect();
            return { return: [] };
          case 'refuses':
            return { error: { class: 'GenericError', desc: 'no' } };
          case undefined:
            return { return: [] };
        }
      },
    };
  });
  return {
    sent,
    words: () => sent.map(({ word }) => word),
    started: () => started,
    stopped: () => stopped,
    source: {
      ...good,
      owned,
      start: async () => {
        onStart?.(started + 1);
        started += 1;
        const target = await good.start();
        const { protocol, monitors, sharesFiles } = target;
        return {
          // How a process ended is known of our own only.
          ...(owned ? target : { protocol, monitors, sharesFiles }),
          stop: async () => {
            stopped += 1;
            await target.stop();
          },
        };
      },
    },
  };
}

/** A case for {@link mortal}: the word that is sent. */
export function saying(word: string, others: Partial<Case> & { readonly path?: string } = {}): Case {
  const { path = word, ...rest } = others;
  return {
    request: { execute: 'qom-list', arguments: { path: word } },
    oneOf: [success],
    about: {
      name: `qom-list/${word}`,
      command: 'qom-list',
      path,
      label: path,
      valid: true,
      operator: 'string',
    },
    ...rest,
  };
}

/** The same for many words; `cleanup` gives the word of the request that cleans up after each. */
export function* sayings(words: readonly string[], cleanup?: (word: string) => string): Iterable<Case> {
  for (const word of words) {
    yield saying(
      word,
      cleanup === undefined
        ? {}
        : {
            cleanup: { execute: 'qom-list', arguments: { path: cleanup(word) } },
            oneOf: [success, anyError],
          },
    );
  }
}

const RULE = {
  title: 'it holds',
  level: 'must',
  since: '0.1.0',
  reference: { document: 'test', section: 'here', requirement: 'It has to hold.' },
  detects: [],
  needs: { profile: 'readonly' },
} as const;

/** A rule made by hand that sends cases. */
export function sending(id: string, cases: CaseRule['cases']): CaseRule {
  return { ...RULE, kind: 'cases', id, cases };
}

export const SURVIVES = 'a.survives';

/** The rules, and behind them the one that the target survives their cases. */
export function surviving(...rules: Rule[]): readonly Suite[] {
  const survives: SurvivalRule = { ...RULE, kind: 'survival', id: SURVIVES };
  return suite(...rules, survives);
}

/** `w0`, `w1`, … */
export function numbered(count: number, prefix = 'w'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
