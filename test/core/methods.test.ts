import { expect, it } from 'vitest';
import { withMethods } from '../../src/core/methods.js';

class First {
  twice(): number {
    return 2 * (this as unknown as { value: number }).value;
  }
  get kind(): string {
    return 'a kind';
  }
}
class Second extends First {
  fourTimes(): number {
    return 2 * this.twice();
  }
}

it('methods keep their object where they are taken out of it, and are no part of it', () => {
  const model = withMethods<{ value: number } & Second>({ value: 3 }, Second.prototype);
  const { twice, fourTimes, kind } = model;
  expect([twice(), fourTimes(), model.fourTimes(), kind]).toEqual([6, 12, 12, 'a kind']);
  expect(JSON.stringify(model)).toBe('{"value":3}');
  expect({ ...model }).toEqual({ value: 3 });
  const other = withMethods<{ value: number } & Second>({ value: 5 }, Second.prototype);
  expect([other.twice(), twice()]).toEqual([10, 6]);
});
