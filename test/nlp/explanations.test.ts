// The message of a solve under bounds and inequalities where there is no solution.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { add, at, exp, mul, slice, square, sub, sum, sumSquares } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';
import { readNl, writeNl } from '../../src/nlp/index.js';
import { minimize } from '../flat.js';

describe('a message without a solution', () => {
  it('names the constraints that cannot be satisfied together, and the bounds in the way', async () => {
    const model = new Model();
    const x = model.variable(3, { lower: 0, upper: 1, start: 0.5 });
    model.minimize(sumSquares(x));
    model.atMost(at(x, 2), 0.5); // no part of the conflict
    model.atLeast(add(at(x, 0), at(x, 1)), 3);
    const result = await minimize(model);
    expect(result.status).toBe('infeasible');
    expect(result.message).toContain(
      'No point satisfies this: constraint 1 is 2, below constraintsLower[1] = 3, while upper[0] and upper[1] hold x back. ' +
        'Each of these is needed: without it the others can be satisfied. Another start will not help.',
    );
    expect(result.x[0]).toBeCloseTo(1, 6);
    expect(result.x[1]).toBeCloseTo(1, 6);
  });

  it('has the names of a model, and of what is read of it', async () => {
    const model = new Model();
    const w = model.variable(2, { lower: 0, upper: 1, start: 0.5, name: 'weights' });
    const free = model.variable(2, { lower: 2, start: 2 });
    model.minimize(sumSquares(w));
    model.atMost(add(free, w), 9);
    model.atLeast(sum(w), 3, { name: 'budget' });
    const expected =
      'constraint 2 (budget) is 2, below constraintsLower[2] = 3, ' +
      'while upper[0] (weights[0]) and upper[1] (weights[1]) hold x back.';
    expect((await minimize(model)).message).toContain(expected);
    const folder = mkdtempSync(join(tmpdir(), 'nonconvex-names-'));
    try {
      await writeNl(model, join(folder, 'model.nl'));
      const result = await minimize(await readNl(join(folder, 'model.nl')));
      expect(result.message).toContain(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const other = new Model();
    const far = other.variable(2, { lower: 0, start: 1, name: 'far' });
    other.minimize(sub(at(far, 0), at(far, 1)));
    expect((await minimize(other)).message).toMatch(/where x\[1\] \(far\[1\]\) goes to Infinity/);
  });

  it('lists a few of many', async () => {
    const model = new Model();
    const x = model.variable(13, { start: 1 });
    model.atLeast(sub(slice(x, 1), slice(x, 0, -1)), 1); // each is above the one before
    model.atMost(square(sub(at(x, 12), at(x, 0))), 4);
    const { status, message, conflict } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(conflict?.constraints).toHaveLength(13);
    expect(message).toMatch(/No point satisfies these together: constraint \d+ is .*; .*; .*; and 10 more\./);
  });

  it('names the variable that has run away', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0, start: 1 });
    model.minimize(sub(at(x, 0), at(x, 1)));
    const { status, message, x: end } = await minimize(model);
    expect(status).toBe('unbounded');
    expect(message).toMatch(/The objective has no bound along feasible points where x\[1\] goes to Infinity\./);
    expect(end[1]).toBeGreaterThan(1e10);
  });

  it('counts the attempts, and says what to try', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: -3, upper: 3, start: 1 });
    model.minimize(add(exp(at(x, 0)), square(sub(at(x, 0), at(x, 1)))));
    model.atLeast(mul(at(x, 0), at(x, 1)), 1 / 3);
    const hopeless = { tolerance: 1e-20 };
    const all = await minimize(model, hopeless);
    expect(all.status).toBe('stalled');
    expect(all.message).toContain('None of 9 attempts has solved it');
    expect(all.message).toMatch(
      /the gradient of the Lagrangian is .*, scaled\. Try a larger tolerance, or other units\.$/,
    );
    const one = await minimize(model, { ...hopeless, restarts: 0 });
    expect(one.message).toContain('restarts = 0');
    expect(one.counts.phases).toBe(1);
  });

  it('names an equation, and a second method that failed, too', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 2] });
    model.minimize(sum(x));
    model.equal(sumSquares(x), -1);
    const alone = await minimize(model, { method: 'exactAugmentedLagrangian' });
    expect(alone.message).toMatch(
      /residual 1, tolerance 1e-08\. Near x this cannot be satisfied: constraint 0 is 1 in place of 0\./,
    );
    const both = await minimize(model);
    expect(both.message).toMatch(/The interior-point method, which followed, failed, too\.$/);
  });
});
