import { isObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { rewritesInput } from './change.js';

export const jsonFaults: readonly Fault[] = [
  {
    id: 'single-quotes-refused',
    title: 'single quotes are not understood',
    change: ({ dialect }) => ({ dialect: { ...dialect, singleQuotes: false } }),
  },
  {
    id: 'flawed-json-accepted',
    title: 'repeated names, invalid UTF-8 and halves of surrogate pairs are accepted',
    change: ({ dialect }) => ({ dialect: { ...dialect, violations: 'noted' } }),
  },
  {
    id: 'shallow-nesting-limit',
    title: 'requests may nest 512 deep at most',
    change: ({ dialect }) => ({ dialect: { ...dialect, limits: { ...dialect.limits, nesting: 512 } } }),
  },
  {
    id: 'no-nesting-limit',
    title: 'requests may nest as deep as they like',
    change: ({ dialect }) => ({ dialect: { ...dialect, limits: { ...dialect.limits, nesting: 2 ** 20 } } }),
  },
  rewritesInput(
    'escapes-in-names-unread',
    'escapes in member names are taken literally',
    /"\\u0065xecute"/g,
    '"\\\\u0065xecute"',
  ),
  rewritesInput('bad-escape-accepted', 'an unknown escape is taken as its character', /\\(?=[qx])/g, ''),
  rewritesInput(
    'raw-control-accepted',
    'control characters in strings are accepted',
    /(?<="a)[\0\t\n\x1f](?=b")/g,
    ' ',
  ),
  rewritesInput('comments-accepted', 'comments are passed over', /\/\*.*?\*\/|(?:\/\/|#) .*\n/g, ''),
  rewritesInput('trailing-comma-accepted', 'a trailing comma is accepted', /,(?=[}\]])/g, ''),
  rewritesInput('missing-colon-accepted', 'a missing colon is accepted', /"execute" "/g, '"execute":"'),
  rewritesInput('capital-keywords-accepted', 'True is accepted for true', /\bTrue\b/g, 'true'),
  rewritesInput(
    'odd-numbers-accepted',
    'leading zeroes and plus signs are accepted',
    /(?<=:)[0+](?=\d)/g,
    '',
  ),
  rewritesInput('interpolation-accepted', 'a % outside of strings stands for a value', /(?<=:)%[dsp]/g, '1'),
  rewritesInput('non-ascii-input-refused', 'bytes beyond ASCII are refused', /[\x80-\xff]+/g, '\x01'),
  rewritesInput('surrogate-pairs-refused', 'escaped surrogate pairs are refused', /\\ud83d\\ude00/gi, '\\q'),
  rewritesInput('strings-end-at-nul', 'a string ends at an escaped NUL', /\\u0000[^"]*/g, ''),
  rewritesInput(
    'control-characters-skipped',
    'control characters are passed over',
    /[\0-\x08\x0b\x0c\x0e-\x1f]/g,
    '',
  ),
  rewritesInput('ff-in-strings-skipped', 'bytes 0xFF are passed over', /\xff/g, ''),
  rewritesInput(
    'idle-reset-ignored',
    'a resetting byte with nothing pending gives no error',
    /^[\x01\xff]+/,
    '',
  ),
  rewritesInput(
    'line-end-completes-request',
    'a line end closes an open request',
    /(\{[^{}]*[^{}\s])\r\n/g,
    '$1}',
  ),
  rewritesInput(
    'nested-request-executed',
    'a request inside a broken value is executed',
    /^(?:\{:|\[1 |\{"a" )(?=\{)/,
    '',
  ),
  {
    id: 'member-order-matters',
    title: 'execute must be the first member',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) => {
        const [first] = Object.keys(request);
        const misplaced = first !== undefined && Object.hasOwn(request, 'execute') && first !== 'execute';
        return misplaced ? 'execute must come first' : envelopeProblem(request, session);
      },
    }),
  },
  {
    id: 'array-of-requests-executed',
    title: 'the requests in an array are executed',
    change: () => ({ requests: (value) => (Array.isArray(value) && value.length > 0 ? value : [value]) }),
  },
  {
    id: 'non-object-ignored',
    title: 'a value that is no object gets no reply',
    change: () => ({ requests: (value) => (isObject(value) ? [value] : []) }),
  },
  {
    id: 'no-recovery',
    title: 'after input that is no JSON a connection gets no more replies',
    change: ({ parseError }) => ({
      parseError: (error, session) => {
        session.memory.set('after-error', true);
        return parseError(error, session);
      },
      requests: (value, session) => (session.memory.has('after-error') ? [] : [value]),
    }),
  },
  {
    id: 'deep-nesting-ends-connection',
    title: 'a request nested too deeply ends the connection',
    change: ({ parseError }) => ({
      parseError: (error, session) => {
        if (error.code === 'nesting-limit') session.disconnect();
        return parseError(error, session);
      },
    }),
  },
];
