/**
 * Names of schemas come from targets: nothing of them acts on a terminal, in a document or in a reader of JSON.
 */
import { marked } from 'marked';
import t from 'tap';
import { diffSchemas, schemaFromIntrospection, type Schema } from '../../src/qapi/index.js';
import { definitionText, diffJson, diffMarkdown, diffText } from '../../src/report/index.js';

const EVIL = '\u001b[31m\u202e|</td><b>`x`[a](http://b) @all\n::error::x';

/** All names in it are evil; whether that makes sense is not asked. */
function schemaOf(values: readonly string[], feature: string): Schema {
  return schemaFromIntrospection([
    { name: EVIL, 'meta-type': 'command', 'arg-type': '0', 'ret-type': '1', features: [feature] },
    { name: '0', 'meta-type': 'object', members: [{ name: EVIL, type: '2' }] },
    { name: '1', 'meta-type': 'object', members: [] },
    { name: '2', 'meta-type': 'enum', members: values.map((name) => ({ name })), values: [...values] },
  ]).schema;
}

const a = { source: EVIL, schema: schemaOf(['a', EVIL], `${EVIL}1`) };
const b = { source: 'b', schema: schemaOf(['a'], `${EVIL}2`) };
const compared = { a, b, diff: diffSchemas(a.schema, b.schema) };

t.ok(compared.diff.breaking.length >= 2, 'there is something to show');

for (const [what, text] of [
  ['text', diffText(compared, { color: false })],
  ['Markdown', diffMarkdown(compared)],
  ['JSON', diffJson(compared)],
  ...[...a.schema.commands.values()].map(
    (command) => ['definition', definitionText(command, { color: false })] as const,
  ),
] as const) {
  t.notMatch(text, /[\u001b\u202e]/u, `${what}: nothing that cannot be seen`);
  t.notMatch(text, /^::error/m, `${what}: no command to a CI server`);
}

const html = marked.parse(diffMarkdown(compared), { async: false });
t.notMatch(html, /<b>|<a |<\/td><b/, 'no markup of theirs');
t.equal((html.match(/<table>/g) ?? []).length, 2);

const parsed = JSON.parse(diffJson(compared)) as { readonly a: { readonly source: string } };
t.equal(parsed.a.source, EVIL, 'JSON keeps the text');

t.match(diffText(compared, { color: true }), '\u001b[31m-', 'colours are our own');
