/**
 * Talks to a QMP server: commands, errors, events.
 *
 *     node talk.ts unix:/run/my-vm.qmp
 */
import { CommandError, QmpClient } from 'qmpspec';
import { startFake } from 'qmpspec/fake';

// Without an address, a fake in this process does.
const [, , address] = process.argv;
const fake = address === undefined ? await startFake() : undefined;

const client = await QmpClient.connect(address ?? fake?.address ?? '', { timeoutMs: 10_000 });
try {
  console.log(await client.execute('query-status'));

  await client.execute('stop');
  for await (const event of client.events({ signal: AbortSignal.timeout(10_000) })) {
    console.log('event', event.name);
    if (event.name === 'STOP') break;
  }

  await client.execute('device_del', { id: 'nobody' });
} catch (error) {
  // The server said no; whatever else went wrong is not ours to handle.
  if (!(error instanceof CommandError)) throw error;
  console.log('refused:', error.command, error.errorClass);
} finally {
  await client.close();
  await fake?.close();
}
