/**
 * The parameters of a migration: what they are at the start, and the ranges that their documentation gives.
 */
import type { Json } from '../../json/index.js';

export const defaultParameters: Readonly<Record<string, Json>> = {
  'announce-initial': 50,
  'announce-max': 550,
  'announce-rounds': 5,
  'announce-step': 100,
  'throttle-trigger-threshold': 50,
  'cpu-throttle-initial': 20,
  'cpu-throttle-increment': 10,
  'cpu-throttle-tailslow': false,
  'tls-creds': '',
  'tls-hostname': '',
  'tls-authz': '',
  'max-bandwidth': 134217728,
  'avail-switchover-bandwidth': 0,
  'downtime-limit': 300,
  'x-checkpoint-delay': 20000,
  'multifd-channels': 2,
  'xbzrle-cache-size': 67108864,
  'max-postcopy-bandwidth': 0,
  'max-cpu-throttle': 99,
};

const ranges: Readonly<Record<string, readonly [min: number, max: number]>> = {
  'announce-initial': [0, 100_000],
  'announce-max': [0, 100_000],
  'announce-rounds': [0, 1000],
  'announce-step': [1, 10_000],
  'throttle-trigger-threshold': [1, 100],
  'cpu-throttle-initial': [1, 99],
  'cpu-throttle-increment': [1, 99],
  'downtime-limit': [0, 2_000_000],
  'multifd-channels': [1, 255],
};

/** A page of the machine, in bytes. */
const PAGE = 4096n;

/** Why parameters cannot have these values, though each is of its type; undefined when they can. */
export function parameterProblem(parameters: ReadonlyMap<string, Json>): string | undefined {
  const integer = (name: string): bigint => {
    const value = parameters.get(name);
    return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : 0n;
  };
  for (const [name, [min, max]] of Object.entries(ranges)) {
    const value = integer(name);
    if (value < min || value > max) return `the parameter '${name}' must be from ${min} to ${max}`;
  }
  const throttle = integer('max-cpu-throttle');
  if (throttle < integer('cpu-throttle-initial') || throttle > 99)
    return "the parameter 'max-cpu-throttle' must be from 'cpu-throttle-initial' to 99";
  const cache = integer('xbzrle-cache-size');
  if (cache < PAGE || (cache & (cache - 1n)) !== 0n)
    return `the parameter 'xbzrle-cache-size' must be a power of two, and at least ${PAGE}`;
  return undefined;
}
