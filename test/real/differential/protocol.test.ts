/**
 * Bytes that every server has to answer in one way: framing, requests, negotiation, ids, out-of-band execution.
 */
import t from 'tap';
import { same, type Row } from './pair.js';
import { NEGOTIATE, OOB } from './requests.js';

const OK = '{"execute":"query-name"}';
const withId = (id: string): string => `{"execute":"query-name","id":${id}}`;
const enable = (list: string): string => `{"execute":"qmp_capabilities","arguments":{"enable":${list}}}`;
const requests = Array.from({ length: 30 }, (_, id) => withId(String(id))).join('');

/** What is no JSON, or no request; it ends in a way that leaves nothing behind, and the request after it works. */
const malformed = [
  ...['{]\n', '[}', ']', '}', ',', ':', '{,}', '{:}', '[,]', '[1,]', '[1 2]', '{1:2}', '{null:1}', '{[]:1}'],
  ...[
    '{"execute"}',
    '{"execute":}',
    '{"execute" "query-name"}',
    '{"execute":"query-name",}',
    '{"a":1 "b":2}',
  ],
  ...[
    'nope\n',
    'True\n',
    'nulll\n',
    '@ foo bar\n',
    '/* x */',
    '# x\n',
    '\xef\xbb\xbf',
    '-\n',
    '01\n',
    '+1\n',
    '.5\n',
  ],
  ...[
    '1.\n',
    '1e\n',
    '0x10\n',
    'NaN\n',
    '-Infinity\n',
    '%d\n',
    '"a\tb"\n',
    '"a\nb"\n',
    '"\\q"',
    '"\\u12g4"',
    '"\\ud83d"',
  ],
  ...[
    '"\xe9"',
    '"\xc3"',
    '"\xc0\xaf"',
    '"\xed\xa0\x80"',
    '"\xef\xbf\xbf"',
    '"\xf4\x90\x80\x80"',
    '{"a":1,"a":2}',
  ],
  ...[
    '\x00',
    '\x01',
    '\x7f',
    '\xff\xfe',
    '{"execute":"query-name"\x01',
    '{"execute":"query-na\xff',
    '{"a":"\\\xff',
  ],
  ...['null\n', 'true\n', '42\n', '1.5\n', '"x"', '[]', `[${OK}]`, `[[${OK}],1]`, `{:${OK}}`, `[1 ${OK}]`],
  ...[
    `${OK},${OK}`,
    `${'['.repeat(1100)}\x01`,
    withId('['.repeat(1023) + ']'.repeat(1023)),
    '{"a":@,"b":{}}\x01',
  ],
];

const ids = [
  ...[
    'null',
    'true',
    'false',
    '""',
    '"x"',
    '"a\\"b\\\\c\\/\\b\\f\\n\\r\\t"',
    '"\\u0000"',
    '"\\u00e9\\u20ac"',
    '"\xc3\xa9"',
  ],
  ...[
    '"\\ud83d\\ude00"',
    '"\xf0\x9f\x98\x80"',
    "'a\"b'",
    '"a\\\'b"',
    '"%d"',
    '[]',
    '{}',
    '[[{"a":[null]}],1.5]',
  ],
  ...[
    '{"z":1,"a":[{"b":null}],"m":true}',
    '{"__proto__":{},"constructor":1,"":2}',
    '0',
    '-0',
    '-1',
    '2147483648',
  ],
  ...['9007199254740993', '9223372036854775807', '9223372036854775808', '18446744073709551615'],
  ...['18446744073709551616', '-9223372036854775808', '0.1', '1.0', '-0.0', '1e2', '1E+2'],
  ...['2.5e-3', '1e300', '5e-324', '3.141592653589793', `"${'x'.repeat(5000)}"`],
];

const requestsThatFail = [
  ...[
    '{}',
    '{"id":1}',
    '{"arguments":{}}',
    '{"Execute":"query-name","id":1}',
    '{"exec-oob":"query-yank","id":1}',
  ],
  ...['null', '1', 'true', '{}', '[]', '["query-name"]'].map((name) => `{"execute":${name},"id":2}`),
  ...['null', '1', 'false', '""', '[]', '[{}]'].map(
    (args) => `{"execute":"query-name","arguments":${args},"id":3}`,
  ),
  ...['foo', '__org.example_x', 'control', 'ID', '', 'exec-oob', '__proto__'].map(
    (member) => `{"execute":"query-name","${member}":1,"id":4}`,
  ),
  ...['nope', '', 'Query-Name', ' query-name', 'query_name', 'query-name\\u0000', '\\u00e9', '__proto__'].map(
    (name) => `{"execute":"${name}","id":5}`,
  ),
  '{"execute":"nope","x":1,"id":6}',
  '{"execute":"nope","arguments":1,"id":6}',
  '{"execute":"nope","arguments":{"x":1},"id":6}',
  '{"execute":1,"arguments":1,"x":1,"id":6}',
  '{"execute":"stop","arguments":{"x":1},"id":7}{"execute":"query-name","arguments":{},"id":8}',
  '{"id":9,"arguments":{},"execute":"query-name"}',
];

const outOfBand = [
  '{"exec-oob":"query-yank","id":1}',
  '{"exec-oob":"query-yank"}',
  '{"execute":"query-yank","id":1}',
  ...['query-status', 'stop', 'qmp_capabilities', 'nope', ''].map((name) => `{"exec-oob":"${name}","id":2}`),
  ...['null', '1', '[]', '{}'].map((name) => `{"exec-oob":${name},"id":3}`),
  '{"exec-oob":"query-status","arguments":{"x":1},"id":4}',
  '{"exec-oob":"query-yank","arguments":{"x":1},"id":4}',
  '{"exec-oob":"query-yank","arguments":[],"id":4}',
  '{"exec-oob":"query-yank","x":1,"id":4}',
  '{"exec-oob":"yank","arguments":{"instances":[]},"id":5}',
  '{"exec-oob":"yank","arguments":{"instances":[{"type":"migration"}]},"id":5}',
  '{"exec-oob":"yank","arguments":{},"id":5}',
  '{"exec-oob":"migrate-pause","id":6}',
  '{"exec-oob":"migrate-recover","arguments":{"uri":"x"},"id":6}',
  '{"execute":"query-yank","exec-oob":"query-yank","id":7}',
  '{"exec-oob":1,"execute":1,"id":7}',
];

const rows: readonly Row[] = [
  ['malformed input and recovery', NEGOTIATE, ...malformed.flatMap((input) => [input, OK])],
  ['malformed input before negotiation', ...malformed.slice(0, 20), NEGOTIATE, OK],
  ['ids in replies', NEGOTIATE, ...ids.map(withId)],
  [
    'ids in errors',
    NEGOTIATE,
    ...ids.flatMap((id) => [`{"execute":1,"id":${id}}`, `{"execute":"nope","id":${id}}`]),
  ],
  [
    'ids out of sight',
    NEGOTIATE,
    '{"id":5,"execute":}',
    '{"id":1,"id":2,"execute":"query-name"}',
    `{"id":[1}${OK}\x01`,
  ],
  ['requests that fail', NEGOTIATE, ...requestsThatFail],
  ['requests that fail, before negotiation', ...requestsThatFail],
  [
    'white space, escapes, quotes',
    NEGOTIATE,
    '{ \n"execute"\t:\r"query-name" \n}',
    '{"\\u0065xecute":"query\\u002dname"}',
  ],
  ['quotes', NEGOTIATE, "{'execute':'query-name','id':'x'}", `{'execute':"query-name"}`],
  ['one after the other', NEGOTIATE, requests],
  ['one after the other, with out-of-band execution', OOB, requests],
  [
    'one after the other, with errors',
    NEGOTIATE,
    `${requests}{]{"execute":"nope","id":"a"}${OK}{"id":"b"}[]${requests}`,
  ],
  ['everything in one piece', `${OK}${NEGOTIATE}${OK}${NEGOTIATE}${OK}`],
  ['negotiated twice', NEGOTIATE, NEGOTIATE, OOB, enable('[]'), enable('["nope"]'), enable('1'), OK],
  ...['[]', '["oob"]', '["oob","oob"]'].map((list): Row => [
    `enable ${list}`,
    enable(list),
    OK,
    ...outOfBand,
  ]),
  ...[
    '["nope"]',
    '["oob","nope"]',
    '["OOB"]',
    '[""]',
    '"oob"',
    'null',
    '[null]',
    '[1]',
    '[["oob"]]',
    '{}',
    'true',
  ].map((list): Row => [`enable ${list}`, enable(list), OK, NEGOTIATE, OK]),
  ['arguments that negotiation has not', '{"execute":"qmp_capabilities","arguments":{"x":1},"id":1}', OK],
  ['out of band, enabled', OOB, ...outOfBand],
  ['out of band, not enabled', NEGOTIATE, ...outOfBand],
  ['out of band, before negotiation', ...outOfBand],
];

same(t, 'protocol', rows);
