// A relaxed unit commitment: five units over 24 hours, 360 variables and 528 constraints.
import { add, concat, mul, slice, square, sub, sum, transpose } from '../../src/expressions/index.js';
import { Model } from '../../src/index.js';

export const hours = 24;
const units = 5;
const least = [50, 30, 20, 10, 5];
const most = [200, 150, 100, 60, 40];
const costs = {
  square: [0.004, 0.006, 0.009, 0.012, 0.02],
  linear: [18, 20, 24, 30, 38],
  running: [400, 300, 200, 120, 60],
  starting: [900, 700, 400, 150, 50],
};
const ramp = [60, 60, 60, 60, 40];
const powerBefore = [150, 60, 0, 0, 0];
const onBefore = [1, 1, 0, 0, 0];

/** The demand of each hour. */
export const demand = Float64Array.from(
  { length: hours },
  (_, t) => 260 + 140 * Math.sin((Math.PI * (t - 7)) / 12) + 20 * Math.cos(t),
);

/** An entry of a list for each unit and hour, row after row of units. */
const repeated = (values: readonly number[]) => values.map((value) => new Array<number>(hours).fill(value));

export interface UnitCommitmentOptions {
  demand?: Float64Array;
  /** The capacity of the units that run, beside the demand. Default 1.1. */
  reserve?: number;
  /** False: a linear program, without squares of the power. */
  squares?: boolean;
}

/** The least cost of power p of units that run to a part u and are started by v, over all hours. Its optimum is 136625.1025. */
export function unitCommitment(options: UnitCommitmentOptions = {}) {
  const { reserve = 1.1, squares = true } = options;
  const model = new Model();
  const load = model.parameter(hours, { value: options.demand ?? demand, name: 'load' });
  const before = {
    p: model.parameter([1, units], { value: [powerBefore], name: 'powerBefore' }),
    u: model.parameter([1, units], { value: [onBefore], name: 'onBefore' }),
  };
  const p = model.variable([units, hours], { lower: 0, upper: repeated(most), name: 'p' });
  const u = model.variable([units, hours], { lower: 0, upper: 1, name: 'u' });
  const v = model.variable([units, hours], { lower: 0, upper: 1, name: 'v' });
  model.minimize(
    add(
      squares ? sum(mul(repeated(costs.square), square(p))) : 0,
      sum(mul(repeated(costs.linear), p)),
      sum(mul(repeated(costs.running), u)),
      sum(mul(repeated(costs.starting), v)),
    ),
  );
  model.atLeast(p, mul(repeated(least), u), { name: 'minimum' });
  model.atMost(p, mul(repeated(most), u), { name: 'maximum' });
  /** The growth of x from the hour before. */
  const growth = (x: typeof p, first: typeof before.p) => {
    const byHour = transpose(x);
    return transpose(sub(byHour, concat([first, slice(byHour, 0, -1)])));
  };
  model.atLeast(v, growth(u, before.u), { name: 'starting' });
  const ramps = repeated(ramp);
  model.between(
    growth(p, before.p),
    ramps.map((row) => row.map((r) => -r)),
    ramps,
    { name: 'ramp' },
  );
  model.equal(sum(p, { per: 'column' }), load, { name: 'demand' });
  model.atLeast(sum(mul(repeated(most), u), { per: 'column' }), mul(reserve, load), { name: 'reserve' });
  return { model, load, before, p, u, v };
}

/**
 * Moves a model on to its k-th horizon: the demand of k hours later, changed by up to a hundredth, after the first hour of a plan.
 */
export function moveOn(
  { load, before, p, u }: ReturnType<typeof unitCommitment>,
  k: number,
  plan: { x: Float64Array },
) {
  load.set(demand.map((_, t) => (demand[(t + k) % hours] as number) * (1 + 0.01 * Math.sin(k + t))));
  const first = (matrix: typeof p) => {
    const { data } = matrix.valueIn(plan);
    return [Array.from({ length: units }, (_, g) => data[g * hours] as number)];
  };
  before.p.set(first(p));
  before.u.set(first(u));
}
