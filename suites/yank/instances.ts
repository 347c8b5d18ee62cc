import {
  anyError,
  emptyReturn,
  genericError,
  returnsListing,
  returnsNotListing,
  returnsWith,
  success,
} from '../../src/judge/index.js';
import type { Json, JsonObject } from '../../src/json/index.js';
import type { CheckConnection } from '../../src/rules/index.js';
import type { Requirements, Probe, Rule } from '../../src/rules/index.js';
import { observed, qapi } from '../citations.js';

const YANK = 'yank.json, yank';
const NEEDS = { profile: 'full', localFiles: true } as const;
const CHARDEV_NEEDS: Requirements = {
  ...NEEDS,
  commands: ['yank', 'query-yank', 'chardev-add', 'chardev-remove'],
};
const NODE_NEEDS: Requirements = {
  ...NEEDS,
  commands: ['yank', 'query-yank', 'blockdev-add', 'blockdev-del'],
};
const MIGRATION_NEEDS: Requirements = {
  ...NEEDS,
  commands: ['yank', 'query-yank', 'migrate', 'query-migrate', 'migrate_cancel', 'migrate-set-capabilities'],
};

const CHARDEV = 'qmpspec-chardev';
const NODE = 'qmpspec-node';
const chardev: JsonObject = { type: 'chardev', id: CHARDEV };
const node: JsonObject = { type: 'block-node', 'node-name': NODE };
const migration: JsonObject = { type: 'migration' };
const unknown: JsonObject = { type: 'chardev', id: 'qmpspec-no-such-chardev' };

/** Makes a socket chardev that is connected to the peer of the name. */
async function connectChardev(probe: Probe, qmp: CheckConnection, peer: string): Promise<void> {
  await probe.listen(peer);
  probe.onAbort(chardevRemoval);
  const addr = { type: 'unix', data: { path: `${probe.folder}/${peer}` } };
  const backend = { type: 'socket', data: { addr, server: false } };
  await qmp.ask({ execute: 'chardev-add', arguments: { id: CHARDEV, backend } }, success);
  await probe.requireConnected(peer);
}

const chardevRemoval = { execute: 'chardev-remove', arguments: { id: CHARDEV } };

async function removeChardev(qmp: CheckConnection): Promise<void> {
  await qmp.ask(chardevRemoval, emptyReturn);
}

/** Makes an NBD node that is connected to the peer of the name. */
async function connectNode(probe: Probe, qmp: CheckConnection, peer: string): Promise<void> {
  await probe.listen(peer, 'nbd');
  probe.onAbort(nodeRemoval);
  const server = { type: 'unix', path: `${probe.folder}/${peer}` };
  const options = { driver: 'nbd', 'node-name': NODE, export: 'e', server, 'read-only': true };
  await qmp.ask({ execute: 'blockdev-add', arguments: options }, success);
  await probe.requireConnected(peer);
}

const nodeRemoval = { execute: 'blockdev-del', arguments: { 'node-name': NODE } };

async function removeNode(qmp: CheckConnection): Promise<void> {
  await qmp.ask(nodeRemoval, emptyReturn);
}

/** Starts a migration to the peer of the name, which never answers: it stays in progress. */
async function startMigration(probe: Probe, qmp: CheckConnection, peer: string): Promise<void> {
  await probe.listen(peer);
  probe.onAbort(returnPath(false));
  probe.onAbort({ execute: 'migrate_cancel' });
  await qmp.ask(returnPath(true), success, anyError);
  await qmp.ask({ execute: 'migrate', arguments: { uri: `unix:${probe.folder}/${peer}` } }, success);
  await probe.requireConnected(peer);
}

function returnPath(state: boolean) {
  return {
    execute: 'migrate-set-capabilities',
    arguments: { capabilities: [{ capability: 'return-path', state }] },
  };
}

async function yank(qmp: CheckConnection, ...instances: Json[]): Promise<void> {
  await qmp.ask({ execute: 'yank', arguments: { instances } }, emptyReturn);
}

/** Requires that query-yank lists an instance, or does not. */
async function requireListed(qmp: CheckConnection, instance: Json, listed: boolean): Promise<void> {
  await qmp.ask({ execute: 'query-yank' }, listed ? returnsListing(instance) : returnsNotListing(instance));
}

/** Requires that the migration reaches a status before long. */
async function requireStatus(qmp: CheckConnection, status: string): Promise<void> {
  await qmp.until({ execute: 'query-migrate' }, returnsWith({ status }));
}

export const instances: readonly Rule[] = [
  {
    kind: 'check',
    id: 'yank.chardev-listed',
    title: 'a socket chardev is listed as soon as it exists, and until it is removed',
    level: 'must',
    since: '0.1.0',
    reference: qapi('yank.json, YankInstance', 'Socket chardevs are instances that can be yanked.'),
    needs: CHARDEV_NEEDS,
    detects: ['chardev-not-registered', 'chardev-not-unregistered'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectChardev(probe, qmp, 'c');
      await requireListed(qmp, chardev, true);
      await removeChardev(qmp);
      await requireListed(qmp, chardev, false);
      await qmp.ask({ execute: 'yank', arguments: { instances: [chardev] } }, anyError);
    },
  },
  {
    kind: 'check',
    id: 'yank.chardev',
    title: 'yanking a socket chardev ends its connection, and it stays listed',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'Yanking a chardev ends its connection.'),
    needs: CHARDEV_NEEDS,
    detects: ['yank-chardev-without-effect', 'yank-chardev-removes'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectChardev(probe, qmp, 'c');
      await yank(qmp, chardev);
      await probe.requireEnded('c');
      await requireListed(qmp, chardev, true);
      // Yanking what is not connected any more is no error.
      await yank(qmp, chardev);
      await removeChardev(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.chardev-oob',
    title: 'a yank out of band frees nothing less than one in band',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'It allows out-of-band execution.'),
    needs: { ...CHARDEV_NEEDS, oob: true },
    detects: ['yank-oob-without-effect'],
    check: async (probe) => {
      const qmp = await probe.negotiated({ oob: true });
      await connectChardev(probe, qmp, 'c');
      await qmp.ask({ 'exec-oob': 'yank', arguments: { instances: [chardev] } }, emptyReturn);
      await probe.requireEnded('c');
      await removeChardev(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.chardev-kinds',
    title: 'a chardev without a socket is no instance',
    level: 'must',
    since: '0.1.0',
    reference: qapi(
      'yank.json, YankInstanceChardev',
      'Of chardevs only those of the socket backend can be yanked.',
    ),
    needs: CHARDEV_NEEDS,
    detects: ['every-chardev-yankable'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const backend = { type: 'null', data: {} };
      probe.onAbort(chardevRemoval);
      await qmp.ask({ execute: 'chardev-add', arguments: { id: CHARDEV, backend } }, success);
      await requireListed(qmp, chardev, false);
      await qmp.ask({ execute: 'yank', arguments: { instances: [chardev] } }, anyError);
      await removeChardev(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.all-or-nothing',
    title: 'with one instance that exists and one that does not nothing is yanked',
    level: 'should',
    since: '0.1.0',
    reference: observed('Yank', 'All instances are looked up before the first one is yanked.'),
    needs: CHARDEV_NEEDS,
    detects: ['yank-not-atomic', 'yank-not-atomic-backwards'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectChardev(probe, qmp, 'c');
      for (const list of [
        [chardev, unknown],
        [unknown, chardev],
        [chardev, { ...node }],
      ]) {
        await qmp.ask({ execute: 'yank', arguments: { instances: list } }, anyError);
        await probe.requireStanding('c');
      }
      await removeChardev(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.malformed-without-effect',
    title: 'a malformed request that also names an existing instance yanks nothing',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'Arguments are checked before the command has any effect.'),
    needs: CHARDEV_NEEDS,
    detects: ['yank-before-check'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectChardev(probe, qmp, 'c');
      for (const list of [[chardev, {}], [chardev, { type: 'nope' }], [{ ...chardev, x: 1 }]]) {
        await qmp.ask({ execute: 'yank', arguments: { instances: list } }, genericError);
        await probe.requireStanding('c');
      }
      await removeChardev(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.duplicate',
    title: 'naming an instance twice is the same as naming it once',
    level: 'info',
    since: '0.1.0',
    reference: observed('Yank', 'An instance may be named twice.'),
    needs: CHARDEV_NEEDS,
    detects: ['yank-duplicate-refused'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectChardev(probe, qmp, 'c');
      await yank(qmp, chardev, chardev);
      await probe.requireEnded('c');
      await removeChardev(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.block-node-listed',
    title: 'an NBD node is listed until it is deleted',
    level: 'must',
    since: '0.1.0',
    reference: qapi('yank.json, YankInstanceBlockNode', 'NBD client nodes are instances that can be yanked.'),
    needs: NODE_NEEDS,
    detects: ['node-not-registered', 'node-not-unregistered'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectNode(probe, qmp, 'n');
      await requireListed(qmp, node, true);
      await removeNode(qmp);
      await requireListed(qmp, node, false);
      await qmp.ask({ execute: 'yank', arguments: { instances: [node] } }, anyError);
    },
  },
  {
    kind: 'check',
    id: 'yank.block-node',
    title: 'yanking an NBD node ends its connection, and it stays listed',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'Yanking a block node ends its connection.'),
    needs: NODE_NEEDS,
    detects: ['yank-node-without-effect'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await connectNode(probe, qmp, 'n');
      await yank(qmp, node);
      await probe.requireEnded('n');
      await requireListed(qmp, node, true);
      await removeNode(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.block-node-kinds',
    title: 'a block node without a connection is no instance',
    level: 'must',
    since: '0.1.0',
    reference: qapi(
      'yank.json, YankInstanceBlockNode',
      'Of block nodes only those of the NBD client can be yanked.',
    ),
    needs: NODE_NEEDS,
    detects: ['every-node-yankable'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      probe.onAbort(nodeRemoval);
      const options = { driver: 'null-co', 'node-name': NODE, 'read-zeroes': true };
      await qmp.ask({ execute: 'blockdev-add', arguments: options }, emptyReturn);
      await requireListed(qmp, node, false);
      await qmp.ask({ execute: 'yank', arguments: { instances: [node] } }, anyError);
      await removeNode(qmp);
    },
  },
  {
    kind: 'check',
    id: 'yank.migration',
    title: 'yanking a migration makes it fail, and the instance disappears',
    level: 'must',
    since: '0.1.0',
    reference: qapi(YANK, 'Yanking a migration ends its connections, so that it fails.'),
    needs: MIGRATION_NEEDS,
    detects: ['migration-not-registered', 'yank-migration-without-effect', 'yank-migration-cancels'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await startMigration(probe, qmp, 'm');
      await requireListed(qmp, migration, true);
      await yank(qmp, migration);
      await probe.requireEnded('m');
      await requireStatus(qmp, 'failed');
      await requireListed(qmp, migration, false);
      await qmp.ask({ execute: 'yank', arguments: { instances: [migration] } }, anyError);
      await qmp.ask(returnPath(false), success, anyError);
    },
  },
  {
    kind: 'check',
    id: 'yank.migration-all-or-nothing',
    title: 'a migration named beside an instance that does not exist goes on',
    level: 'should',
    since: '0.1.0',
    reference: observed('Yank', 'All instances are looked up before the first one is yanked.'),
    needs: MIGRATION_NEEDS,
    detects: ['yank-not-atomic'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await startMigration(probe, qmp, 'm');
      await qmp.ask({ execute: 'yank', arguments: { instances: [migration, unknown] } }, anyError);
      await probe.requireStanding('m');
      await qmp.ask({ execute: 'migrate_cancel' }, emptyReturn);
      await probe.requireEnded('m');
      await requireStatus(qmp, 'cancelled');
      await requireListed(qmp, migration, false);
      await qmp.ask(returnPath(false), success, anyError);
    },
  },
];
