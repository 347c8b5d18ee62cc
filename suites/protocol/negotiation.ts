import { commandNotFound, emptyReturn, genericError, reply, success } from '../../src/judge/index.js';
import type { Json } from '../../src/json/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, qapi, spec } from '../citations.js';
import { NO_COMMAND } from '../request-text.js';

const SECTION = 'Capabilities Negotiation';

export const negotiation: readonly Rule[] = [
  {
    kind: 'check',
    id: 'nego.required',
    title: 'before negotiation every other command gives CommandNotFound',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'In negotiation mode only qmp_capabilities may run; all else gives CommandNotFound.',
    ),
    needs: { profile: 'readonly' },
    detects: ['commands-before-negotiation', 'prenegotiation-generic-error'],
    check: async (probe) => {
      const qmp = await probe.connect();
      for (const execute of [probe.info.ping, 'query-commands', 'query-qmp-schema', NO_COMMAND]) {
        await qmp.ask({ execute }, commandNotFound);
      }
    },
  },
  {
    kind: 'check',
    id: 'nego.envelope-first',
    title: 'a malformed request before negotiation gives GenericError',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Capabilities negotiation',
      'The form of a request is checked before the mode of the session.',
    ),
    needs: { profile: 'readonly' },
    detects: ['prenegotiation-envelope-unchecked'],
    check: async (probe) => {
      const qmp = await probe.connect();
      for (const request of [
        '{"execute":1,"id":1}',
        '{"execute":"query-version","arguments":[],"id":1}',
        '{"execute":"query-version","x":0,"id":1}',
        '{"id":1}',
      ]) {
        await qmp.line(request, reply(1, genericError));
      }
    },
  },
  {
    kind: 'check',
    id: 'nego.oob-before',
    title: 'exec-oob before negotiation is an unexpected member',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Capabilities negotiation',
      'Out-of-band execution does not exist before it is enabled.',
    ),
    needs: { profile: 'readonly' },
    detects: ['oob-before-negotiation'],
    check: async (probe) => {
      const qmp = await probe.connect();
      await qmp.ask({ 'exec-oob': 'qmp_capabilities' }, genericError);
      await qmp.ask({ 'exec-oob': NO_COMMAND }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'nego.accepted',
    title: 'qmp_capabilities succeeds with no arguments, with {}, and with any of the offered capabilities',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      SECTION,
      'qmp_capabilities enables capabilities that were offered and ends the negotiation.',
    ),
    needs: { profile: 'readonly' },
    everyExchange: ['no-reply', 'connection-lost'],
    detects: ['empty-enable-refused', 'negotiation-returns-value'],
    check: async (probe) => {
      const offered = [...probe.info.capabilities];
      const variants: (Json | undefined)[] = [undefined, {}, { enable: [] }, { enable: offered }];
      for (const args of variants) {
        const qmp = await probe.connect();
        await qmp.ask(
          { execute: 'qmp_capabilities', ...(args === undefined ? {} : { arguments: args }) },
          emptyReturn,
        );
        await qmp.ask({ execute: probe.info.ping }, success);
        await qmp.close();
      }
    },
  },
  {
    kind: 'check',
    id: 'nego.unknown-capability',
    title: 'an unknown capability is refused and the session stays in negotiation mode',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'Only a qmp_capabilities that succeeds ends the negotiation mode.'),
    needs: { profile: 'readonly' },
    detects: ['unknown-capability-accepted', 'negotiation-ends-on-error'],
    check: async (probe) => {
      const qmp = await probe.connect();
      await qmp.ask({ execute: 'qmp_capabilities', arguments: { enable: ['x-qmpspec-none'] } }, genericError);
      await qmp.ask({ execute: probe.info.ping }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'nego.all-or-nothing',
    title: 'a list with one unknown capability enables none of them',
    level: 'should',
    since: '0.1.0',
    reference: observed('Capabilities negotiation', 'Capabilities are enabled together or not at all.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['negotiation-not-atomic'],
    check: async (probe) => {
      const qmp = await probe.connect();
      await qmp.ask(
        { execute: 'qmp_capabilities', arguments: { enable: ['oob', 'x-qmpspec-none'] } },
        genericError,
      );
      await qmp.ask({ 'exec-oob': NO_COMMAND }, genericError);
      await qmp.ask({ execute: probe.info.ping }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'nego.types',
    title: 'the arguments of qmp_capabilities are checked like those of any command',
    level: 'must',
    since: '0.1.0',
    reference: qapi(
      'control.json, qmp_capabilities',
      'The one argument, enable, is an array of capability names.',
    ),
    needs: { profile: 'readonly' },
    detects: ['negotiation-arguments-unchecked'],
    check: async (probe) => {
      const qmp = await probe.connect();
      const malformed: Json[] = [
        { enable: 'oob' },
        { enable: null },
        { enable: {} },
        { enable: [1] },
        { enable: [null] },
        { enable: ['OOB'] },
        { enable: [], x: 0 },
      ];
      for (const args of malformed)
        await qmp.ask({ execute: 'qmp_capabilities', arguments: args }, genericError);
      await qmp.ask({ execute: probe.info.ping }, commandNotFound);
    },
  },
  {
    kind: 'check',
    id: 'nego.retry',
    title: 'after a refused negotiation another one succeeds on the same connection',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Capabilities negotiation',
      'A refused qmp_capabilities leaves everything as it was.',
    ),
    needs: { profile: 'readonly' },
    detects: ['one-negotiation-attempt'],
    check: async (probe) => {
      const qmp = await probe.connect();
      await qmp.ask({ execute: 'qmp_capabilities', arguments: { enable: ['x-qmpspec-none'] } }, genericError);
      await qmp.ask({ execute: 'qmp_capabilities' }, emptyReturn);
      await qmp.ask({ execute: probe.info.ping }, success);
    },
  },
  {
    kind: 'check',
    id: 'nego.again',
    title: 'qmp_capabilities in command mode gives CommandNotFound',
    level: 'must',
    since: '0.1.0',
    reference: spec(SECTION, 'In command mode all commands are allowed except qmp_capabilities.'),
    needs: { profile: 'readonly' },
    detects: ['second-negotiation-accepted', 'second-negotiation-generic-error'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'qmp_capabilities' }, commandNotFound);
      await qmp.ask({ execute: 'qmp_capabilities', arguments: { enable: [] } }, commandNotFound);
      await qmp.ask({ execute: probe.info.ping }, success);
    },
  },
  {
    kind: 'check',
    id: 'nego.again-types-first',
    title: 'badly typed arguments of a second qmp_capabilities give GenericError',
    level: 'should',
    since: '0.1.0',
    reference: observed(
      'Capabilities negotiation',
      'Arguments are checked before the command itself looks at the mode.',
    ),
    needs: { profile: 'readonly' },
    detects: ['negotiation-arguments-unchecked'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'qmp_capabilities', arguments: { enable: 'oob' } }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'nego.repeated-capability',
    title: 'naming a capability twice is the same as naming it once',
    level: 'info',
    since: '0.1.0',
    reference: observed('Capabilities negotiation', 'A capability may be named twice.'),
    needs: { profile: 'readonly', oob: true },
    detects: ['repeated-capability-refused'],
    check: async (probe) => {
      const qmp = await probe.connect();
      await qmp.ask({ execute: 'qmp_capabilities', arguments: { enable: ['oob', 'oob'] } }, emptyReturn);
    },
  },
];
