/**
 * Reads schemas: checks one, finds what breaks clients in the next, and says what a server answers that has it.
 */
import { writeJson } from 'qmpspec/json';
import { diffSchemas, filesInMemory, formatError, introspect, jsonSchema, loadSchema } from 'qmpspec/qapi';

// Here they are in memory; without `readFile` they are read from the disk.
const readFile = filesInMemory({
  'old.json': "{ 'command': 'greet', 'data': { 'name': 'str', '*loud': 'bool' } }",
  'new.json': "{ 'command': 'greet', 'data': { 'name': 'str', 'times': 'uint8' } }",
  'bad.json': "{ 'command': 'greet', 'data': { 'name': 'string' } }",
});

const bad = loadSchema('bad.json', { readFile });
for (const error of bad.errors ?? []) console.log(formatError(error));

const before = loadSchema('old.json', { readFile });
const after = loadSchema('new.json', { readFile });
if (before.errors === undefined && after.errors === undefined) {
  for (const { path, message, reason } of diffSchemas(before.schema, after.schema).breaking) {
    console.log(`${path}: ${message} (${reason})`);
  }
  console.log(writeJson(introspect(after.schema)));
  console.log(writeJson(jsonSchema(after.schema)));
}
