// Bounds and sides as users write them: numbers, arrays, matrices; what stands for none, and what is refused.
import { describe, expect, it } from 'vitest';
import { checkBounds } from '../../src/core/bounds.js';

const Inf = Number.POSITIVE_INFINITY;
const check = (lower: unknown, upper: unknown, shape: readonly number[] = [2]) =>
  checkBounds({ name: 'lower', value: lower }, { name: 'upper', value: upper }, shape);

describe('bounds', () => {
  it('are numbers for all entries, arrays or matrices', () => {
    const expected = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(2, 3) };
    expect(check(-1, [2, 3])).toEqual(expected);
    expect(check(Float32Array.of(-1, -1), Float64Array.of(2, 3))).toEqual(expected);
    expect(check([[-1, -1]], { data: Float64Array.of(2, 3), rows: 1, columns: 2 }, [1, 2])).toEqual(expected);
    expect(check([-1, -1], [2, 3], [2, 1])).toEqual(expected);
    expect(check(1, 2, [])).toEqual({ lower: Float64Array.of(1), upper: Float64Array.of(2) });
    expect(check([], [], [0])).toEqual({ lower: new Float64Array(0), upper: new Float64Array(0) });
  });

  it('are none from 1e19 on, and where they are missing', () => {
    const none = { lower: Float64Array.of(-Inf, -Inf), upper: Float64Array.of(Inf, Inf) };
    expect(check(undefined, undefined)).toEqual(none);
    expect(check(-Inf, Inf)).toEqual(none);
    expect(check([-1e19, -Inf], [1e300, 1e19])).toEqual(none);
    expect(check(-9.9e18, 9.9e18).upper[0]).toBe(9.9e18);
    const zero = checkBounds(
      { name: 'a', value: undefined, missing: 0 },
      { name: 'b', value: undefined, missing: 0 },
      [1],
    );
    expect(zero).toEqual({ lower: Float64Array.of(0), upper: Float64Array.of(0) });
  });

  it('are copies', () => {
    const lower = Float64Array.of(1, -1e20);
    const upper = Float64Array.of(3, 4);
    const checked = check(lower, upper);
    expect(checked.upper).not.toBe(upper);
    expect(lower[1]).toBe(-1e20);
  });

  it('may be the same', () => {
    expect(check([1, 2], [1, 2])).toEqual({ lower: Float64Array.of(1, 2), upper: Float64Array.of(1, 2) });
  });

  const wrong: [string, unknown, unknown, readonly number[], typeof TypeError | typeof RangeError, string][] = [
    ['NaN', Number.NaN, 1, [2], RangeError, 'lower = NaN: expected a number'],
    ['NaN in an array', 0, [1, Number.NaN], [2], RangeError, 'upper[1] = NaN: expected a number'],
    ['NaN in a matrix', 0, [[1, Number.NaN]], [1, 2], RangeError, 'upper.data[1] = NaN: expected a number'],
    ['a wrong length', [1, 2, 3], 4, [2], RangeError, 'lower: expected 2 numbers, for shape [2], got 3'],
    ['a wrong shape', 0, [[1], [2]], [1, 2], RangeError, 'upper: has shape [2, 1]: expected [1, 2]'],
    ['text', '1', 2, [2], TypeError, "lower = '1': expected an array of numbers"],
    ['null', null, 2, [2], TypeError, 'lower = null: expected an array of numbers'],
    ['text in an array', 0, [1, '2'], [2], TypeError, "upper[1] = '2': expected a number"],
    ['crossed numbers', 2, 1, [], RangeError, 'lower = 2: expected at most upper = 1'],
    ['crossed entries', [0, 3], [1, 2], [2], RangeError, 'lower[1] = 3: expected at most upper[1] = 2'],
    ['crossed matrices', [[0, 3]], 2, [1, 2], RangeError, 'lower[0,1] = 3: expected at most upper[0,1] = 2'],
    [
      'Infinity below',
      Inf,
      Inf,
      [2],
      RangeError,
      'lower = Infinity: expected a number below 1e19 in size, or -Infinity',
    ],
    [
      'Infinity below, at a place',
      [0, 1e20],
      1,
      [2],
      RangeError,
      'lower[1] = 100000000000000000000: expected a number',
    ],
    [
      '-Infinity above',
      0,
      [-Inf, 1],
      [2],
      RangeError,
      'upper[0] = -Infinity: expected a number below 1e19 in size, or Inf',
    ],
  ];
  it.each(wrong)('refuse %s', (_, lower, upper, shape, kind, message) => {
    expect(() => check(lower, upper, shape)).toThrow(kind);
    expect(() => check(lower, upper, shape)).toThrow(message);
  });
});
