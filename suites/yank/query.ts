import { error, genericError, returnsTyped, success } from '../../src/judge/index.js';
import type { Rule } from '../../src/rules/index.js';
import { qapi } from '../citations.js';

const QUERY = 'yank.json, query-yank';

export const query: readonly Rule[] = [
  {
    kind: 'check',
    id: 'yank.query-typed',
    title: 'query-yank returns an array of yank instances',
    level: 'must',
    since: '0.1.0',
    reference: qapi(QUERY, 'It returns a list of YankInstance.'),
    needs: { profile: 'readonly', commands: ['query-yank'] },
    detects: ['query-yank-untyped', 'query-yank-member-missing'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-yank' }, returnsTyped('query-yank'));
    },
  },
  {
    kind: 'check',
    id: 'yank.query-no-arguments',
    title: 'query-yank takes no arguments',
    level: 'must',
    since: '0.1.0',
    reference: qapi(QUERY, 'It declares no arguments.'),
    needs: { profile: 'readonly', commands: ['query-yank'] },
    detects: ['query-yank-arguments-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-yank', arguments: { instances: [] } }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'yank.query-oob',
    title: 'query-yank can be executed out of band',
    level: 'must',
    since: '0.1.0',
    reference: qapi(QUERY, 'It allows out-of-band execution.'),
    needs: { profile: 'readonly', commands: ['query-yank'], oob: true },
    detects: ['yank-not-oob'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      await qmp.ask({ 'exec-oob': 'query-yank' }, returnsTyped('query-yank'));
    },
  },
  {
    kind: 'check',
    id: 'yank.oob',
    title: 'yank can be executed out of band',
    level: 'must',
    since: '0.1.0',
    reference: qapi('yank.json, yank', 'It allows out-of-band execution.'),
    needs: { profile: 'safe', commands: ['yank'], oob: true },
    detects: ['yank-not-oob'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      await qmp.ask({ 'exec-oob': 'yank', arguments: { instances: [] } }, success);
      const unknown = { type: 'chardev', id: 'qmpspec-no-such-chardev' };
      await qmp.ask({ 'exec-oob': 'yank', arguments: { instances: [unknown] } }, error('DeviceNotFound'));
    },
  },
];
