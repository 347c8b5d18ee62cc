/**
 * The schemas of a real QEMU: QMPSPEC_QEMU_SOURCE names an unpacked source tree.
 */
import { join } from 'node:path';
import t from 'tap';
import {
  compareWithIntrospection,
  filesInMemory,
  formatError,
  introspect,
  jsonSchema,
  loadSchema,
  printSchema,
  schemaFromIntrospection,
} from '../../src/qapi/index.js';
import { must } from '../qapi/support.js';
import { viewOf } from '../qapi/view.js';
import { requireSource } from './support.js';

const tree = requireSource(t);
const roots = ['qapi/qapi-schema.json', 'storage-daemon/qapi/qapi-schema.json', 'qga/qapi-schema.json'];

if (tree !== undefined) {
  for (const root of roots) {
    void t.test(root, (t) => {
      const { schema, errors } = loadSchema(join(tree, root));
      t.strictSame(errors?.map(formatError), undefined);
      if (schema !== undefined) {
        t.ok(schema.commands.size > 30, `${schema.commands.size} commands`);
        const back = schemaFromIntrospection(introspect(schema, { allConditions: true }));
        t.strictSame(back.problems, []);
        t.strictSame(compareWithIntrospection(schema, back.schema), [], 'there and back');
        const printed = filesInMemory({ main: printSchema(schema) });
        const again = must(loadSchema('main', { readFile: printed }).schema);
        t.strictSame(viewOf(again), viewOf(schema), 'printed and read again');
        t.ok(Object.keys(jsonSchema(schema).$defs ?? {}).length > 30);
      }
      t.end();
    });
  }
}
