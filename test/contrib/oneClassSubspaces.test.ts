// Rows of one class and others, and derivatives along the frames by differences.
import { describe, expect, it } from 'vitest';
import { oneClassSubspaces } from '../../src/contrib/index.js';
import { normals, table } from '../algebra.js';
import { judged } from './oneClassSubspaces.honesty.js';

const draw = normals(5);
const x = table(60, 4, (_, j) => draw() * (j < 2 ? 1 : 0.1) + 2);
const others = table(60, 4, () => 2 + draw());

it('tells a flat class from others', async () => {
  const settings = { margin: 0.1, violationWeight: 10, softness: 0.1 };
  const result = await oneClassSubspaces({ x }, settings);
  expect(result.status).toBe('solved');
  expect(result.predict(x).filter(Boolean).length).toBeGreaterThan(57);
  expect(result.predict(others).filter(Boolean).length).toBeLessThan(20);
  const { wrong, steepest } = judged(x, settings, result, result.objective as number);
  expect(wrong).toEqual([]);
  expect(steepest).toBeLessThan(1e-4);
  for (const [k, { objective = Number.NaN }] of result.history.entries()) {
    if (k > 0) expect(objective).toBeLessThanOrEqual((result.history[k - 1]?.objective as number) + 1e-15);
  }
  const [inside] = result.decision(x);
  expect(result.predict(x, { threshold: (inside as number) + 1e-9 })[0]).toBe(false);
});

it('is monotone and orthonormal at the kinks of the minimum itself, too', async () => {
  const result = await oneClassSubspaces({ x }, { softness: 0, maxIterations: 300 });
  for (const [k, { objective = Number.NaN }] of result.history.entries()) {
    if (k > 0) expect(objective).toBeLessThanOrEqual((result.history[k - 1]?.objective as number) + 1e-15);
  }
  // A very soft minimum's objective is that of the minimum.
  const { wrong } = judged(
    x,
    { margin: 0.1, violationWeight: 10, softness: 1e-13 },
    result,
    result.objective as number,
  );
  expect(wrong).toEqual([]);
});

it('begins at the frames of an earlier result', async () => {
  const settings = { softness: 0.1 };
  const first = await oneClassSubspaces({ x }, settings);
  const again = await oneClassSubspaces({ x }, { ...settings, warmStart: first });
  expect(again.objective).toBeLessThan((first.objective as number) + 1e-6);
});

it('has frames of as many columns as x where that is fewer', async () => {
  const { lowerFrame, status } = await oneClassSubspaces({ x }, { dimension: 9, softness: 0.1 });
  expect([lowerFrame.rows, lowerFrame.columns, status]).toEqual([4, 4, 'solved']);
});

describe('refuses', () => {
  it.each([
    [{ x }, { violationWeight: 0 }, 'violationWeight = 0: expected'],
    [
      { x },
      { warmStart: { lowerFrame: [[1]], upperFrame: [[1]] } },
      'warmStart.lowerFrame: expected 4 x 1 numbers, got 1 x 1',
    ],
    [{ x: [] }, {}, 'x: expected at least one row and one column'],
  ])('%#', async (data, settings, message) => {
    await expect(oneClassSubspaces(data as never, settings as never)).rejects.toThrow(message);
  });
});
