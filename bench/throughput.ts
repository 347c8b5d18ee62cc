/**
 * How fast simple in-band requests are judged, against a bare client that sends the same bytes, as many of them in
 * flight, and only parses the replies. The fake runs in a process of its own, so both meet the same server.
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { success } from '../src/judge/index.js';
import { packageFile } from '../src/package.js';
import { endpointSource, makePrivateFolder, removePrivateFolder } from '../src/target/index.js';
import { runQuietly, simpleRequests } from './run.js';
import { compare, verdict } from './support.js';

const REQUESTS = 50_000;
const IN_FLIGHT = 64;
const NEGOTIATE = '{"execute":"qmp_capabilities"}\n';

/** The requests, as a rule and as the bytes that the rule sends. */
function* cases() {
  for (let id = 0; id < REQUESTS; id += 1) yield { request: { execute: 'query-name', id }, oneOf: [success] };
}
const requests = Array.from({ length: REQUESTS }, (_, id) => `{"execute":"query-name","id":${id}}\n`);

let judgedMs = 0;
const suites = simpleRequests(cases, (milliseconds) => {
  judgedMs = milliseconds;
});

async function judged(path: string): Promise<number> {
  await runQuietly(endpointSource({ kind: 'unix', path }), suites);
  return judgedMs;
}

function bare(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let text = '';
    let started = 0;
    let sent = 0;
    let received = -2; // the greeting and the end of the negotiation come first
    const fill = (): void => {
      const batch = requests.slice(sent, received + IN_FLIGHT);
      sent += batch.length;
      socket.write(batch.join(''));
    };
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\r\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        JSON.parse(line);
        received += 1;
        if (received === -1) socket.write(NEGOTIATE);
        if (received === 0) started = performance.now();
      }
      if (received >= REQUESTS) {
        socket.destroy();
        resolve(performance.now() - started);
      } else if (received >= 0 && sent - received <= IN_FLIGHT / 2) fill();
    });
  });
}

const folder = await makePrivateFolder();
const path = join(folder, 'qmp');
const fake = spawn(
  process.execPath,
  [packageFile('dist', 'src', 'cli', 'main.js'), 'fake', '--listen', `unix:${path}`],
  {
    stdio: ['ignore', 'ignore', 'pipe'],
  },
);
await new Promise((resolve) => fake.stderr.once('data', resolve));
try {
  const { ratio, a, b } = await compare(
    7,
    () => judged(path),
    () => bare(path),
  );
  const rate = (ms: number): string => `${Math.round(REQUESTS / (ms / 1000)).toLocaleString('en')}/s`;
  verdict(
    'judged / bare rate of simple requests',
    1 / ratio,
    'at least 0.5',
    1 / ratio >= 0.5,
    `${rate(a)} judged, ${rate(b)} bare`,
  );
} finally {
  fake.kill();
  await removePrivateFolder(folder);
}
