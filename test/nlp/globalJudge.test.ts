// The judge of minimizeGlobally: it accepts true answers, and finds each kind of false one.
import { describe, expect, it } from 'vitest';
import { long } from '../long.js';
import { Draw } from './draw.js';
import { bestOf, drawSmall, evaluate, modelOf, refuted, type SmallModel } from './globalJudge.js';

const gaps = { gap: 1e-4, absoluteGap: 1e-6 };

/** x sin(x) in [0, 10], whose minimum is at 10 and whose maximum is 7.9167 at 7.9787. */
const wave: SmallModel = {
  sense: 'minimize',
  lower: [0],
  upper: [10],
  integers: [],
  objective: ['*', { variable: 0 }, ['sin', { variable: 0 }]],
  inequalities: [],
};

describe('the judge', () => {
  it('knows minima', () => {
    const best = bestOf(wave);
    expect(best?.objective).toBe(10 * Math.sin(10));
    expect(bestOf({ ...wave, sense: 'maximize' })?.objective).toBeCloseTo(7.916727371587246, 9);
    expect(bestOf({ ...wave, integers: [0] })?.objective).toBe(10 * Math.sin(10));
  });

  it('finds each kind of false answer', () => {
    const best = bestOf(wave) as { x: number[]; objective: number };
    const right = { status: 'solved', x: best.x, objective: best.objective, bound: best.objective - 1e-5 };
    const said = (change: object) => refuted(wave, { ...right, ...change }, gaps).join();
    expect(said({})).toBe('');
    expect(said({ bound: best.objective + 1e-6 })).toContain('bound -5.44');
    expect(said({ status: 'infeasible', x: [], objective: Number.NaN })).toContain('is admissible');
    expect(said({ x: [2], objective: 2 * Math.sin(2) })).toContain('is called solved');
    expect(said({ objective: best.objective - 1e-6 })).toContain('f(x) = ');
    expect(said({ x: [11], objective: 11 * Math.sin(11) })).toContain('violates upper[0] by 1');
    expect(said({ x: [] })).toContain('solved without a point');
    const none: SmallModel = {
      ...wave,
      infeasible: 'it is drawn so',
      inequalities: [{ tree: ['^', { variable: 0 }, 2], lower: -Infinity, upper: -1 }],
    };
    expect(bestOf(none)).toBeUndefined();
    expect(refuted(none, right, gaps).join()).toContain('no point is admissible');
    expect(refuted(none, { status: 'infeasible', x: [], objective: Number.NaN, bound: Infinity }, gaps)).toEqual([]);
  });

  it('evaluates drawn models as the package does, and contradicts no answer of its own', () => {
    const kinds = { infeasible: 0, integers: 0, equations: 0, none: 0 };
    for (let seed = 0; seed < (long ? 400 : 60); ++seed) {
      const draw = new Draw(seed);
      const small = drawSmall(draw);
      const program = modelOf(small).compile();
      expect(Array.from(program.integers)).toEqual(small.integers);
      const x = small.lower.map((low, j) => draw.between(low, small.upper[j] as number));
      const { value, size } = evaluate(small.objective, x);
      const theirs = (small.sense === 'maximize' ? -1 : 1) * program.objective(x);
      if (Number.isFinite(value)) expect(Math.abs(theirs - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, size));
      const best = bestOf(small);
      if (small.infeasible) ++kinds.infeasible;
      if (small.integers.length > 0) ++kinds.integers;
      if (small.equation) ++kinds.equations;
      if (!best) ++kinds.none;
      if (small.infeasible) expect(best).toBeUndefined();
      else if (best) expect(refuted(small, { status: 'solved', bound: best.objective, ...best }, gaps)).toEqual([]);
    }
    expect(kinds.infeasible * kinds.integers * kinds.equations).toBeGreaterThan(0);
  });
});
