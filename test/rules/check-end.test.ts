/**
 * How a check ends, whatever becomes of the exception that unwinds it.
 */
import t from 'tap';
import { CheckControl } from '../../src/rules/check-end.js';

void t.test('a check that comes to its end', async (t) => {
  t.strictSame(await new CheckControl().follow(() => undefined), { is: 'completed' });
});

void t.test('what ends it first stays, also when the check goes on, or hides it', async (t) => {
  const lost = { is: 'lost' } as const;
  const courses: ((control: CheckControl) => Promise<void>)[] = [
    (control) => Promise.resolve().then(() => control.end(lost)),
    async (control) => {
      await Promise.resolve()
        .then(() => control.end(lost))
        .catch(() => undefined);
    },
    async (control) => {
      await Promise.resolve()
        .then(() => control.end(lost))
        .catch(() => undefined);
      control.end({ is: 'not-applicable', reason: 'no' });
    },
  ];
  for (const course of courses) {
    const control = new CheckControl();
    t.strictSame(await control.follow(() => course(control)), lost);
  }
});

void t.test('a defect of a check never vanishes', async (t) => {
  const error = new TypeError('x is not a function');
  const control = new CheckControl();
  const defect = await control.follow(async () => {
    await Promise.resolve()
      .then(() => control.end({ is: 'lost' }))
      .catch(() => undefined);
    throw error;
  });
  t.strictSame(defect, { is: 'defect', error });
  t.strictSame(await new CheckControl().follow(() => Promise.reject(error)), { is: 'defect', error });
});
