/**
 * A test of a QMP client of one's own, with node:test: does it get along with servers that are a little odd?
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startFake } from 'qmpspec/fake';

/** The client to be tested: is the machine running? */
async function isRunning({ host, port }) {
  const socket = connect(port, host);
  socket.write('{"execute":"qmp_capabilities"}{"execute":"query-status","id":1}');
  for await (const line of createInterface(socket)) {
    const message = JSON.parse(line);
    if (message.id === 1) return message.return.running;
  }
  throw new Error('the server has gone');
}

for (const fault of [undefined, 'lf-only', 'event-before-greeting']) {
  test(`a server with ${fault ?? 'no fault'}`, async (t) => {
    const fake = await startFake({ listen: 'tcp', faults: fault === undefined ? [] : [fault] });
    t.after(() => fake.close());
    assert.equal(await isRunning(fake.endpoint), true);
  });
}
