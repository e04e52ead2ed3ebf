// `method: 'simplex'`: vertices of linear programs, proofs, starts from earlier solutions, and what it refuses.
import { describe, expect, it } from 'vitest';
import { abs, dot, log, matvec, square, sub, sum } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize } from '../../src/index.js';
import { fromCallbacks, prepareQuadratic, quadraticProgram } from '../../src/nlp/index.js';
import { linearProgram, membersOf } from './linearPrograms.js';

const simplex = { method: 'simplex' } as const;

/** G. Dantzig's style of a plan: three products' worth in two plants. */
const plan = {
  c: [-3, -5],
  G: [
    [1, 0],
    [0, 2],
    [3, 2],
  ],
  atMost: [4, 12, 18],
  lower: 0,
};

describe('the simplex method', () => {
  it('finds a vertex with multipliers, and a bound in exact arithmetic', async () => {
    const program = quadraticProgram(plan);
    const result = await minimize(program, simplex);
    expect(result).toMatchObject({ status: 'solved', phase: 'simplex', objective: -36, polished: true });
    expect(Array.from(result.x)).toEqual([2, 6]);
    expect(Array.from(result.multipliers)).toEqual([0, 1.5, 1]);
    expect(result.inertia).toEqual({ positive: 0, negative: 0, zero: 0 });
    const { kind, over, lowerBound } = result.certificate;
    expect([kind, over]).toEqual(['global', undefined]);
    expect(lowerBound).toBeLessThanOrEqual(-36);
    expect(lowerBound).toBeGreaterThan(-36 - 1e-12);
    expect(checkOptimality(program, result.x, result)).toMatchObject({ ok: true });
  });

  it('finds a vertex where a whole face is optimal', async () => {
    const n = 12;
    const face = { c: new Array(n).fill(1), G: [new Array(n).fill(1)], atLeast: 1, lower: 0 };
    const vertex = await minimize(quadraticProgram(face), simplex);
    expect(Array.from(vertex.x).filter((value) => value === 0).length).toBe(n - 1);
    expect(vertex.degenerate).toBe(true);
    const inside = await minimize(quadraticProgram(face));
    expect(Array.from(inside.x).filter((value) => value > 1e-3).length).toBe(n);
    expect(vertex.objective).toBeCloseTo(inside.objective, 9);
  });

  it('goes from the solution of an interior point to a vertex', async () => {
    const program = quadraticProgram({ c: [1, 1, 1], G: [[1, 1, 1]], atLeast: 1, lower: 0 });
    const vertex = await minimize(program, { ...simplex, warmStart: await minimize(program) });
    expect(vertex).toMatchObject({ status: 'solved', objective: 1, certificate: { kind: 'global' } });
    expect(Array.from(vertex.x).sort()).toEqual([0, 0, 1]);
  });

  it('gives a bound where variables have one bound each', async () => {
    for (const seed of [8, 18, 28, 38, 48]) {
      const { certificate, objective } = await minimize(quadraticProgram(membersOf(linearProgram(seed))), simplex);
      expect(certificate).toMatchObject({ kind: 'global' });
      expect(certificate.over).toBeUndefined();
      expect(objective - (certificate.lowerBound as number)).toBeLessThan(1e-9 * Math.max(1, Math.abs(objective)));
    }
  });

  it('says of which points its bound is where variables have none', async () => {
    let near = 0;
    for (let seed = 4; seed < 200; seed += 10) {
      const { status, certificate } = await minimize(quadraticProgram(membersOf(linearProgram(seed))), simplex);
      if (status !== 'solved') continue;
      expect(certificate.kind).toBe('global');
      if (certificate.over === undefined) continue;
      ++near;
      expect(certificate).toMatchObject({ over: 'near', because: expect.stringContaining('without a bound') });
    }
    expect(near).toBeGreaterThan(0);
  });

  it('proves that no point is feasible', async () => {
    const program = {
      c: [1, 1],
      G: [
        [1, 1],
        [1, -1],
      ],
      atMost: [1, 5],
      atLeast: [-Infinity, 3],
      lower: 0,
    };
    const { status, certificate, conflict, message } = await minimize(quadraticProgram(program), simplex);
    expect([status, certificate.kind]).toEqual(['infeasible', 'global']);
    expect(Array.from(certificate.proof?.y as Float64Array)).toEqual([1, -1]);
    expect(certificate.proof?.margin).toBeCloseTo(2, 5);
    expect(conflict).toMatchObject({ irreducible: true, proof: true });
    expect(message).toContain('No point satisfies these together');
  });

  it('proves that bounds which cross have no point between them', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0, upper: 1 });
    model.minimize(sum(x));
    model.equal(sum(x), 3);
    expect(await minimize(model, simplex)).toMatchObject({ status: 'infeasible', certificate: { kind: 'global' } });
  });

  it('gives a ray where the objective falls for ever', async () => {
    const program = { c: [-1, -1], G: [[1, -1]], atMost: 1, lower: 0 };
    const { status, certificate, objective } = await minimize(quadraticProgram(program), simplex);
    expect([status, certificate.kind]).toEqual(['unbounded', 'none']);
    expect(certificate.proof).toMatchObject({ kind: 'ray' });
    const [dx, dy] = Array.from(certificate.proof?.direction ?? []) as [number, number];
    expect(dx >= 0 && dy >= 0 && dx - dy <= 0 && dx + dy > 0).toBe(true);
    expect(objective).toBeLessThan(-1e6);
  });

  it('takes models, with names, constants and maxima', async () => {
    const model = new Model();
    const x = model.variable(3, { lower: 0, upper: 2 });
    model.maximize(sub(dot([1, 2, 3], x), 7));
    const row = model.atMost(sum(x), 4);
    const result = await minimize(model, simplex);
    expect(result).toMatchObject({ status: 'solved', objective: 3 });
    expect(Array.from(result.x)).toEqual([0, 2, 2]);
    expect(row.activeIn(result)).toBe(true);
    expect(result.certificate.upperBound).toBeGreaterThanOrEqual(3);
    expect(result.certificate.upperBound).toBeLessThan(3 + 1e-9);
  });

  it('has sensitivities', async () => {
    const model = new Model();
    const x = model.variable(2, { lower: 0 });
    const side = model.parameter({ value: 12 });
    model.minimize(dot([-3, -5], x));
    model.atMost(
      matvec(
        [
          [1, 0],
          [3, 2],
        ],
        x,
      ),
      [4, 18],
    );
    model.atMost(dot([0, 2], x), side);
    const result = await minimize(model, simplex);
    expect(result.objective).toBe(-36);
    const { objective } = await result.sensitivity(side);
    expect(objective).toBeCloseTo(-1.5, 6);
  });

  it('begins with the last basis', async () => {
    const program = quadraticProgram(membersOf(linearProgram(71)));
    const cold = await minimize(program, simplex);
    expect(cold.counts.innerSteps).toBeGreaterThan(5);
    const again = await minimize(program, { ...simplex, warmStart: cold });
    expect(again).toMatchObject({ status: 'solved', objective: cold.objective, counts: { innerSteps: 0 } });
    const members = membersOf(linearProgram(71));
    const moved = quadraticProgram({ ...members, upper: members.upper.map((bound) => Math.min(bound, 1e6)) });
    const warm = await minimize(moved, { ...simplex, warmStart: cold });
    expect(warm).toMatchObject({ status: 'solved', counts: { innerSteps: 0 } });
  });

  it('serves prepared programs', async () => {
    const prepared = await prepareQuadratic({
      ...plan,
      Q: [
        [0, 0],
        [0, 0],
      ],
    });
    const { status, phase, objective } = await prepared.solve({ c: [-3, -4] }, simplex);
    expect([status, phase, objective]).toEqual(['solved', 'simplex', -30]);
  });

  it('has the same answer again', async () => {
    const program = () => quadraticProgram(membersOf(linearProgram(71)));
    const [first, second] = await Promise.all([minimize(program(), simplex), minimize(program(), simplex)]);
    expect(Array.from(second.x)).toEqual(Array.from(first.x));
    expect(second.certificate).toEqual(first.certificate);
  });

  it('ends where it is told to', async () => {
    const program = quadraticProgram(membersOf(linearProgram(71)));
    const late = await minimize(program, { ...simplex, timeLimit: 0 });
    expect(late.status).toBe('timeLimit');
    const controller = new AbortController();
    controller.abort();
    expect(await minimize(program, { ...simplex, signal: controller.signal })).toMatchObject({ status: 'aborted' });
    expect(await minimize(program, { ...simplex, maxIterations: 0 })).toMatchObject({ status: 'iterationLimit' });
  });
});

describe('what the simplex method refuses', () => {
  const refused = (problem: Parameters<typeof minimize>[0]) => expect(minimize(problem, simplex)).rejects;

  it('a program with Q', async () => {
    const convex = quadraticProgram({
      ...plan,
      Q: [
        [1, 0],
        [0, 1],
      ],
    });
    await refused(convex).toThrow(RangeError);
    await refused(convex).toThrow("method = 'simplex': expected 'auto' or 'interiorPoint', since Q");
    await refused(
      quadraticProgram({
        ...plan,
        Q: [
          [0, 1],
          [1, 0],
        ],
      }),
    ).toThrow('since Q');
  });

  it('models that are not linear', async () => {
    const curved = new Model();
    const x = curved.variable(2, { lower: 1 });
    curved.minimize(sum(log(x)));
    await refused(curved).toThrow(RangeError);
    const bent = new Model();
    const y = bent.variable(2, { lower: 0 });
    bent.minimize(sum(y));
    bent.atMost(sum(square(y)), 1);
    await refused(bent).toThrow('since constraints are not known to be linear');
    const kink = new Model();
    kink.minimize(sum(abs(kink.variable(2))));
    await refused(kink).toThrow('has a kink');
  });

  it('callbacks, whose formulas are not known', async () => {
    const linear = fromCallbacks({
      n: 1,
      lower: [0],
      objective: (x) => x[0] as number,
      gradient: (_x, g) => void g.fill(1),
      secondDerivatives: 'quasiNewton',
    });
    await refused(linear).toThrow(RangeError);
  });

  it('settings of Newton systems', async () => {
    const given = { ...simplex, inner: 'krylov' } as Parameters<typeof minimize>[1];
    await expect(minimize(quadraticProgram(plan), given)).rejects.toThrow("'inner'");
  });
});
