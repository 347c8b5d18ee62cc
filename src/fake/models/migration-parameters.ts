/**
 * The parameters of a migration: what they are at the start, and the ranges that their documentation gives.
 */
import { isObject, type Json } from '../../json/index.js';

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
  'announce-rounds': [1, 1000],
  'announce-step': [1, 10_000],
  'throttle-trigger-threshold': [1, 100],
  'cpu-throttle-initial': [1, 99],
  'cpu-throttle-increment': [1, 99],
  'downtime-limit': [0, 2_000_000],
  'multifd-channels': [1, 255],
  'max-cpu-throttle': [1, 99],
};

/** Why a parameter cannot have a value that its type allows; undefined when it can. */
export function parameterProblem(name: string, value: Json): string | undefined {
  if (isObject(value)) return undefined;
  const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
  if (range === undefined || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
  const [min, max] = range;
  return value < min || value > max ? `the parameter '${name}' must be from ${min} to ${max}` : undefined;
}
