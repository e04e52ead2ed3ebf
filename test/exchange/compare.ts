// Comparisons of models and predictions, number by number.
import { expect } from 'vitest';

/** All numbers and labels of a prediction, in order. */
export function flat(value: unknown): (number | string | boolean)[] {
  const { data } = value as { data?: ArrayLike<number> };
  return Array.from((data ?? value) as ArrayLike<number | string | boolean>);
}

/** Expects predictions to be equal: labels exactly, numbers to a tolerance times their size or 1. */
export function expectClose(found: unknown, wanted: unknown, tolerance: number): void {
  const [a, b] = [flat(found), flat(wanted)];
  expect(a).toHaveLength(b.length);
  a.forEach((value, k) => {
    const other = b[k];
    if (typeof other !== 'number') expect(value).toBe(other);
    else expect(Math.abs((value as number) - other)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(other)));
  });
}

/** Paths at which two values differ, bit for bit in numbers, of all members of the first. */
export function differences(found: unknown, wanted: unknown, path = ''): string[] {
  if (typeof found !== 'object' || found === null) return Object.is(found, wanted) ? [] : [path];
  const other = Object(wanted) as Record<string, unknown>;
  if (Array.isArray(found) || ArrayBuffer.isView(found)) {
    const list = Array.from(found as ArrayLike<unknown>);
    if (list.length !== (other as unknown as ArrayLike<unknown>).length) return [`${path}.length`];
    return list.flatMap((each, k) => differences(each, other[k], `${path}[${k}]`));
  }
  return Object.entries(found).flatMap(([name, each]) => differences(each, other[name], `${path}.${name}`));
}
