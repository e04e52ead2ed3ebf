// result.conflict: constraints and bounds that contradict one another, as few as possible.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  dot,
  exp,
  matvec,
  mul,
  pow,
  slice,
  softplus,
  square,
  sub,
  sum,
  sumSquares,
  transpose,
} from '../../src/expressions/index.js';
import { Model, minimize } from '../../src/index.js';
import { fromCallbacks, quadraticProgram, readNl, writeNl } from '../../src/nlp/index.js';
import { all } from '../long.js';
import { expectIrreducible, linearSatisfiable, satisfiable } from './conflictClaims.js';
import { Draw } from './draw.js';
import { demand, unitCommitment } from './unitCommitment.js';

describe('the conflict of a unit commitment', () => {
  const raised = demand.map((load, t) => (t === 5 ? load + 400 : load));
  const variants = {
    'with a demand above its capacity': { options: { demand: raised }, name: 'reserve[5]' },
    'with twice the reserve': { options: { reserve: 2.2 }, name: 'reserve[13]' },
    'with both': { options: { demand: raised, reserve: 2.2 }, name: 'reserve[5]' },
    'as a linear program': { options: { demand: raised, squares: false }, name: 'reserve[5]' },
  };
  for (const [title, { options, name }] of Object.entries(variants)) {
    it(`is one row, ${title}`, async () => {
      const { model } = unitCommitment(options);
      const { status, message, conflict } = await minimize(model);
      expect(status).toBe('infeasible');
      expect(conflict?.constraints.map((row) => row.name)).toEqual([name]);
      const hour = name.slice(8, -1);
      expect(conflict?.bounds.map((bound) => `${bound.name} ${bound.side}`)).toEqual(
        [0, 1, 2, 3, 4].map((unit) => `u[${unit},${hour} upper`.replace(' ', '] ')),
      );
      expect(conflict?.proof).toBe(true);
      expect(message).toContain('No point satisfies this: constraint');
      expect(message).toContain(`(${name})`);
      expect(message).toContain('Another start will not help.');
      await expectIrreducible(model.compile(), conflict, satisfiable);
    });
  }

  it('is that of its .nl file', async () => {
    const { model } = unitCommitment({ demand: raised });
    const folder = mkdtempSync(join(tmpdir(), 'nonconvex-conflict-'));
    try {
      await writeNl(model, join(folder, 'model.nl'));
      const { conflict } = await minimize(await readNl(join(folder, 'model.nl')));
      expect(conflict?.constraints).toEqual([{ name: 'reserve[5]', index: 509, side: 'lower' }]);
      expect(conflict).toMatchObject({ irreducible: true, proof: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has none where there is a solution', async () => {
    const result = await minimize(unitCommitment().model);
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(136625.1025, 3);
    expect('conflict' in result).toBe(false);
  });
});

/** Rows of few entries with equations, ranges, fixed and free variables, of which many cannot be satisfied together. */
function drawn(seed: number) {
  const draw = new Draw(seed);
  const n = 3 + draw.below(10);
  const m = 4 + draw.below(16);
  const G = Array.from({ length: m }, () => Array.from({ length: n }, () => (draw.chance(0.4) ? draw.number() : 0)));
  const atLeast = new Array<number>(m).fill(-Infinity);
  const atMost = new Array<number>(m).fill(Infinity);
  for (let i = 0; i < m; ++i) {
    const kind = draw.below(4);
    const side = draw.number();
    if (kind !== 0) atLeast[i] = side;
    if (kind === 0 || kind === 2) atMost[i] = side;
    if (kind === 3) atMost[i] = side + draw.uniform();
  }
  const lower = Array.from({ length: n }, () => (draw.chance(0.6) ? -draw.below(3) : -Infinity));
  const upper = lower.map((low) => (draw.chance(0.5) ? Math.max(low, 0) + draw.below(3) : Infinity));
  return quadraticProgram({ c: draw.numbers(n), G, atLeast, atMost, lower, upper });
}

describe('conflicts of random linear programs', () => {
  it('are irreducible, by removal', async () => {
    let infeasible = 0;
    for (let seed = 0; infeasible < 60; ++seed) {
      const program = drawn(seed);
      const { status, conflict, certificate } = await minimize(program);
      if (status !== 'infeasible') continue;
      ++infeasible;
      expect(certificate.proof?.kind).toBe('farkas');
      expect(conflict?.proof).toBe(true);
      await expectIrreducible(program, conflict, linearSatisfiable);
    }
  });
});

/** Balls, half spaces, equations, sums of exponentials and softplus, of which many cannot be satisfied together. */
function drawnConvex(seed: number): Model {
  const draw = new Draw(seed);
  const model = new Model();
  const n = 1 + draw.below(6);
  const vector = () => Array.from({ length: n }, () => draw.between(-2, 2));
  const bound = (sign: number) =>
    Array.from({ length: n }, () => sign * (draw.chance(0.4) ? draw.between(0, 2) : Infinity));
  const x = model.variable(n, { lower: bound(-1), upper: bound(1), start: vector().map((value) => value / 10) });
  model.minimize(sumSquares(sub(x, vector())));
  for (let rows = 2 + draw.below(6); rows > 0; --rows) {
    const kind = draw.below(5);
    if (kind === 0) model.atMost(sumSquares(sub(x, vector())), draw.between(0, 3));
    if (kind === 1) model.atLeast(dot(vector(), x), draw.between(0, 2));
    if (kind === 2) model.equal(dot(vector(), x), draw.between(-2, 2));
    if (kind === 3) model.atMost(sum(exp(x)), n * draw.between(0.3, 1.3));
    if (kind === 4) model.atMost(softplus(dot(vector(), x)), draw.between(0, 1));
  }
  return model;
}

describe('conflicts of random convex programs', () => {
  it('are final, and hold what they say, by removal', async () => {
    const found = { infeasible: 0, proven: 0, irreducible: 0 };
    for (let seed = 0; found.infeasible < (all ? 200 : 40); ++seed) {
      const model = drawnConvex(seed);
      const { status, conflict, message } = await minimize(model);
      if (status !== 'infeasible') continue;
      ++found.infeasible;
      expect(message, `seed ${seed}`).toContain('Another start will not help.');
      if (!conflict?.proof) continue;
      ++found.proven;
      expect(await satisfiable(model.compile(), conflict), `seed ${seed}`).toBe(false);
      if (!conflict.irreducible) continue;
      ++found.irreducible;
      await expectIrreducible(model.compile(), conflict, satisfiable);
    }
    expect(found.proven).toBeGreaterThan(0.8 * found.infeasible);
    expect(found.irreducible).toBeGreaterThan(0.5 * found.infeasible);
  });
});

describe('the conflict of a larger linear program', () => {
  it('is irreducible, by removal of some members', async () => {
    const draw = new Draw(3);
    const [n, m] = [60, 240];
    const G = Array.from({ length: m }, () => Array.from({ length: n }, () => (draw.chance(0.2) ? draw.number() : 0)));
    const atMost = Array.from({ length: m }, () => draw.between(-3, 1));
    const program = quadraticProgram({ c: draw.numbers(n), G, atMost, lower: -1, upper: 1 });
    const { status, conflict } = await minimize(program);
    expect(status).toBe('infeasible');
    expect(conflict?.constraints.length).toBeGreaterThan(10);
    await expectIrreducible(program, conflict, linearSatisfiable, all ? 1 : 7);
  });

  it('is one of many constraints that are all needed', async () => {
    const model = new Model();
    const x = model.variable(500);
    model.minimize(sumSquares(x));
    model.atLeast(sub(slice(x, 1), slice(x, 0, -1)), 1);
    model.atMost(sub(at(x, 499), at(x, 0)), 100);
    const { conflict } = await minimize(model);
    expect(conflict).toMatchObject({ irreducible: true, proof: true, bounds: [] });
    expect(conflict?.constraints).toHaveLength(500);
  });
});

describe('a conflict', () => {
  it('of convex constraints is proven', async () => {
    const model = new Model();
    const x = model.variable(3, { start: 1 });
    model.minimize(sum(exp(x)));
    model.atMost(sumSquares(x), 1, { name: 'ball' });
    model.atMost(exp(at(x, 2)), 5, { name: 'other' });
    model.atLeast(add(at(x, 0), at(x, 1)), 2, { name: 'far' });
    const { status, conflict, message } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(conflict).toMatchObject({ irreducible: true, proof: true, bounds: [] });
    expect(conflict?.constraints.map(({ name, side }) => `${name} ${side}`).sort()).toEqual([
      'ball upper',
      'far lower',
    ]);
    expect(message).toContain('Another start will not help.');
    await expectIrreducible(model.compile(), conflict, satisfiable);
  });

  it('has the bounds within which a constraint is convex', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0, upper: 5, start: 1, name: 'x' });
    model.minimize(sum(x));
    model.atMost(sum(pow(x, 3)), 1, { name: 'cubes' });
    model.atLeast(sum(x), 3, { name: 'sum' });
    const { status, conflict } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(conflict?.proof).toBe(true);
    expect(conflict?.constraints.map(({ name }) => name).sort()).toEqual(['cubes', 'sum']);
  });

  it('of constraints that are not convex is one near x', async () => {
    const model = new Model();
    const x = model.variable(2, { start: [1, 0.5] });
    model.minimize(sum(x));
    model.equal(sumSquares(x), 1, { name: 'circle' });
    model.equal(sumSquares(sub(x, 5)), 1, { name: 'elsewhere' });
    model.atMost(at(x, 0), 100);
    const { status, conflict, message } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(conflict?.proof).toBe(false);
    expect(conflict?.constraints.map(({ name, side }) => `${name} ${side}`).sort()).toEqual([
      'circle both',
      'elsewhere both',
    ]);
    expect(message).toMatch(/Near x these cannot be satisfied together: .* try another start/);
  });

  it('of callbacks is one near x, by their indices', async () => {
    const program = fromCallbacks({
      n: 2,
      m: 2,
      start: [0, 0],
      objective: (x) => (x[0] as number) ** 2,
      constraints: (x, c) => {
        c.fill((x[0] as number) + (x[1] as number));
      },
      constraintsLower: [3, -Infinity],
      constraintsUpper: [Infinity, 1],
    });
    const { status, conflict } = await minimize(program);
    expect(status).toBe('infeasible');
    expect(conflict?.constraints.map(({ name, index, side }) => `${name} ${index} ${side}`).sort()).toEqual([
      'c[0] 0 lower',
      'c[1] 1 upper',
    ]);
    expect(conflict?.proof).toBe(false);
  });

  it('of dependent equations has no others', async () => {
    const model = new Model();
    const x = model.variable(4, { name: 'x' });
    model.minimize(sumSquares(x));
    model.equal(add(at(x, 0), at(x, 1)), 1, { name: 'a' });
    model.equal(add(at(x, 2), at(x, 3)), 1, { name: 'b' });
    model.equal(add(at(x, 0), mul(2, at(x, 1))), 1, { name: 'c' });
    model.equal(sub(at(x, 1), at(x, 0)), 5, { name: 'd' });
    const { status, conflict } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(conflict?.constraints.map(({ name }) => name).sort()).toEqual(['a', 'c', 'd']);
    await expectIrreducible(model.compile(), conflict, linearSatisfiable);
  });

  it('knows products with the transpose of a matrix of variables as linear', async () => {
    const model = new Model();
    const p = model.variable([3, 2], { lower: 0, upper: 1, name: 'p' });
    model.minimize(sum(square(p)));
    model.atLeast(matvec(transpose(p), [1, 2, 3]), [7, 1], { name: 'need' });
    const { status, conflict, certificate, message } = await minimize(model);
    expect(status).toBe('infeasible');
    expect(certificate.proof?.kind).toBe('farkas');
    expect(message).not.toContain('try another start');
    expect(conflict?.constraints.map(({ name }) => name)).toEqual(['need[0]']);
  });
});
