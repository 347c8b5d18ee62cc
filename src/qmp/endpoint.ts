/**
 * Where a QMP server listens.
 *
 * @public
 */
export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** The longest path that fits into the address of a Unix socket on Linux, in bytes. */
export const MAX_UNIX_PATH = 107;

/**
 * Reads `unix:PATH` or `tcp:HOST:PORT` (an IPv6 host stands in brackets).
 *
 * @returns the endpoint, or what is wrong with the text and what was expected
 *
 * @public
 */
export function parseEndpoint(text: string): Endpoint | { readonly error: string } {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (path === '') return { error: `'${text}' names no path; write unix:PATH` };
    if (path.includes('\0')) return { error: 'the path of a Unix socket cannot contain a NUL character' };
    const bytes = Buffer.byteLength(path);
    if (bytes > MAX_UNIX_PATH) {
      return {
        error: `the path of a Unix socket has at most ${MAX_UNIX_PATH} bytes, this one has ${bytes}: ${path}`,
      };
    }
    return { kind: 'unix', path };
  }
  if (text.startsWith('tcp:')) {
    const match = /^tcp:(\[[0-9a-fA-F:.]+(?:%[^\]]+)?\]|[^:[\]]+):(\d+)$/.exec(text);
    const [, host, digits] = match ?? [];
    if (host === undefined || digits === undefined) {
      return { error: `'${text}' is no TCP address; write tcp:HOST:PORT, an IPv6 host in brackets` };
    }
    const port = Number(digits);
    if (port < 1 || port > 65535)
      return { error: `the port ${digits} is out of range; ports are 1 to 65535` };
    return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port };
  }
  return { error: `'${text}' is no address; write unix:PATH or tcp:HOST:PORT` };
}

/**
 * The endpoint as {@link parseEndpoint} reads it.
 *
 * @public
 */
export function showEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix:${endpoint.path}`;
  return `tcp:${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}
