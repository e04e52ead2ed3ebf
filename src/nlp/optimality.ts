// Conditions of optimality of a point, from the problem's functions alone: nothing here is shared with the solver.
import type { Bounds } from '../core/bounds.js';
import { checkMembers, checkNumber, checkObject, checkVector } from '../core/check.js';
import { requireContinuous } from '../expressions/integers.js';
import { type Model, toProgram } from '../expressions/model.js';
import { numbers, type Program } from '../expressions/program.js';
import { givenNames } from './names.js';

/** Multipliers of a point as {@link minimize} gives them; a result fits. */
export interface Multipliers {
  /** m numbers: of a constraint >= 0 where its upper side holds x back, <= 0 where its lower one does. */
  multipliers?: ArrayLike<number> | undefined;
  /** n numbers >= 0, of the lower bounds. Default 0. */
  lowerMultipliers?: ArrayLike<number> | undefined;
  /** n numbers >= 0, of the upper bounds. Default 0. */
  upperMultipliers?: ArrayLike<number> | undefined;
}

export interface OptimalityOptions {
  /** The largest `residual`. Default 1e-8. */
  tolerance?: number | undefined;
  /** The point at which objective and constraints are scaled, n numbers. Default: the problem's start. */
  start?: ArrayLike<number> | undefined;
}

/** A condition that does not hold. */
export interface Violation {
  condition: 'stationarity' | 'feasibility' | 'complementarity' | 'sign';
  of: 'variable' | 'constraint';
  index: number;
  /** The amount by which it does not, in the units of the problem as given. */
  value: number;
  /** `x[1] = 3: above upper[1] = 2`, or `x[1] (price) = 3: ...` where the variable or constraint was given a name. */
  message: string;
}

export interface OptimalityCheck {
  /**
   * `residual` is at most the tolerance and, unscaled, stationarity at most 1, complementarity at most 1e-4, and no bound or side is missed
   * by more than 1e-4 or what rounding makes of its terms.
   */
  ok: boolean;
  /** The test of {@link minimize}, Ipopt's: max(stationarity / s_d, feasibility, complementarity / s_c) of the scaled problem. */
  residual: number;
  /** Largest entry of grad f + J^T y - z_L + z_U, or multiplier of the wrong sign or of a side that there is not. */
  stationarity: number;
  /** Largest violation of bounds and sides as given. */
  feasibility: number;
  /** Largest product of a slack and its multiplier. */
  complementarity: number;
  /** The divisor of stationarity: max(100, mean of all |multipliers|) / 100, at most 1e8. */
  stationarityScale: number;
  /** The divisor of complementarity: max(100, mean of the |multipliers| of sides) / 100, at most 1e8. */
  complementarityScale: number;
  /** The conditions by which the residual exceeds the tolerance, the worst first. */
  wrong: Violation[];
  /** One sentence, or one line for each of the first ten that are wrong. */
  message: string;
}

/**
 * Tests the conditions of optimality (Karush, Kuhn and Tucker) of
 *
 *     minimise  f(x)  subject to  cl <= c(x) <= cu,  xl <= x <= xu
 *
 * at x with multipliers y, z_L and z_U, such as those of a result, from the values and first derivatives of the problem: grad f + J^T y -
 * z_L + z_U = 0, bounds and sides hold, slacks times multipliers are 0, and multipliers have the right sign. The residual is that of
 * {@link minimize}: of the problem scaled so that no gradient at the start has an entry above 100, or none at the point where that gives a
 * larger scale: beside the gradients of a start far away all errors are small. There a bound or side b that is no
 * equation may be exceeded by 1e-8 max(1, |b|), at most 1e-4, as in solvers that relax them; `feasibility` counts all of it.
 *
 * ```ts
 * const result = await minimize(model);
 * const { ok, message } = checkOptimality(model, result.x, result);
 * ```
 *
 * It says nothing of second derivatives: maxima also pass. Callbacks must be synchronous.
 *
 * @throws TypeError or RangeError that names the argument; {@link SolverError} `CALLBACK_FAILED` when a callback throws.
 */
export function checkOptimality(
  problem: Model | Program,
  x: ArrayLike<number>,
  multipliers: Multipliers,
  options: OptimalityOptions = {},
): OptimalityCheck {
  const program = toProgram('problem', problem);
  requireContinuous(program, 'checkOptimality');
  const { tolerance = 1e-8, start } = checkMembers('options', options, ['tolerance', 'start'], 'option');
  const perVariable = { length: program.n, per: 'one for each variable' };
  const point = checkVector('x', x, perVariable);
  const bounds = new Sides(program);
  const given = givenMultipliers(program, multipliers);
  const from = start === undefined ? program.start : checkVector('options.start', start, perVariable);
  const scales = scalesAt(program, bounds, from, point);
  const conditions = new Conditions(program, point, given, bounds, scales);
  return conditions.check(checkNumber('tolerance', tolerance, { lower: 0 }));
}

/** The bounds and sides of a problem, all of them. */
class Sides {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly constraintsLower: Float64Array;
  readonly constraintsUpper: Float64Array;

  constructor({ n, m, bounds }: { n: number; m: number; bounds: Bounds }) {
    this.lower = bounds.lower ?? new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    this.upper = bounds.upper ?? new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    this.constraintsLower = bounds.constraintsLower ?? new Float64Array(m);
    this.constraintsUpper = bounds.constraintsUpper ?? new Float64Array(m);
  }
}

interface Given {
  y: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
}

function givenMultipliers({ n, m, sense }: Program, given: Multipliers): Given {
  const { multipliers = new Float64Array(m), lowerMultipliers, upperMultipliers } = checkObject('multipliers', given);
  // The program's own objective is the negative of one that is maximised, and so are its multipliers.
  const sign = sense === 'maximize' ? -1 : 1;
  const read = (name: string, values: ArrayLike<number> | undefined, length: number) =>
    values === undefined ? new Float64Array(length) : numbers(name, values, length).map((value) => sign * value);
  return {
    y: read('multipliers', multipliers, m),
    lower: read('lowerMultipliers', lowerMultipliers, n),
    upper: read('upperMultipliers', upperMultipliers, n),
  };
}

/** Factors of objective and constraints. */
interface Scales {
  objective: number;
  constraints: Float64Array;
}

/** The factor of a function whose gradient has such a largest entry; 1 where that is not finite. */
const scaleFor = (largest: number): number =>
  Number.isFinite(largest) ? Math.max(1e-8, Math.min(1, 100 / largest)) : 1;

/** Factors by the gradients at the start moved inside of the bounds, or by those at the point where these are much smaller. */
function scalesAt(program: Program, sides: Sides, start: Float64Array, point: Float64Array): Scales {
  // Estimates of the size of terms that cancel differ by that much between two ways to ask for them.
  const margin = 4;
  const inside = start.map((value, j) => moved(value, sides.lower[j] as number, sides.upper[j] as number));
  const scale = (atStart: number, atPoint: () => number) => {
    const begun = scaleFor(atStart);
    const ended = begun < 1 ? atPoint() : 0;
    return Number.isFinite(ended) ? Math.max(begun, scaleFor(ended) / margin) : begun;
  };
  const [begun, ended] = [largestOfRows(program, inside), largestOfRows(program, point)];
  return {
    objective: scale(largestOf(program.gradient(inside)), () => gradientTerms(program, sides, inside, point)),
    constraints: begun.map((largest, i) => scale(largest, () => ended[i] as number)),
  };
}

function largestOfRows(program: Program, x: Float64Array): Float64Array {
  const { offsets, values } = program.jacobian(x);
  const row = (i: number) => values.subarray(offsets[i] as number, offsets[i + 1] as number);
  return Float64Array.from({ length: program.m }, (_, i) => largestOf(row(i)));
}

/**
 * The size of the terms of the gradient of f at x, which may cancel there: by how much it changes where each x_j moves by a share of its
 * size. What has come from a start to 0 counts as a thousandth of its way, and of a way of more than 1 as that of 1.
 */
function gradientTerms(program: Program, { lower, upper }: Sides, start: Float64Array, x: Float64Array): number {
  const share = 1e-4;
  const gradient = program.gradient(x);
  const beside = x.map((value, j) => {
    if (gradient[j] === 0) return value;
    const step = share * Math.max(Math.abs(value), 1e-3 * Math.min(1, Math.abs(value - (start[j] as number))));
    const [below, above] = [value - step >= (lower[j] as number), value + step <= (upper[j] as number)];
    const up = ((j + 1) * 0.6180339887498949) % 1 < 0.5;
    return above && (up || !below) ? value + step : below ? value - step : value;
  });
  const changes = program.gradient(beside).map((value, j) => (value - (gradient[j] as number)) / share);
  return Math.max(largestOf(gradient), largestOf(changes));
}

/** A number moved away from its bounds as interior points are. */
function moved(value: number, lower: number, upper: number): number {
  const away = (bound: number) => Math.min(1e-2 * Math.max(1, Math.abs(bound)), 1e-2 * (upper - lower));
  const least = Number.isFinite(lower) ? lower + away(lower) : lower;
  const most = Number.isFinite(upper) ? upper - away(upper) : upper;
  return Math.min(Math.max(value, least), most);
}

/** The largest |value|, NaN where one is. */
const largestOf = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The amount by which a bound or side may be exceeded and counts as met. */
function relaxation(bound: number, other: number): number {
  if (bound === other) return 0;
  return Math.min(1e-4, 1e-8 * Math.max(1, Math.abs(bound)), 1e-2 * Math.abs(bound - other));
}

/** A bound of a variable or a side of a constraint. */
interface Side {
  of: Violation['of'];
  index: number;
  side: 'lower' | 'upper';
  value: number;
  bound: number;
  /** The bound on the other side. */
  other: number;
  /** The multiplier of this side, which is to be >= 0. */
  multiplier: number;
  /** The factors that turn multiplier and value into those of the scaled problem. */
  multiplierFactor: number;
  valueFactor: number;
}

/** The sign that a multiplier of a constraint must have without such a side. */
const otherSign = { lower: 'a number >= 0', upper: 'a number <= 0' };

/** Lines of the message. */
const mostLines = 10;

class Conditions {
  readonly #wrong: (Violation & { excess: number })[] = [];
  readonly #missed: { of: Violation['of']; index: number; missed: number; bound: number }[] = [];
  #jacobian: ReturnType<Program['jacobian']> | undefined;
  #residual = 0;
  #stationarity = 0;
  #feasibility = 0;
  #complementarity = 0;
  #stationarityScale = 1;
  #complementarityScale = 1;
  #tolerance = 0;

  constructor(
    readonly program: Program,
    readonly x: Float64Array,
    readonly given: Given,
    readonly sides: Sides,
    readonly scales: Scales,
  ) {}

  check(tolerance: number): OptimalityCheck {
    this.#tolerance = tolerance;
    this.#setMultiplierScales();
    this.#checkVariables();
    this.#checkConstraints();
    const limits = this.#stationarity <= 1 && this.#holds() && this.#complementarity <= 1e-4;
    const sorted = this.#wrong.sort((a, b) => b.excess - a.excess).map(({ excess, ...violation }) => violation);
    const wrong = sorted.length > 0 ? named(sorted, this.program) : sorted;
    return {
      ok: this.#residual <= tolerance && limits,
      residual: this.#residual,
      stationarity: this.#stationarity,
      feasibility: this.#feasibility,
      complementarity: this.#complementarity,
      stationarityScale: this.#stationarityScale,
      complementarityScale: this.#complementarityScale,
      wrong,
      message: this.#message(wrong, limits),
    };
  }

  /** Returns true if bounds and sides are missed by at most 1e-4, or by what rounding makes of their terms. */
  #holds(): boolean {
    const [absolute, rounding] = [1e-4, 100 * Number.EPSILON];
    if (this.#feasibility <= absolute) return true;
    return this.#missed.every(
      ({ of, index, missed, bound }) =>
        missed <= Math.max(absolute, rounding * Math.max(Math.abs(bound), this.#terms(of, index))),
    );
  }

  /** |x_j|, or the largest |J_ij x_j| of a constraint: what rounding of its value is relative to. */
  #terms(of: Violation['of'], index: number): number {
    if (of === 'variable') return Math.abs(this.x[index] as number);
    this.#jacobian ??= this.program.jacobian(this.x);
    const { offsets, indices, values } = this.#jacobian;
    let largest = 0;
    for (let k = offsets[index] as number; k < (offsets[index + 1] as number); ++k) {
      largest = Math.max(largest, Math.abs((values[k] as number) * (this.x[indices[k] as number] as number)));
    }
    return largest;
  }

  /** The scale of a multiplier of constraint i in the scaled problem. */
  #constraintFactor(i: number): number {
    return this.scales.objective / (this.scales.constraints[i] as number);
  }

  /** s_d and s_c. A constraint that is no equation has a multiplier of its own and those of its sides. */
  #setMultiplierScales(): void {
    const { lower, upper, constraintsLower, constraintsUpper } = this.sides;
    let [ofSides, ofConstraints, sides] = [0, 0, 0];
    for (let j = 0; j < this.program.n; ++j) {
      ofSides += this.scales.objective * Math.abs(this.given.lower[j] as number);
      ofSides += this.scales.objective * Math.abs(this.given.upper[j] as number);
      sides += Number(Number.isFinite(lower[j])) + Number(Number.isFinite(upper[j]));
    }
    for (let i = 0; i < this.program.m; ++i) {
      const size = this.#constraintFactor(i) * Math.abs(this.given.y[i] as number);
      ofConstraints += size;
      if (constraintsLower[i] === constraintsUpper[i]) continue;
      ofSides += size;
      sides += Number(Number.isFinite(constraintsLower[i])) + Number(Number.isFinite(constraintsUpper[i]));
    }
    const scale = (sum: number, count: number) => Math.min(1e8, Math.max(100, count > 0 ? sum / count : 0) / 100);
    this.#stationarityScale = scale(ofSides + ofConstraints, sides + this.program.m);
    this.#complementarityScale = scale(ofSides, sides);
  }

  #checkVariables(): void {
    const { program, x, given } = this;
    const { lower, upper } = this.sides;
    const ofConstraints = program.jacobianTransposedProduct(x, given.y);
    const gradient = program.gradient(x);
    const multiplierFactor = this.scales.objective;
    for (let j = 0; j < program.n; ++j) {
      const [zL, zU, l, u] = [given.lower[j], given.upper[j], lower[j], upper[j]] as [number, number, number, number];
      const slope = (gradient[j] as number) + (ofConstraints[j] as number) - zL + zU;
      const text = `gradient of L[${j}] = ${slope}: expected 0`;
      this.#note(
        { condition: 'stationarity', of: 'variable', index: j, value: slope, message: text },
        multiplierFactor,
      );
      const common = { of: 'variable', index: j, value: x[j] as number, multiplierFactor, valueFactor: 1 } as const;
      this.#checkSide({ ...common, side: 'lower', bound: l, other: u, multiplier: zL });
      this.#checkSide({ ...common, side: 'upper', bound: u, other: l, multiplier: zU });
    }
  }

  #checkConstraints(): void {
    const { constraintsLower, constraintsUpper } = this.sides;
    const values = this.program.constraints(this.x);
    for (let i = 0; i < this.program.m; ++i) {
      const [low, high] = [constraintsLower[i] as number, constraintsUpper[i] as number];
      const [value, y, valueFactor] = [values[i], this.given.y[i], this.scales.constraints[i]] as [
        number,
        number,
        number,
      ];
      if (low === high) {
        const message = `constraint ${i} = ${value}: expected ${low}`;
        const violation = {
          condition: 'feasibility',
          of: 'constraint',
          index: i,
          value: value - low,
          message,
        } as const;
        this.#note(violation, valueFactor);
        this.#noteMissed('constraint', i, Math.abs(value - low), low);
        continue;
      }
      const multiplierFactor = this.#constraintFactor(i);
      const common = { of: 'constraint', index: i, value, multiplierFactor, valueFactor } as const;
      this.#checkSide({ ...common, side: 'lower', bound: low, other: high, multiplier: Math.max(0, -y) });
      this.#checkSide({ ...common, side: 'upper', bound: high, other: low, multiplier: Math.max(0, y) });
    }
  }

  #checkSide({ of, index, value, side, bound, other, multiplier, multiplierFactor, valueFactor }: Side): void {
    const [what, name, boundName] =
      of === 'variable'
        ? [`x[${index}] = ${value}`, `${side}Multipliers[${index}] = ${multiplier}`, `${side}[${index}]`]
        : [
            `constraint ${index} = ${value}`,
            `multipliers[${index}] = ${this.given.y[index]}`,
            `constraints${side === 'lower' ? 'Lower' : 'Upper'}[${index}]`,
          ];
    const noteSign = (message: string) =>
      this.#note({ condition: 'sign', of, index, value: multiplier, message }, multiplierFactor);
    if (!Number.isFinite(bound)) {
      noteSign(`${name}: expected ${of === 'variable' ? 0 : otherSign[side]}, as there is no ${boundName}`);
      return;
    }
    if (!(multiplier >= 0)) noteSign(`${name}: expected a number >= 0`);
    const slack = side === 'lower' ? value - bound : bound - value;
    const beyond = Math.max(0, -slack - relaxation(valueFactor * bound, valueFactor * other) / valueFactor);
    this.#noteMissed(of, index, -slack, bound);
    const outside = `${what}: ${side === 'lower' ? 'below' : 'above'} ${boundName} = ${bound}`;
    this.#note({ condition: 'feasibility', of, index, value: beyond, message: outside }, valueFactor);
    const distance = slack < 0 ? beyond : slack;
    const rounding = 8 * Number.EPSILON * Math.max(Math.abs(bound), this.#terms(of, index));
    const product = distance <= rounding ? 0 : multiplier * distance;
    const apart = `${what}: ${slack} from ${boundName} = ${bound}, with a multiplier of ${multiplier}`;
    const both = multiplierFactor * valueFactor;
    this.#note({ condition: 'complementarity', of, index, value: product, message: apart }, both);
  }

  /** Takes by how much a bound or side is missed, if it is. */
  #noteMissed(of: Violation['of'], index: number, missed: number, bound: number): void {
    if (missed <= 0) return;
    this.#missed.push({ of, index, missed, bound });
    this.#feasibility = Math.max(this.#feasibility, missed);
  }

  /** Takes a number that is to be 0, and what turns it into that of the scaled problem. */
  #note(violation: Violation, factor: number): void {
    const value = Number.isNaN(violation.value) ? Number.POSITIVE_INFINITY : Math.abs(violation.value);
    let excess = value * factor;
    if (violation.condition === 'feasibility') {
      this.#feasibility = Math.max(this.#feasibility, value);
    } else if (violation.condition === 'complementarity') {
      this.#complementarity = Math.max(this.#complementarity, value);
      excess /= this.#complementarityScale;
    } else {
      this.#stationarity = Math.max(this.#stationarity, value);
      excess /= this.#stationarityScale;
    }
    this.#residual = Math.max(this.#residual, excess);
    if (excess > this.#tolerance) this.#wrong.push({ ...violation, value, excess });
  }

  #message(wrong: readonly Violation[], limits: boolean): string {
    if (wrong.length === 0) {
      const unscaled = `stationarity ${brief(this.#stationarity)}, feasibility ${brief(this.#feasibility)}, complementarity ${brief(this.#complementarity)}`;
      return limits
        ? `The conditions hold within ${brief(this.#residual)}.`
        : `The conditions hold within ${brief(this.#residual)} of the scaled problem, but unscaled not well enough: ${unscaled}.`;
    }
    const lines = wrong.slice(0, mostLines).map(({ message }) => message);
    if (wrong.length > mostLines) lines.push(`and ${wrong.length - mostLines} more`);
    return lines.join('\n');
  }
}

/** Violations with the given name behind the first index of each message, which is that of the variable or constraint. */
function named(violations: Violation[], program: Program): Violation[] {
  const names = givenNames(program);
  if (!names) return violations;
  return violations.map((violation) => {
    const name = names[violation.of](violation.index);
    if (!name) return violation;
    return { ...violation, message: violation.message.replace(/\[\d+\]|\d+/, (place) => `${place} (${name})`) };
  });
}

const brief = (value: number): number => Number(value.toPrecision(3));
