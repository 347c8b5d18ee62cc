import { deviceNotFound, emptyReturn, error, genericError } from '../../src/judge/index.js';
import type { Json } from '../../src/json/index.js';
import type { Probe, Rule } from '../../src/rules/index.js';
import { codegen, observed, qapi } from '../citations.js';

const YANK = 'yank.json, yank';
const UNION = 'Union types';
const NEEDS = { profile: 'safe', commands: ['yank'] } as const;

const noChardev = { type: 'chardev', id: 'qmpspec-no-such-chardev' };
const noNode = { type: 'block-node', 'node-name': 'qmpspec-no-such-node' };

/** Every list of instances is refused as malformed. */
function refuses(...lists: Json[]) {
  return refusesArguments(...lists.map((instances) => ({ instances })));
}

function refusesArguments(...all: Json[]) {
  return async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    for (const args of all) await qmp.ask({ execute: 'yank', arguments: args }, genericError);
  };
}

export const yankArguments: readonly Rule[] = [
  {
    kind: 'check',
    id: 'yank.nothing',
    title: 'an empty list of instances succeeds',
    level: 'should',
    since: '0.1.0',
    reference: observed('Yank', 'To yank nothing is no error.'),
    needs: NEEDS,
    detects: ['yank-empty-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'yank', arguments: { instances: [] } }, emptyReturn);
    },
  },
  {
    kind: 'check',
    id: 'yank.unknown-chardev',
    title: 'a chardev that does not exist gives DeviceNotFound',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'If any of the instances does not exist, the error is DeviceNotFound.'),
    needs: NEEDS,
    detects: ['yank-unknown-generic-error', 'yank-unknown-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const id of [noChardev.id, '', 'é', 'x'.repeat(300)]) {
        await qmp.ask(
          { execute: 'yank', arguments: { instances: [{ type: 'chardev', id }] } },
          deviceNotFound,
        );
      }
    },
  },
  {
    kind: 'check',
    id: 'yank.unknown-block-node',
    title: 'a block node that does not exist gives DeviceNotFound',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'If any of the instances does not exist, the error is DeviceNotFound.'),
    needs: NEEDS,
    detects: ['yank-unknown-generic-error', 'yank-unknown-node-generic-error'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const name of [noNode['node-name'], '', '#block0']) {
        const instances = [{ type: 'block-node', 'node-name': name }];
        await qmp.ask({ execute: 'yank', arguments: { instances } }, deviceNotFound);
      }
    },
  },
  {
    kind: 'check',
    id: 'yank.unknown-migration',
    title: 'a migration while none is under way gives DeviceNotFound',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'If any of the instances does not exist, the error is DeviceNotFound.'),
    needs: { profile: 'full', commands: ['yank', 'query-yank'] },
    detects: ['yank-unknown-generic-error', 'yank-unknown-migration-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const instances = await qmp.ask(
        { execute: 'query-yank' },
        { outcome: 'returns-typed', command: 'query-yank' },
      );
      if (JSON.stringify(instances ?? []).includes('"migration"')) probe.skip('a migration is under way');
      await qmp.ask({ execute: 'yank', arguments: { instances: [{ type: 'migration' }] } }, deviceNotFound);
    },
  },
  {
    kind: 'check',
    id: 'yank.several-unknown',
    title: 'several instances that do not exist give one DeviceNotFound',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'If any of the instances does not exist, the error is DeviceNotFound.'),
    needs: NEEDS,
    detects: ['yank-unknown-generic-error', 'yank-last-unknown-accepted'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const instances of [
        [noChardev, noNode],
        [noNode, noChardev],
        [noChardev, noChardev],
      ]) {
        await qmp.ask({ execute: 'yank', arguments: { instances } }, deviceNotFound);
      }
    },
  },
  {
    kind: 'check',
    id: 'yank.types-before-instances',
    title: 'a malformed instance behind an unknown one makes the request malformed',
    level: 'must',
    since: '0.1.0',
    reference: codegen('Commands', 'All arguments are checked before the command is executed.'),
    needs: NEEDS,
    detects: ['yank-checks-first-instance-only'],
    check: refuses([noChardev, { type: 'chardev' }], [noNode, 1], [noChardev, noNode, { type: 'nope' }]),
  },
  {
    kind: 'check',
    id: 'yank.instances-missing',
    title: 'instances is mandatory',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'The argument instances is not optional.'),
    needs: NEEDS,
    detects: ['mandatory-argument-optional'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'yank' }, genericError);
      await qmp.ask({ execute: 'yank', arguments: {} }, genericError);
    },
  },
  {
    kind: 'check',
    id: 'yank.instances-type',
    title: 'instances that are no array of objects are refused',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'The argument instances is a list of YankInstance.'),
    needs: NEEDS,
    detects: ['single-for-array-accepted', 'null-for-array-accepted', 'null-for-object-accepted'],
    check: refuses(null, 'x', 1, true, {}, noChardev, [null], ['chardev'], [1], [[]], [[noChardev]]),
  },
  {
    kind: 'check',
    id: 'yank.unknown-argument',
    title: 'an argument besides instances is refused',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'The only argument is instances.'),
    needs: NEEDS,
    detects: ['unknown-argument-accepted'],
    check: refusesArguments(
      { instances: [], x: 1 },
      { instances: [], Instances: [] },
      { instances: [], __x: null },
    ),
  },
  {
    kind: 'check',
    id: 'yank.discriminator-missing',
    title: 'an instance without type is refused',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'The discriminator of a union is mandatory.'),
    needs: NEEDS,
    detects: ['missing-discriminator-accepted'],
    check: refuses([{}], [{ id: 'x' }], [{ 'node-name': 'x' }], [noNode, { id: 'x' }]),
  },
  {
    kind: 'check',
    id: 'yank.discriminator-unknown',
    title: 'an instance whose type is not in the enumeration is refused',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'The discriminator has one of the values of its enumeration.'),
    needs: NEEDS,
    detects: ['unknown-discriminator-accepted', 'enum-case-ignored', 'enum-prefix-accepted'],
    check: refuses(
      ...[
        'nope',
        '',
        'Chardev',
        'CHARDEV',
        'chardev ',
        'block_node',
        'char',
        'chardevs',
        'chardev\0',
        '__proto__',
      ].map((type) => [{ type }]),
    ),
  },
  {
    kind: 'check',
    id: 'yank.discriminator-type',
    title: 'an instance whose type is no string is refused',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'The discriminator is of enumeration type, a string on the wire.'),
    needs: NEEDS,
    detects: ['enum-index-accepted', 'null-discriminator-accepted', 'single-element-array-accepted'],
    check: refuses(...[0, 1, 1.5, null, true, [], ['chardev'], {}].map((type): Json => [{ type }])),
  },
  {
    kind: 'check',
    id: 'yank.branch-member-missing',
    title: 'a mandatory member of the selected branch is mandatory',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'The discriminator selects the branch whose members belong to the value.'),
    needs: NEEDS,
    detects: ['branch-member-optional'],
    check: refuses([{ type: 'chardev' }], [{ type: 'block-node' }], [noChardev, { type: 'block-node' }]),
  },
  {
    kind: 'check',
    id: 'yank.branch-member-type',
    title: 'members of the selected branch are checked by type',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'The members of a branch have their declared types.'),
    needs: NEEDS,
    detects: ['number-for-string-accepted', 'null-for-string-accepted'],
    check: refuses(
      ...[null, 1, 1.5, true, [], {}, ['x']].flatMap((value): Json[] => [
        [{ type: 'chardev', id: value }],
        [{ type: 'block-node', 'node-name': value }],
      ]),
    ),
  },
  {
    kind: 'check',
    id: 'yank.other-branch-member',
    title: 'a member of another branch is refused',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'Only the members of the selected branch belong to the value.'),
    needs: NEEDS,
    detects: ['other-branch-member-accepted'],
    check: refuses(
      [{ ...noChardev, 'node-name': 'x' }],
      [{ ...noNode, id: 'x' }],
      [{ type: 'chardev', 'node-name': 'x' }],
      [{ type: 'block-node', id: 'x' }],
    ),
  },
  {
    kind: 'check',
    id: 'yank.empty-branch',
    title: 'a migration instance has no members besides type',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'A discriminator value without a branch adds no members.'),
    needs: NEEDS,
    detects: ['empty-branch-member-accepted'],
    check: refuses(
      [{ type: 'migration', id: 'x' }],
      [{ type: 'migration', 'node-name': 'x' }],
      [{ type: 'migration', x: 1 }],
    ),
  },
  {
    kind: 'check',
    id: 'yank.unknown-member',
    title: 'a member that the instance does not declare is refused',
    level: 'must',
    since: '0.1.0',
    reference: codegen(UNION, 'Only declared members belong to a value.'),
    needs: NEEDS,
    detects: ['unknown-nested-member-accepted'],
    check: refuses(
      [{ ...noChardev, x: 1 }],
      [{ ...noChardev, ID: 'x' }],
      [{ ...noNode, node_name: 'x' }],
      [{ ...noNode, __x: 1 }],
    ),
  },
  {
    kind: 'check',
    id: 'yank.class-set',
    title: 'a malformed yank never gives DeviceNotFound',
    level: 'must',
    since: '0.1.0',
    reference: qapi(
      YANK,
      'DeviceNotFound is for instances that do not exist, not for requests that make no sense.',
    ),
    needs: NEEDS,
    detects: ['yank-malformed-device-not-found'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const instances of [[{ type: 'nope' }], [{}], [{ type: 'chardev' }]] as Json[]) {
        await qmp.ask({ execute: 'yank', arguments: { instances } }, error('GenericError'));
      }
    },
  },
];
