// Where a global search begins: in the middle of the whole box where it is finite, else near the bound that there is, or near 0.
import { expect, it } from 'vitest';
import { div, exp, mul, square, sub } from '../../src/expressions/index.js';
import { Model, minimizeGlobally } from '../../src/index.js';

/** The objective before the first box of a function that is -1 at `place` and flat away from it, where descents end at once. */
async function first(place: number, bounds: { lower?: number; upper?: number }, start: number): Promise<number> {
  const model = new Model();
  const x = model.variable({ ...bounds, start });
  model.minimize(mul(-1, exp(mul(-1, square(div(sub(x, place), 2))))));
  const { history } = await minimizeGlobally(model, { maxNodes: 1 });
  const [row] = history;
  expect(row?.nodes).toBe(0);
  return row?.objective ?? Number.NaN;
}

it('is the middle of a wide box, though the start is elsewhere', async () => {
  expect(await first(-495, { lower: -1000, upper: 10 }, 0)).toBeCloseTo(-1, 12);
  expect(await first(495, { lower: -10, upper: 1000 }, 0)).toBeCloseTo(-1, 12);
});

it('is near the bound where there is one', async () => {
  expect(await first(110, { lower: 100 }, 400)).toBeCloseTo(-1, 12);
  expect(await first(-110, { upper: -100 }, -400)).toBeCloseTo(-1, 12);
});

it('is near 0 where there is none', async () => {
  expect(await first(0, {}, 400)).toBeCloseTo(-1, 12);
});
