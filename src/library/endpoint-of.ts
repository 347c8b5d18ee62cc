import { InputError } from '../input-error.js';
import { parseEndpoint, type Endpoint } from '../qmp/index.js';

/** @throws InputError when the text is no address */
export function endpointOf(address: string | Endpoint): Endpoint {
  if (typeof address !== 'string') return address;
  const endpoint = parseEndpoint(address);
  if ('error' in endpoint) throw new InputError(endpoint.error);
  return endpoint;
}
