/**
 * The sweep of QEMU's own schema: QMPSPEC_QEMU_SOURCE names an unpacked source tree.
 */
import { join } from 'node:path';
import t from 'tap';
import { loadSchema } from '../../src/qapi/index.js';
import { checkSweep } from '../generate/sweep.js';
import { requireSource } from './support.js';

for (const path of ['qapi/qapi-schema.json', 'storage-daemon/qapi/qapi-schema.json']) {
  void t.test(path, (t) => {
    const tree = requireSource(t);
    if (tree !== undefined) {
      const { schema, errors } = loadSchema(join(tree, path));
      t.same(errors ?? [], []);
      if (schema !== undefined) {
        const numbers = checkSweep(t, schema);
        t.ok(numbers['enum value'] > 100, JSON.stringify(numbers));
      }
    }
    t.end();
  });
}
