/**
 * Which row is for which place.
 */
import t from 'tap';
import { PlaceTable, type Places } from '../../../src/generate/tables/place.js';

interface Row extends Places {
  readonly is: string;
}

const table = new PlaceTable<Row>([
  { is: 'any path', members: ['path'] },
  { is: 'path of stop', commands: ['stop', 'cont'], members: ['path'] },
  { is: 'path in a server', members: ['server.path', 'other'] },
  { is: 'path in a server of stop', commands: ['stop'], members: ['server.path'] },
  { is: 'type of the arguments', members: ['.type', '.a.deep'] },
]);

function find(command: string, ...members: string[]): string | undefined {
  return table.find({ command, members })?.is;
}

void t.test('the last members decide, then the command', (t) => {
  t.equal(find('quit', 'path'), 'any path');
  t.equal(find('quit', 'deep', 'inside', 'path'), 'any path');
  t.equal(find('stop', 'path'), 'path of stop');
  t.equal(find('cont', 'deep', 'path'), 'path of stop');
  t.equal(find('quit', 'server', 'path'), 'path in a server');
  t.equal(find('cont', 'server', 'path'), 'path in a server', 'more members beat the command');
  t.equal(find('stop', 'x', 'server', 'path'), 'path in a server of stop');
  t.equal(find('quit', 'other'), 'path in a server');
  t.end();
});

void t.test('from the arguments down', (t) => {
  t.equal(find('quit', 'type'), 'type of the arguments');
  t.equal(find('quit', 'a', 'type'), undefined);
  t.equal(find('quit', 'a', 'deep'), 'type of the arguments');
  t.equal(find('quit', 'x', 'a', 'deep'), undefined);
  t.equal(find('quit', 'deep'), undefined);
  t.end();
});

void t.test('nothing else matches', (t) => {
  t.equal(find('quit', 'server'), undefined);
  t.equal(find('quit', 'path', 'x'), undefined);
  t.equal(find('quit', 'server.path'), undefined);
  t.equal(find('quit'), undefined);
  t.equal(find('quit', '__proto__'), undefined);
  t.end();
});
