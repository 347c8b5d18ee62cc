/**
 * loadSchema: the content decides what a file is.
 */
import t from 'tap';
import { writeJson } from '../../../src/json/index.js';
import { introspect, loadSchema } from '../../../src/qapi/index.js';
import { errorsOf, fixture, load, must, schemaAt, schemaFiles, schemaOf } from '../support.js';

const dump = writeJson(introspect(schemaAt(fixture('home.qapi')), { allConditions: true }));

void t.test('schema files', (t) => {
  for (const path of schemaFiles) {
    const { schema, errors } = loadSchema(path);
    t.strictSame(errors, undefined);
    t.match(schema?.source, { kind: 'files', root: path });
    t.ok((schema?.commands.size ?? 0) > 1, path);
  }
  t.end();
});

void t.test('introspection dumps, alone or in the reply that they came in', (t) => {
  for (const text of [dump, ` \n${dump}\n`, `{"return": ${dump}, "id": 1}`, `{ "id": 1,"return":${dump} }`]) {
    const schema = schemaOf(text);
    t.strictSame(schema.source, { kind: 'introspection' });
    t.equal(schema.commands.size, 6);
  }
  t.end();
});

void t.test('what is no dump', (t) => {
  const cases: [text: string, code: string, message: RegExp][] = [
    ['[', 'bad-json', /not a JSON document/],
    ['[] []', 'bad-json', /one JSON value/],
    ['{"return": {}}', 'bad-introspection', /neither an array/],
    ['{"error": {"class": "GenericError"}}', 'bad-introspection', /neither an array/],
    ['[1]', 'bad-introspection', /^\[0\]: an object is expected/],
    [
      '[{"name":"x","meta-type":"command","arg-type":"0","ret-type":"0"}]',
      'bad-introspection',
      /no type '0'/,
    ],
  ];
  for (const [text, code, message] of cases) {
    const [error] = errorsOf(text);
    t.equal(error?.code, code, text);
    t.match(error?.message, message);
    t.equal(error?.position.file, 'main');
  }
  t.end();
});

void t.test('what newer servers say on top is no error', (t) => {
  const entry = { name: '0', 'meta-type': 'object', members: [], more: true };
  const text = writeJson([entry, { name: 'x', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' }]);
  t.equal(load(text).schema?.commands.size, 1);
  t.end();
});

void t.test('symbols that hold leave out what needs others', (t) => {
  const path = fixture('home.qapi');
  t.ok(schemaAt(path).commands.has('add-device'));
  t.notOk(schemaAt(path, { defines: [] }).commands.has('add-device'));
  const schema = schemaAt(path, { defines: ['HAVE_DEVICES'] });
  t.equal(must(schema.commands.get('add-device')).condition, undefined);
  t.notOk(schemaAt(path, { defines: ['HAVE_DEVICES', 'READ_ONLY'] }).commands.has('add-device'));
  t.end();
});
