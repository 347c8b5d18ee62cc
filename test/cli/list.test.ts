import t from 'tap';
import { suites } from '../../suites/index.js';
import { faults } from '../../src/fake/index.js';
import { qmpspec, warmQmpspec, workFolder } from './support.js';

const folder = workFolder(t);
const rules = suites.flatMap((suite) => suite.rules.map((rule) => ({ suite: suite.id, rule })));
t.jobs = 3;
const warm = warmQmpspec(t);

async function idsOf(...selection: string[]): Promise<string[]> {
  const { stdout } = await warm(folder, ['list', '--json', ...selection]);
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id);
}

void t.test('list --json is the rules', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await qmpspec(t, folder, ['list', '--json']);
  t.equal(status, 0);
  t.equal(stderr, '');
  t.strictSame(
    JSON.parse(stdout),
    rules.map(({ suite, rule }) => ({
      id: rule.id,
      title: rule.title,
      level: rule.level,
      suite,
      reference: { document: rule.reference.document, section: rule.reference.section },
      since: rule.since,
      protocol: rule.needs?.protocol ?? 'qmp',
      faults: rule.detects,
    })),
  );
});

void t.test('list has a line for every rule', { buffered: true }, async (t) => {
  const { status, stdout, stderr } = await warm(folder, ['list']);
  t.equal(status, 0);
  t.equal(stderr, '');
  t.strictSame(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    rules.map(({ rule }) => [rule.id, rule.level, rule.title]),
  );
});

void t.test('selections', { buffered: true }, async (t) => {
  const all = rules.map(({ rule }) => rule.id);
  const yank = rules.filter(({ suite }) => suite === 'yank').map(({ rule }) => rule.id);
  t.strictSame(await idsOf('--suite', 'yank'), yank);
  t.strictSame(await idsOf('--suite', 'yank', '--suite', 'introspection', '--exclude', 'intro.*'), yank);
  t.strictSame(
    await idsOf('--rule', 'id.*'),
    all.filter((id) => id.startsWith('id.')),
  );
  t.strictSame(await idsOf('--rule', 'yank.oob', '--rule', 'greeting.first'), ['greeting.first', 'yank.oob']);
  t.strictSame(
    await idsOf('--exclude', 'id.*', '--exclude', '{utf8,json}.*'),
    all.filter((id) => !/^(id|utf8|json)\./.test(id)),
  );
});

void t.test(
  'faults --json is the faults, each with the rules that name it',
  { buffered: true },
  async (t) => {
    const { status, stdout, stderr } = await qmpspec(t, folder, ['faults', '--json']);
    t.equal(status, 0);
    t.equal(stderr, '');
    t.strictSame(
      JSON.parse(stdout),
      faults.map(({ id, title, protocol = 'qmp' }) => ({
        id,
        title,
        protocol,
        rules: rules.filter(({ rule }) => rule.detects.includes(id)).map(({ rule }) => rule.id),
      })),
    );
  },
);

void t.test('faults has a line for every fault', { buffered: true }, async (t) => {
  const { status, stdout } = await warm(folder, ['faults']);
  t.equal(status, 0);
  t.strictSame(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    faults.map(({ id, title }) => [id, title]),
  );
});
