/**
 * "Did you mean …?"
 */
import t from 'tap';
import { didYouMean } from '../src/did-you-mean.js';

void t.test('the closest word that is close enough', (t) => {
  const words = ['command', 'event', 'enum', 'uint8', 'int8', 'node-name'];
  const cases: [unknown: string, meant: string | undefined][] = [
    ['comand', 'command'],
    ['Event', 'event'],
    ['unit8', 'uint8'],
    ['node_name', 'node-name'],
    ['x', undefined],
    ['completely-different', undefined],
    ['x'.repeat(1000), undefined],
  ];
  for (const [unknown, meant] of cases) {
    t.equal(
      didYouMean(unknown, words),
      meant === undefined ? undefined : `did you mean '${meant}'?`,
      unknown,
    );
  }
  t.equal(didYouMean('event', []), undefined);
  t.end();
});
