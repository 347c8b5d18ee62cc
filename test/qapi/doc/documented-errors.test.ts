/**
 * Error classes out of doc comments, in the forms that releases of QEMU use.
 */
import t from 'tap';
import { documentedErrors, type DocumentedError } from '../../../src/qapi/index.js';
import { must, schemaAt, schemaFiles, schemaOf } from '../support.js';

function errorsOf(...lines: readonly string[]): DocumentedError[] {
  const comment = ['@x:', '', 'Does something.', '', ...lines]
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
  const schema = schemaOf(`##\n${comment}\n##\n{ 'command': 'x', 'data': { 'a': 'str' } }`);
  return documentedErrors(must(schema.commands.get('x')?.doc));
}

void t.test('an Errors section, one condition to an item', (t) => {
  const found = errorsOf(
    '@a: what a is',
    '',
    'Errors:',
    '    - If @a bears no name that anybody',
    '      knows, DeviceNotFound',
    '    - If the moon is full, GenericError',
    '    - If @a is tired, whatever comes',
    '    - If it is late, DeviceNotActive.  If it is',
    '      too late, KVMMissingCap',
    '',
    'Since: 9.1',
  );
  t.strictSame(found, [
    { class: 'DeviceNotFound', text: 'If @a bears no name that anybody knows, DeviceNotFound' },
    { class: 'GenericError', text: 'If the moon is full, GenericError' },
    { class: 'DeviceNotActive', text: 'If it is late, DeviceNotActive.' },
    { class: 'KVMMissingCap', text: 'If it is too late, KVMMissingCap' },
  ]);
  t.end();
});

void t.test('items among what is returned', (t) => {
  const found = errorsOf(
    '@a: what a is',
    '',
    'Returns: - nothing when all went well',
    '         - If @a is asleep, DeviceNotActive, and DeviceNotFound',
    '           if it has left',
    '         - If the kernel is too old, KvmMissingCap',
    '         - Any other trouble is a GenericError.',
    '',
    'Since: 0.14',
  );
  t.strictSame(found, [
    { class: 'DeviceNotActive', text: 'If @a is asleep, DeviceNotActive, and DeviceNotFound if it has left' },
    { class: 'DeviceNotFound', text: 'If @a is asleep, DeviceNotActive, and DeviceNotFound if it has left' },
    { class: 'KVMMissingCap', text: 'If the kernel is too old, KvmMissingCap' },
    { class: 'GenericError', text: 'Any other trouble is a GenericError.' },
  ]);
  t.end();
});

void t.test('plain sentences among what is returned', (t) => {
  const found = errorsOf(
    '@a: what a is',
    '',
    'Returns: Nothing when all went well',
    '         If @a cannot be found anywhere',
    '         in the house, DeviceNotFound',
    '         If @a is locked, DeviceEncrypted',
  );
  t.strictSame(found, [
    { class: 'DeviceNotFound', text: 'If @a cannot be found anywhere in the house, DeviceNotFound' },
    { class: 'DeviceEncrypted', text: 'If @a is locked, DeviceEncrypted' },
  ]);
  t.end();
});

void t.test('names that are no classes promise nothing, and neither do other sections', (t) => {
  t.strictSame(errorsOf('@a: what a is, or DeviceNotFound', '', 'Returns: nothing'), []);
  t.strictSame(
    errorsOf(
      '@a: what a is',
      '',
      'Errors:',
      '    - If so, FdNotFound',
      '    - if a DeviceNotFoundry is open',
    ),
    [],
  );
  t.strictSame(errorsOf('@a: what a is', '', 'Example:', '   "class": "DeviceNotFound"'), []);
  t.strictSame(errorsOf('@a: what a is'), []);
  t.end();
});

void t.test('the bundled schema', (t) => {
  const commands = schemaFiles.flatMap((file) => [...schemaAt(file).commands.values()]);
  const classes = new Map(
    commands.map(({ name, doc }) => [
      name,
      doc === undefined ? [] : documentedErrors(doc).map((error) => error.class),
    ]),
  );
  t.strictSame(classes.get('block-job-set-speed'), ['DeviceNotActive', 'GenericError']);
  t.strictSame(classes.get('eject'), ['GenericError', 'DeviceNotFound', 'GenericError']);
  t.strictSame(classes.get('query-status'), []);
  t.end();
});
