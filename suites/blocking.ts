/**
 * A command that keeps the main loop busy until we let it go: a socket chardev that waits for its client. Works on
 * every QEMU, without a guest and without a second server.
 */
import { reply, success, type Expectation } from '../src/judge/index.js';
import type { CheckConnection } from '../src/rules/index.js';
import type { Probe } from '../src/rules/index.js';
import { requestText } from '../src/qmp/index.js';

const SOCKET = 'blocker';
const CHARDEV = 'qmpspec-blocker';
/** The id of the request that blocks. */
export const SLOW_ID = 'slow';

/** What a check needs for {@link blocked}. */
export const BLOCKING_NEEDS = {
  profile: 'full',
  commands: ['chardev-add', 'chardev-remove'],
  localFiles: true,
} as const;

/**
 * Sends a request that is answered only when {@link release} is called; then, while it is being executed, more.
 *
 * @param rest sent in one piece
 */
export async function block(
  probe: Probe,
  qmp: CheckConnection,
  rest: string,
  expect: Expectation,
): Promise<void> {
  const addr = { type: 'unix', data: { path: `${probe.folder}/${SOCKET}` } };
  const backend = { type: 'socket', data: { addr, server: true, wait: true } };
  probe.onAbort({ execute: 'chardev-remove', arguments: { id: CHARDEV } });
  probe.onAbort({ dial: SOCKET });
  const slow = { execute: 'chardev-add', arguments: { id: CHARDEV, backend }, id: SLOW_ID };
  await qmp.exchange(requestText(slow), { replies: [] });
  // Until it is being executed it takes a place in the queue.
  await probe.awaitSocket(SOCKET);
  await qmp.exchange(rest, expect);
}

/** Lets the blocked request go on; what follows is judged by `expect`, which begins with its reply. */
export async function release(probe: Probe, qmp: CheckConnection, expect: Expectation): Promise<void> {
  await probe.dial(SOCKET);
  await qmp.exchange('', expect);
  await qmp.ask({ execute: 'chardev-remove', arguments: { id: CHARDEV } }, success);
  await probe.hangUp(SOCKET);
}

/** The reply to the request that blocked. */
export const slowReply = reply(SLOW_ID, success);
