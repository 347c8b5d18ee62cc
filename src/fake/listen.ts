/**
 * Listening where only this user, or only this machine, can connect.
 */
import type { ListenOptions, Server } from 'node:net';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Does a host name lead to this machine? */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Starts to listen; a Unix socket is made with mode 0600.
 *
 * @throws Error as node:net has it, when it cannot listen there
 */
export function listenPrivately(server: Server, address: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made in this very call, with this mask: there is no moment at which others could connect.
    const mask = process.umask(0o177);
    try {
      server.listen(address, () => {
        server.off('error', reject);
        // A connection that cannot be taken, for want of descriptors, is no reason to end.
        server.on('error', () => undefined);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}
