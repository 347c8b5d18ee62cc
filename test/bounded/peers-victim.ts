/**
 * The servers of ours that others connect to: the NBD peer, and the fake.
 *
 *     peers-victim.js nbd|fake {socket}
 *
 * Says `listening`, and how it went when it gets a message.
 */
import { once } from 'node:events';
import { Peer } from '../../src/exchange/peer.js';
import { FakeServer } from '../../src/fake/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { tell } from './peak.js';

const [, , what = '', path = ''] = process.argv;
if (what === 'nbd') await Peer.listen(path, 'nbd');
else await FakeServer.start({ schema: referenceSchema(), listen: { kind: 'unix', path } });
process.send?.('listening');
await once(process, 'message');
tell();
