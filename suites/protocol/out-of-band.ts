import {
  anyError,
  commandNotFound,
  genericError,
  reply,
  replyWithoutId,
  success,
  type Expectation,
} from '../../src/judge/index.js';
import type { Probe, Rule } from '../../src/rules/index.js';
import { block, BLOCKING_NEEDS, release, slowReply } from '../blocking.js';
import { codegen, observed, spec } from '../citations.js';
import { NO_COMMAND, jsonText, raw } from '../request-text.js';

const SECTION = 'Out-of-band execution';

/** A command that may be executed out of band and needs no arguments. */
function oobCommand(probe: Probe): string {
  const commands = [...(probe.info.schema?.commands.values() ?? [])].filter(
    ({ name, allowOob, arguments: args }) =>
      allowOob && args === undefined && probe.info.commands?.has(name) === true,
  );
  const query = commands.find(({ name }) => name.startsWith('query-')) ?? commands[0];
  return (
    query?.name ?? probe.skip('the target has no command without arguments that may be executed out of band')
  );
}

/** In-band requests q1 to qN in one piece. */
function queued(probe: Probe, count: number): { text: string; replies: Expectation['replies'] } {
  const ids = Array.from({ length: count }, (_, index) => `q${index + 1}`);
  return {
    text: ids.map((id) => jsonText`{"execute":${probe.info.ping},"id":${id}}\n`).join(''),
    replies: ids.map((id) => reply(id, success)),
  };
}

export const outOfBand: readonly Rule[] = [
  {
    kind: 'check',
    id: 'oob.unsupported',
    title: 'a command that may not be executed out of band is refused with GenericError',
    level: 'must',
    since: '0.1.0',
    reference: codegen('Commands', 'Only commands with allow-oob may be executed out of band.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['oob-for-all-commands', 'oob-unsupported-command-not-found'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      if (probe.info.schema?.commands.get(probe.info.ping)?.allowOob === true)
        probe.skip('no command to try');
      await qmp.ask({ 'exec-oob': probe.info.ping }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'oob.unknown',
    title: 'an unknown command sent out of band gives CommandNotFound',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Out-of-band execution',
      'The command is looked up before it is asked if it may overtake.',
    ),
    needs: { profile: 'readonly', oob: true },
    detects: ['oob-unknown-generic-error'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      await qmp.ask({ 'exec-oob': NO_COMMAND }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'oob.supported',
    title: 'a command with allow-oob can be executed out of band',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'Commands with allow-oob in query-qmp-schema support out-of-band execution.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['oob-refused-for-allowed'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const command = oobCommand(probe);
      if (!command.startsWith('query-'))
        probe.skip('the target has no query that may be executed out of band');
      await qmp.ask({ 'exec-oob': command }, success);
    },
  },
  {
    kind: 'check',
    id: 'oob.no-id',
    title: 'an out-of-band request needs no id',
    level: 'should',
    since: '0.1.0',
    reference: spec(SECTION, 'Passing an id is recommended to match responses, and not required.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['oob-without-id-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      await qmp.line(jsonText`{"exec-oob":${NO_COMMAND}}`, replyWithoutId(commandNotFound));
    },
  },
  {
    kind: 'check',
    id: 'oob.arguments-checked',
    title: 'arguments of an out-of-band command are checked as in band',
    level: 'must',
    since: '0.1.0',
    reference: spec('Compatibility Considerations', 'The server refuses a key that it does not understand.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['oob-arguments-unchecked'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      await qmp.ask({ 'exec-oob': oobCommand(probe), arguments: { x: 1 } }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'oob.in-band-too',
    title: 'a command with allow-oob can be executed in band as well',
    level: 'must',
    since: '0.1.0',
    reference: codegen(
      'Commands',
      'The flag allow-oob permits out-of-band execution and takes nothing away.',
    ),
    needs: { profile: 'readonly', oob: true },
    detects: ['oob-commands-only-oob'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const command = oobCommand(probe);
      if (!command.startsWith('query-'))
        probe.skip('the target has no query that may be executed out of band');
      await qmp.ask({ execute: command }, success);
    },
  },
  {
    kind: 'check',
    id: 'oob.overtakes',
    title: 'an out-of-band command is answered while an in-band command is still being executed',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'Out-of-band commands jump the queue and are executed right away.'),
    needs: { ...BLOCKING_NEEDS, oob: true },
    detects: ['oob-in-turn'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const waiting = queued(probe, 1);
      const outcomes = [success, anyError];
      await block(probe, qmp, jsonText`${raw(waiting.text)}{"exec-oob":${oobCommand(probe)},"id":"o"}\n`, {
        replies: [reply('o', ...outcomes)],
      });
      await release(probe, qmp, { replies: [slowReply, ...waiting.replies] });
    },
  },
  {
    kind: 'check',
    id: 'oob.errors-overtake',
    title: 'errors of an out-of-band request overtake too',
    level: 'should',
    since: '0.1.0',
    reference: observed('Out-of-band execution', 'Whatever has exec-oob and no execute is answered at once.'),
    needs: { ...BLOCKING_NEEDS, oob: true },
    detects: ['oob-errors-in-turn'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const requests = [
        jsonText`{"exec-oob":${NO_COMMAND},"id":1}`,
        '{"exec-oob":1,"id":2}',
        jsonText`{"exec-oob":${probe.info.ping},"id":3}`,
      ];
      await block(probe, qmp, requests.join('\n'), {
        replies: [reply(1, commandNotFound), reply(2, genericError), reply(3, genericError)],
      });
      await release(probe, qmp, { replies: [slowReply] });
    },
  },
  {
    kind: 'check',
    id: 'oob.errors-in-band',
    title: 'errors of an in-band request come in their turn, parse errors too',
    level: 'should',
    since: '0.1.0',
    reference: observed('Out-of-band execution', 'A broken request waits in the queue like any other.'),
    needs: { ...BLOCKING_NEEDS, oob: true },
    detects: ['errors-overtake'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      // The out-of-band request proves that what stands before it has been read.
      await block(probe, qmp, jsonText`{"id":1}\n{]\n{"exec-oob":${NO_COMMAND},"id":"o"}\n`, {
        replies: [reply('o', commandNotFound)],
      });
      await release(probe, qmp, {
        replies: [slowReply, reply(1, genericError), replyWithoutId(genericError)],
      });
    },
  },
  {
    kind: 'check',
    id: 'oob.eight-in-flight',
    title: 'with eight in-band commands in flight an out-of-band command is still executed',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'A client may have up to eight in-band commands in flight.'),
    needs: { ...BLOCKING_NEEDS, oob: true },
    detects: ['short-queue'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const waiting = queued(probe, 7);
      await block(probe, qmp, jsonText`${raw(waiting.text)}{"exec-oob":${NO_COMMAND},"id":"o"}\n`, {
        replies: [reply('o', commandNotFound)],
      });
      await release(probe, qmp, { replies: [slowReply, ...waiting.replies] });
    },
  },
  {
    kind: 'check',
    id: 'oob.flow-control',
    title: 'with more in-band commands in flight nothing is lost',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'When the queue is full the server stops reading until it is shorter.'),
    needs: { ...BLOCKING_NEEDS, oob: true },
    detects: ['full-queue-drops'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      const waiting = queued(probe, 12);
      await block(probe, qmp, jsonText`${raw(waiting.text)}{"exec-oob":${NO_COMMAND},"id":"o"}\n`, {
        replies: [],
      });
      // Where the out-of-band reply comes among the others is open.
      await release(probe, qmp, {
        replies: [slowReply, ...waiting.replies, reply('o', commandNotFound)],
        anyOrder: true,
      });
    },
  },
  {
    kind: 'check',
    id: 'oob.in-turn-without',
    title: 'without the capability requests sent ahead wait for their turn',
    level: 'should',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'Without out-of-band execution the server executes one command after the other.',
    ),
    needs: BLOCKING_NEEDS,
    detects: ['oob-without-capability'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const waiting = queued(probe, 2);
      await block(probe, qmp, jsonText`${raw(waiting.text)}{"exec-oob":${NO_COMMAND},"id":"o"}\n`, {
        replies: [],
      });
      await release(probe, qmp, { replies: [slowReply, ...waiting.replies, reply('o', genericError)] });
    },
  },
];
