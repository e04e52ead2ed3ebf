// Quadratic functions in boxes, which semidefinite relaxations bound.
import { describe, expect, it } from 'vitest';
import { add, at, dot, Model, matvec, mul, pow, sin, square, sub, sum } from '../../src/expressions/index.js';
import { type MinimizeGloballyResult, minimizeGlobally } from '../../src/nlp/index.js';
import { Draw } from './draw.js';
import { available, globalProblems } from './globalProblems.js';
import { drawnBox, drawnConstrained, drawnSpar, gridOf, leastValue, objectiveOf, sizeOf } from './quadraticJudge.js';

const semidefinite = { relaxation: 'semidefinite' } as const;

describe('quadratic functions in a box', () => {
  it('have bounds below their least value, and points that reach it', async () => {
    let solved = 0;
    for (let seed = 0; seed < 400; ++seed) {
      const draw = new Draw(seed);
      const problem = drawnBox(draw, 1 + draw.below(4), draw.of([0, 0, 0.5, 1]));
      const [least, rounding] = [leastValue(problem), 1e-12 * sizeOf(problem)];
      for (const maxNodes of [1, 1e4]) {
        const result = await minimizeGlobally(problem.model, { ...semidefinite, maxNodes, gap: 1e-6 });
        const sign = problem.model.compile().sense === 'maximize' ? -1 : 1;
        const [bound, objective] = [sign * result.bound, sign * result.objective];
        expect(bound, `bound of ${seed}`).toBeLessThanOrEqual(least + rounding);
        expect(objective, `objective of ${seed}`).toBeGreaterThanOrEqual(least - rounding);
        expect(Math.abs(objective - objectiveOf(problem, result.x)), `x of ${seed}`).toBeLessThanOrEqual(rounding);
        const whole = Array.from(result.x).filter((_, i) => problem.whole[i]);
        expect(whole.every(Number.isInteger), `whole numbers of ${seed}`).toBe(true);
        if (result.status !== 'solved') continue;
        ++solved;
        expect(objective - least, `gap of ${seed}`).toBeLessThanOrEqual(
          rounding + 1.01 * Math.max(1e-6, 1e-6 * Math.abs(least)),
        );
      }
    }
    expect(solved).toBeGreaterThan(700);
  });

  it('are solved by auto as by the linear relaxation, in fewer boxes', async () => {
    for (let seed = 0; seed < 8; ++seed) {
      const [one, two] = [drawnSpar(new Draw(seed), 12, 0.8), drawnSpar(new Draw(seed), 12, 0.8)];
      const [auto, linear] = [await minimizeGlobally(one), await minimizeGlobally(two, { relaxation: 'linear' })];
      expect([auto.status, linear.status]).toEqual(['solved', 'solved']);
      expect(auto.objective).toBeCloseTo(linear.objective, 2);
      expect(auto.nodes).toBeLessThanOrEqual(linear.nodes);
      expect([auto.counts.linearPrograms, linear.counts.linearPrograms > 0]).toEqual([0, true]);
    }
  });

  it('have the same result for any number of threads', async () => {
    let nodes = 0;
    for (const [seed, binary] of [3, 4, 5, 6].flatMap((seed) => [[seed, false] as const, [seed, true] as const])) {
      const solve = (threads: number) => minimizeGlobally(drawnSpar(new Draw(seed), 50, 0.9, binary), { threads });
      const results = await Promise.all([1, 2, 3].map(solve));
      const told = results.map(({ status, nodes, bound, x }) => [status, nodes, bound, ...x]);
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
      nodes += results[0]?.nodes ?? 0;
    }
    expect(nodes).toBeGreaterThan(40);
  });

  it('keep a valid bound where the solve is aborted', async () => {
    for (const wait of [5, 20, 60, 100]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), wait);
      const { signal } = controller;
      const { status, bound, objective } = await minimizeGlobally(drawnSpar(new Draw(1), 150, 0.75), { signal });
      expect(status).toBe('aborted');
      expect(Number.isNaN(objective) || bound >= objective).toBe(true);
    }
  });

  it('begin at a warm start, and take limits', async () => {
    const model = drawnSpar(new Draw(3), 50, 0.9);
    const whole = await minimizeGlobally(model);
    expect(whole.status).toBe('solved');
    const warm = await minimizeGlobally(model, { warmStart: whole, maxNodes: 1 });
    expect(warm.objective).toBeGreaterThanOrEqual(whole.objective);
    const limited = await minimizeGlobally(model, { maxNodes: 1, gap: 0, absoluteGap: 0 });
    expect([limited.status, limited.nodes]).toEqual(['iterationLimit', 1]);
    expect(limited.bound).toBeGreaterThanOrEqual(whole.objective);
    const timed = await minimizeGlobally(drawnSpar(new Draw(8), 150, 0.75), { timeLimit: 0.2 });
    expect(timed.status).toBe('timeLimit');
    expect(timed.bound).toBeGreaterThanOrEqual(timed.objective);
  });

  it('are searched below a cutoff alone', async () => {
    const stated = () => {
      const model = new Model();
      const x = model.variable(2, { lower: -1, upper: 2 });
      model.minimize(sub(mul(at(x, 0), at(x, 1)), square(at(x, 0)))); // least: -6 at (2, -1)
      return model;
    };
    for (const relaxation of ['auto', 'linear'] as const) {
      const below = await minimizeGlobally(stated(), { cutoff: -6.5, relaxation });
      expect([below.status, below.message]).toEqual(['stalled', expect.stringContaining('cutoff')]);
      const above = await minimizeGlobally(stated(), { cutoff: -5.5, relaxation });
      expect([above.status, above.objective]).toEqual(['solved', -6]);
    }
  });

  it('take assumed bounds, fixed variables, and functions that are constant', async () => {
    const model = new Model();
    const [x, y] = [model.variable({ name: 'x' }), model.variable({ lower: 2, upper: 2 })];
    model.minimize(sub(mul(x, y), square(x)));
    const assumed = await minimizeGlobally(model, { assumeBounds: 10 });
    expect([assumed.boundsAssumed, assumed.objective, assumed.certificate.over]).toEqual([
      ['x'],
      -120,
      'assumedBounds',
    ]);
    const flat = new Model();
    flat.minimize(sum(mul(0, flat.variable(3, { lower: 0, upper: 1 }))));
    expect((await minimizeGlobally(flat, semidefinite)).objective).toBe(0);
  });

  it('of larger ones take little time', async () => {
    const { status, nodes } = await minimizeGlobally(drawnSpar(new Draw(2), 70, 0.5));
    expect(status).toBe('solved');
    expect(nodes).toBeLessThan(2000);
  });
});

describe('quadratic programs with constraints', () => {
  it('have bounds that no point of a grid refutes', async () => {
    let [solved, points] = [0, 0];
    for (let seed = 0; seed < 150; ++seed) {
      const draw = new Draw(seed);
      const problem = drawnConstrained(draw, 1 + draw.below(3), draw.of([0, 0.5, 1]));
      const rounding = 1e-10 * sizeOf(problem);
      const sign = problem.model.compile().sense === 'maximize' ? -1 : 1;
      const result = await minimizeGlobally(problem.model, { ...semidefinite, maxNodes: 200, absoluteGap: 1e-5 });
      const linear = await minimizeGlobally(problem.model, { relaxation: 'linear', maxNodes: 2000 });
      const [bound, objective] = [sign * result.bound, sign * linear.objective];
      expect(result.status, `status of ${seed}`).not.toBe('infeasible');
      expect(bound, `bound of ${seed}`).toBeLessThanOrEqual(objective + rounding + 1e-7 * Math.abs(objective));
      for (const x of gridOf(problem, 20)) {
        ++points;
        expect(bound, `bound of ${seed} at ${x}`).toBeLessThanOrEqual(objectiveOf(problem, x) + rounding);
      }
      if (result.status === 'solved') ++solved;
    }
    expect(solved).toBeGreaterThan(90);
    expect(points).toBeGreaterThan(10_000);
  });

  it('with dense objectives and a few rows have the semidefinite relaxation by auto', async () => {
    let [fewer, auto, linear] = [0, 0, 0];
    for (let seed = 0; seed < 6; ++seed) {
      const [one, two] = ['auto' as const, 'linear' as const].map((relaxation) =>
        minimizeGlobally(denseProgram(new Draw(seed), 16), { relaxation, maxNodes: 400 }),
      );
      const [a, b] = [await one, await two] as [MinimizeGloballyResult, MinimizeGloballyResult];
      expect(a.status, `status of ${seed}`).toBe('solved');
      expect(b.bound - a.objective, `bound of ${seed}`).toBeLessThanOrEqual(1e-9 * Math.abs(a.objective));
      expect(a.counts.linearPrograms, `linear programs of ${seed}`).toBeGreaterThan(0);
      [fewer, auto, linear] = [fewer + Number(a.nodes < b.nodes), auto + a.nodes, linear + b.nodes];
    }
    expect(fewer).toBeGreaterThan(3);
    expect(linear).toBeGreaterThan(2 * auto);
  });
});

/** min x.Qx + c.x over [-1, 1]^n with a dense Q and two rows. */
function denseProgram(draw: Draw, n: number): Model {
  const model = new Model();
  const x = model.variable(n, { lower: -1, upper: 1 });
  const numbers = () => Array.from({ length: n }, () => draw.between(-5, 5));
  model.minimize(add(dot(x, matvec(Array.from({ length: n }, numbers), x)), dot(numbers(), x)));
  for (let k = 0; k < 2; ++k) model.atMost(dot(numbers(), x), 0.5);
  return model;
}

describe('what is not quadratic in a finite box', () => {
  const refusedWith = async (state: (model: Model) => void) => {
    const model = new Model();
    state(model);
    const refused = minimizeGlobally(model, semidefinite);
    await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    return refused.then(
      () => '',
      (error: Error) => error.message.replace(/^.*the problem has /, ''),
    );
  };
  const box = { lower: 0, upper: 1 };

  it('is refused by a message that says why', async () => {
    const told: string[] = [];
    told.push(await refusedWith((m) => m.minimize(sin(m.variable(box)))));
    told.push(await refusedWith((m) => m.minimize(pow(m.variable(box), 3))));
    told.push(await refusedWith((m) => m.minimize(mul(square(m.variable(box)), m.variable(box)))));
    told.push(await refusedWith((m) => m.minimize(square(m.variable({ lower: 0 })))));
    told.push(await refusedWith((m) => m.minimize(square(m.variable({ lower: 0, upper: 3, integer: true })))));
    expect(told.map((text) => text.replace(/ \(v\d\)/, ''))).toEqual([
      "'sin' in its objective",
      'the power 3 in its objective',
      'a product of functions that are not linear in its objective',
      'no finite upper[0]',
      'integers with more than two values, such as x[0]',
    ]);
  });
});

describe.skipIf(!available)('given quadratic programs', () => {
  it('in boxes are solved to their best known values', async () => {
    for (const { name, model, best } of globalProblems('boxqp')) {
      const { status, objective, bound, nodes, certificate } = await minimizeGlobally(model);
      expect([name, status, certificate.kind]).toEqual([name, 'solved', 'global']);
      expect(Math.abs(objective - best), name).toBeLessThanOrEqual(1e-4 * best);
      expect(bound, name).toBeGreaterThanOrEqual(best * (1 - 1e-9));
      expect(nodes, name).toBeLessThan(500);
    }
  });

  it('have valid bounds under constraints that leave boxes almost no width', async () => {
    for (const { name, model, best } of globalProblems('continuous').filter((each) => /^pooling_/.test(each.name))) {
      const { bound } = await minimizeGlobally(model, { ...semidefinite, maxNodes: 5 });
      expect(bound, name).toBeLessThanOrEqual(best + 1e-6 * Math.abs(best));
    }
  });

  it('in boxes are solved to a narrower gap by any number of threads', async () => {
    for (const { model } of globalProblems('boxqp').slice(0, 5)) {
      const results = await Promise.all([1, 2, 3].map((threads) => minimizeGlobally(model, { threads, gap: 1e-6 })));
      const told = results.map(({ status, nodes, bound, x }) => [status, nodes, bound, ...x]);
      expect(told[0]?.[0]).toBe('solved');
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
    }
  });
});
