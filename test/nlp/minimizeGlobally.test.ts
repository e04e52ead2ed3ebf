// Global minima that are known, statuses, and what is refused.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as ops from '../../src/expressions/index.js';
import {
  abs,
  add,
  at,
  atan2,
  div,
  type Expression,
  Model,
  max,
  mul,
  pow,
  sin,
  square,
  sub,
  sum,
} from '../../src/expressions/index.js';
import { fromCallbacks, minimizeGlobally, quadraticProgram } from '../../src/nlp/index.js';

type Scalar = Expression<readonly []>;

/** A wave on a slope: several local minima, the least of them at the left. */
function wave() {
  const model = new Model();
  const x = model.variable({ lower: -4, upper: 4, start: 3 });
  model.minimize(add(sin(mul(3, x)), mul(0.1, x)));
  return { model, x };
}

/** The least value of the wave on a fine grid. */
const leastOfWave = Math.min(
  ...Array.from({ length: 80_001 }, (_, k) => -4 + k / 10_000).map((t) => Math.sin(3 * t) + 0.1 * t),
);

describe('minimizeGlobally', () => {
  it('finds the least of several local minima, and proves it', async () => {
    const { model } = wave();
    const result = await minimizeGlobally(model, { gap: 1e-8, absoluteGap: 1e-8 });
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(leastOfWave, 7);
    expect(result.certificate.kind).toBe('global');
    expect(result.lowerBound).toBe(result.bound);
    expect(result.bound).toBeLessThanOrEqual(leastOfWave + 1e-9);
    expect(result.nodes).toBeGreaterThan(1);
  });

  it('has an upper bound of an objective that is maximised', async () => {
    const model = new Model();
    const x = model.variable({ lower: 0, upper: 5 });
    const y = model.variable({ lower: 0, upper: 5 });
    model.maximize(mul(x, y));
    model.atMost(add(square(x), square(y)), 8);
    const { status, objective, bound, certificate } = await minimizeGlobally(model);
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(4, 5);
    expect(bound).toBeGreaterThanOrEqual(objective);
    expect(bound).toBeLessThan(4.001);
    expect(certificate.upperBound).toBe(bound);
  });

  it('takes kinks, as it needs no derivatives for bounds', async () => {
    const model = new Model();
    const x = model.variable({ lower: -3, upper: 3 });
    model.minimize(max(abs(sub(x, 1)), sub(2, x)));
    const { bound, objective } = await minimizeGlobally(model, { maxNodes: 200 });
    expect(bound).toBeLessThanOrEqual(0.5);
    expect(bound).toBeGreaterThan(0.49);
    expect(objective).toBeGreaterThanOrEqual(0.5 - 1e-9);
  });

  it('proves that no point satisfies the constraints', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: -1, upper: 1 });
    model.minimize(sum(x));
    model.equal(mul(at(x, 0), at(x, 1)), 0.9);
    model.atLeast(sub(at(x, 0), at(x, 1)), 0.5);
    const result = await minimizeGlobally(model);
    expect(result.status).toBe('infeasible');
    expect(result.objective).toBeNaN();
  });

  it('says that a bound is about assumed bounds', async () => {
    const model = new Model();
    const x = model.variable({ name: 'x' });
    const y = model.variable({ lower: 0, upper: 1, name: 'y' });
    model.minimize(sub(square(sub(x, y)), mul(x, y)));
    const { boundsAssumed, certificate } = await minimizeGlobally(model, { assumeBounds: 10 });
    expect(boundsAssumed).toEqual(['x']);
    expect(certificate.over).toBe('assumedBounds');
  });

  it('has the same result for any number of threads', async () => {
    const one = await minimizeGlobally(wave().model, { threads: 1 });
    for (const threads of [2, 3]) {
      const other = await minimizeGlobally(wave().model, { threads });
      expect([other.nodes, other.bound, ...other.x]).toEqual([one.nodes, one.bound, ...one.x]);
    }
  });

  it('keeps its bound where it ends early', async () => {
    const { model } = wave();
    const result = await minimizeGlobally(model, { gap: 0, absoluteGap: 0, maxNodes: 5 });
    expect(result.status).toBe('iterationLimit');
    expect(result.certificate.kind).toBe('bounded');
    expect(result.bound).toBeLessThanOrEqual(leastOfWave + 1e-9);
  });

  it('takes integers', async () => {
    const model = new Model();
    const x = model.variable({ lower: 0, upper: 10, integer: true });
    const y = model.binary();
    model.minimize(add(square(sub(x, 3.4)), mul(-2, mul(x, y))));
    model.atMost(add(x, mul(3, y)), 7.5);
    const best = Math.min(
      ...Array.from({ length: 8 }, (_, k) => k).flatMap((i) =>
        [0, 1].filter((j) => i + 3 * j <= 7.5).map((j) => (i - 3.4) ** 2 - 2 * i * j),
      ),
    );
    const { status, objective, x: found } = await minimizeGlobally(model);
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(best, 6);
    expect(Array.from(found).every(Number.isInteger)).toBe(true);
    const none = new Model();
    none.minimize(square(none.variable({ lower: 0.2, upper: 0.8, integer: true })));
    expect((await minimizeGlobally(none)).status).toBe('infeasible');
  });

  it('multiplies equations, as pooling problems need', async () => {
    // Two qualities are blended: shares q of the sources, amounts y of the products.
    const model = new Model();
    const q = model.variable(2, { lower: 0, upper: 1 });
    const y = model.variable(2, { lower: 0, upper: 100 });
    model.equal(sum(q), 1);
    const flows = [0, 1].map((i) => [0, 1].map((j) => mul(at(q, i), at(y, j))));
    const cost = [6, 16].map((price, i) => mul(price, add(flows[i]?.[0] ?? 0, flows[i]?.[1] ?? 0)));
    model.minimize(sub(add(cost[0] ?? 0, cost[1] ?? 0), add(mul(9, at(y, 0)), mul(15, at(y, 1)))));
    for (const [j, most] of [2.5, 1.5].entries()) {
      const sulfur = add(mul(3, flows[0]?.[j] ?? 0), flows[1]?.[j] ?? 0);
      model.atMost(sub(sulfur, mul(most, at(y, j))), 0);
    }
    const { status, nodes, objective } = await minimizeGlobally(model);
    const best = Math.min(
      ...Array.from({ length: 1001 }, (_, k) => k / 1000).map((share) => {
        const [price, sulfur] = [6 * share + 16 * (1 - share), 3 * share + (1 - share)];
        const gain = (sells: number, most: number) => (sulfur <= most + 1e-12 ? Math.min(0, 100 * (price - sells)) : 0);
        return gain(9, 2.5) + gain(15, 1.5);
      }),
    );
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(best, 4);
    expect(nodes).toBeLessThanOrEqual(9);
  });

  it('has bounds below the minimum whatever the gap', async () => {
    for (const gap of [0.9, 0.5, 0.2, 0.05]) {
      for (const start of [-4, -2.3, 1.4, 3]) {
        const model = new Model();
        const x = model.variable({ lower: -4, upper: 4, start });
        model.minimize(add(sin(mul(3, x)), mul(0.1, x)));
        const { status, bound, certificate } = await minimizeGlobally(model, { gap });
        expect(status).toBe('solved');
        expect(certificate.kind).toBe('global');
        expect(bound).toBeLessThanOrEqual(leastOfWave + 1e-9);
      }
    }
  });

  it('calls nothing infeasible for a cutoff or for assumed bounds', async () => {
    const { model } = wave();
    expect((await minimizeGlobally(model, { cutoff: -50 })).status).toBe('stalled');
    const far = new Model();
    far.minimize(square(far.variable({ lower: 10 })));
    expect((await minimizeGlobally(far, { assumeBounds: 5 })).status).toBe('stalled');
    const solved = await minimizeGlobally(far, { assumeBounds: 50 });
    expect([solved.status, solved.objective]).toEqual(['solved', 100]);
  });

  it('begins at a warm start', async () => {
    const { model } = wave();
    const first = await minimizeGlobally(model);
    const again = await minimizeGlobally(model, { warmStart: first });
    expect(again.objective).toBeLessThanOrEqual(first.objective);
    await expect(minimizeGlobally(model, { warmStart: { x: [1, 2] } })).rejects.toThrow(
      'warmStart.x: expected 1 numbers, one for each variable, got 2',
    );
  });

  it.each<[string, number, (x: Scalar, y: Scalar) => Scalar]>([
    [
      'three humps',
      0,
      (x, y) => add(add(mul(2, square(x)), mul(-1.05, pow(x, 4))), add(div(pow(x, 6), 6), add(mul(x, y), square(y)))),
    ],
    ['a quadratic function', -1 / 3, (x, y) => add(sub(add(square(x), square(y)), mul(x, y)), x)],
    ['a square beside a linear term', -27, (x, y) => add(sub(pow(x, 4), mul(4, pow(x, 3))), square(sub(y, add(x, 1))))],
  ])('bounds variables without bounds by the growth of %s', async (_, least, f) => {
    const model = new Model();
    model.minimize(f(model.variable({ start: 0.5 }), model.variable({ start: 0.8 })));
    const { status, bound } = await minimizeGlobally(model, { maxNodes: 1000 });
    expect(status).toBe('solved');
    expect(bound).toBeLessThanOrEqual(least + 1e-12);
    expect(bound).toBeGreaterThan(least - 0.01);
  });

  it('refuses what no bound is known of', async () => {
    const callbacks = fromCallbacks({
      n: 1,
      m: 0,
      start: [0],
      objective: (x: ArrayLike<number>) => (x[0] as number) ** 2,
    } as never);
    await expect(minimizeGlobally(callbacks)).rejects.toThrow('expected a Model or what readNl gives');
    await expect(minimizeGlobally(quadraticProgram({ Q: [[1]], c: [1] }))).rejects.toThrow('expected a Model');
    const model = new Model();
    const x = model.variable({ lower: 0.1, upper: 1 });
    model.minimize(atan2(x, add(x, 1)));
    await expect(minimizeGlobally(model)).rejects.toThrow('has no relaxation');
    await expect(minimizeGlobally(wave().model, { gap: -1 })).rejects.toThrow('gap = -1');
  });
});

const folder = new URL('../../../shared/problems/global/', import.meta.url);

describe.skipIf(!existsSync(folder))('given problems with known minima', () => {
  const reference = existsSync(folder)
    ? (JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')) as Record<
        string,
        { best: number; sense: string }
      >)
    : {};
  it('have no bound above the best known value', async () => {
    const { readProblems } = (await import(new URL('read.mjs', folder).href)) as {
      readProblems: (file: URL, parts: object) => { name: string; model: Model }[];
    };
    let solved = 0;
    for (const { name, model } of readProblems(new URL('continuous.jsonl', folder), { Model, ops })) {
      const { best, sense } = reference[name] as { best: number; sense: string };
      const sign = sense === 'max' ? -1 : 1;
      const { bound, status } = await minimizeGlobally(model, { maxNodes: 200 });
      expect(sign * bound, name).toBeLessThanOrEqual(sign * best + 1e-9 * Math.max(1, Math.abs(best)));
      if (status === 'solved') ++solved;
    }
    expect(solved).toBeGreaterThanOrEqual(50);
  });
});
