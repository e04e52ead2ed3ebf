// Derivatives of the solution of a model in its parameters, by the theorem of implicit functions at the active set.
import { dot, eachEntry } from '../core/algebra.js';
import { rangeError, typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { show } from '../core/check.js';
import type { SparseMatrix } from '../core/matrix.js';
import { isConvexProgram } from '../expressions/curvature.js';
import type { BoundParameters, Dependence } from '../expressions/dependence.js';
import { type Operand, toEntries } from '../expressions/expression.js';
import { Parameter } from '../expressions/parameter.js';
import { type Shape, showShape } from '../expressions/shape.js';
import { type Entry, toSparse } from './entries.js';
import {
  beside,
  type Held,
  type Inequalities,
  isOnlyStep,
  oneSided,
  type Solved,
  type SolveQuadratic,
  slope,
} from './oneSided.js';

/** Changes to one side of a parameter, each divided by the change of the parameter; undefined where it is not known. */
export interface OneSided {
  /** n numbers. */
  x: Float64Array | undefined;
  objective: number | undefined;
}

/** How a solution changes with a number of a parameter: derivatives, while the active set stays. */
export interface Sensitivity {
  /** n numbers; undefined where x has no derivative, or none that is known, which `reason` explains. */
  x: Float64Array | undefined;
  /** Undefined where the objective has a kink: `up` and `down` have its slopes to both sides. */
  objective: number | undefined;
  /** m numbers; undefined where multipliers are not unique or have a kink, and likewise all members below but `up` and `down`. */
  multipliers: Float64Array | undefined;
  /** n numbers. */
  lowerMultipliers: Float64Array | undefined;
  /** n numbers. */
  upperMultipliers: Float64Array | undefined;
  /** The most that may be added to the parameter until, to first order, a bound or side becomes active or one that is no longer is. */
  increase: number | undefined;
  /** The most that may be taken off the parameter, likewise. */
  decrease: number | undefined;
  /** Derivatives as the parameter grows; those above where there is no kink. */
  up: OneSided;
  /** Derivatives as the parameter falls. */
  down: OneSided;
  /** True if the gradients of active bounds and constraints depend on each other, so that multipliers are not unique. */
  degenerate: boolean;
  /** Why members are undefined, in one sentence; undefined where none are. */
  reason: string | undefined;
}

/** The sensitivity to a scalar parameter; to others one for each entry, matrices row after row. */
export type SensitivityOf<S extends Shape> = S extends readonly [] ? Sensitivity : Sensitivity[];

/** Derivatives in all parameters of a model: {@link Parameter.gradientIn} has those of one. */
export interface ParameterGradient {
  readonly parameters: Float64Array;
}

/** A solution whose derivatives are taken: a result, with multipliers as in a minimisation, and the bounds it was found under. */
export interface Solution {
  x: Float64Array;
  multipliers: Float64Array;
  lowerMultipliers: Float64Array;
  upperMultipliers: Float64Array;
  constraintValues: Float64Array;
  activeLower: ArrayLike<number>;
  activeUpper: ArrayLike<number>;
  activeConstraints: ArrayLike<number>;
  bounds: Bounds;
  /** Values of all parameters. */
  parameters: Float64Array;
  /** -1 of a maximisation. */
  sign: 1 | -1;
  /** True if it was solved as a convex quadratic program. */
  convexQuadratic: boolean;
  /** True if a direction that the active rows leave free has no curvature. */
  flat: boolean;
  /** A size at which a multiplier and the distance from its bound or side are both taken for 0; 0 where there are none such. */
  weak: number;
}

/** Derivatives of multipliers. */
interface Changes {
  multipliers: Float64Array;
  lowerMultipliers: Float64Array;
  upperMultipliers: Float64Array;
}

/** A row that holds x: of a constraint, or of a bound of a variable; `side` says which of its two. */
interface ActiveRow {
  readonly kind: 'bound' | 'constraint';
  readonly index: number;
  readonly side: 'lower' | 'upper';
  /** True if its multiplier is about 0, so that it may be left. */
  readonly weak: boolean;
  readonly equation: boolean;
}

const dependent = 'the gradients of the active bounds and constraints depend on each other';

/**
 * The linear system of the solution's derivatives. With W the Hessian of L in x and J_A the gradients of what is active,
 *
 *     [ W    J_A^T ] [ dx ]     [ d/dp grad_x L        ]
 *     [ J_A  0     ] [ dy ] = - [ d/dp (c_A - its side) ]
 *
 * which are the conditions of a quadratic program, whose solution `solve` gives. What holds x with a multiplier of 0 is an inequality
 * of that program, and the right-hand side has one sign for each direction that the parameter may go: where both answers are the same
 * up to sign, the solution has derivatives in spite of that.
 */
export class SolutionSystem {
  readonly #dependence: Dependence;
  readonly #at: Solution;
  readonly #solve: SolveQuadratic;
  readonly #n: number;
  readonly #rows: ActiveRow[];
  readonly #weakRows: ActiveRow[];
  readonly #W: SparseMatrix;
  readonly #A: SparseMatrix | undefined;
  /** d/dp grad_x L: variable, parameter, value. */
  readonly #mixed: Entry[] = [];
  /** d c / dx and d c / dp: row, column, value. */
  readonly #ofX: Entry[] = [];
  readonly #ofP: Entry[] = [];
  readonly #gradient: Float64Array;
  readonly #bounds: BoundParameters;
  readonly #sides: BoundParameters;
  /** True if gradients of active rows depend on each other; found when it is asked for. */
  #degenerate: Promise<boolean> | undefined;

  constructor(dependence: Dependence, at: Solution, solve: SolveQuadratic) {
    const { n } = dependence.parts;
    const point = joined(at.x, at.parameters);
    const { program } = dependence;
    this.#dependence = dependence;
    this.#at = at;
    this.#solve = solve;
    this.#n = n;
    this.#bounds = dependence.ofBounds;
    this.#sides = dependence.ofSides;
    this.#gradient = program.gradient(point);
    eachEntry(program.jacobian(point), (i, j, value) => {
      (j < n ? this.#ofX : this.#ofP).push([i, j < n ? j : j - n, value]);
    });
    const W: Entry[] = [];
    eachEntry(program.hessian(point, at.multipliers), (i, j, value) => {
      if (i < n) W.push([i, j, value], ...(i === j ? [] : [[j, i, value] as const]));
      else if (j < n) this.#mixed.push([j, i - n, value]);
    });
    this.#W = toSparse(n, n, W);
    const rows = [...activeRows(at, n)];
    this.#rows = rows.filter(({ weak }) => !weak);
    this.#weakRows = rows.filter(({ weak }) => weak);
    this.#A = this.#rows.length === 0 ? undefined : this.#gradientsOf(this.#rows);
  }

  /** Derivatives in the parameter of that number. */
  async derivative(k: number): Promise<Sensitivity> {
    this.#degenerate ??= this.#findDegenerate();
    if (await this.#degenerate) return this.#ofDegenerate(k);
    if (this.#at.flat) return this.#withoutX(k);
    const all = [
      this.#mixedWith(k),
      this.#rightHandSide(k, this.#rows),
      this.#rightHandSide(k, this.#weakRows),
    ] as const;
    const up = await this.#regular(...all);
    if (typeof up === 'string') return this.#withoutX(k);
    if (this.#weakRows.length === 0) return this.#smooth(k, up);
    const down = await this.#regular(...(all.map(negative) as unknown as typeof all));
    if (typeof down === 'string') return this.#withoutX(k);
    return this.#ofWeak(k, up, down);
  }

  /** Derivatives where rows have a multiplier of 0, by the changes to both sides. */
  async #ofWeak(k: number, up: Solved, down: Solved): Promise<Sensitivity> {
    const back = { x: negative(down.x), multipliers: negative(down.multipliers) };
    const unique = await Promise.all([this.#isUnique(k, up.x, 1), this.#isUnique(k, down.x, -1)]);
    if (unique[0] && unique[1] && agree(up.x, back.x) && agree(up.multipliers, back.multipliers))
      return this.#smooth(k, up);
    const sides = [up, back].map(({ x }, side) => ({
      x: unique[side] ? x : undefined,
      objective: this.#slopeOf(k, x),
    }));
    const reason = unique[0] && unique[1] ? this.#kink() : beside;
    return this.#joined(sides[0] as OneSided, sides[1] as OneSided, { degenerate: false, reason });
  }

  /** Returns true if the change of x to one side is the only one. */
  #isUnique(k: number, x: Float64Array, direction: 1 | -1): Promise<boolean> {
    const held = this.#held(k);
    const sides = held.sides.map((side, r) => (r < this.#rows.length ? 'equation' : side));
    return isOnlyStep({ ...held, sides }, direction, x, this.#solve);
  }

  /** The derivative of the objective by the multipliers alone, where x has none that is known. */
  #withoutX(k: number): Sensitivity {
    const { moves, multipliers, mixed } = this.#held(k);
    const slope = this.#at.sign * ((this.#gradient[this.#n + k] as number) - dot(moves, multipliers));
    // Of several solutions another one may follow the parameter better.
    const same = mixed.every((value) => value === 0) && this.#isConvex();
    const side = { x: undefined, objective: same ? slope : undefined };
    return this.#joined(side, side, { degenerate: false, reason: beside });
  }

  /** Derivatives to both sides that are one, with those of multipliers. */
  #smooth(k: number, { x, multipliers }: Solved): Sensitivity {
    const found = this.#withMultipliers(x, multipliers);
    const { sign } = this.#at;
    const turned = (values: Float64Array) => values.map((value) => 0 + sign * value);
    const side = { x, objective: this.#slopeOf(k, x) };
    return {
      ...side,
      multipliers: turned(found.multipliers),
      lowerMultipliers: turned(found.lowerMultipliers),
      upperMultipliers: turned(found.upperMultipliers),
      ...this.#range(k, x, found),
      ...{ up: side, down: side, degenerate: false, reason: undefined },
    };
  }

  /** Derivatives to both sides, without those of multipliers. */
  #joined(up: OneSided, down: OneSided, about: Pick<Sensitivity, 'degenerate' | 'reason'>): Sensitivity {
    const x = up.x && down.x && agree(up.x, down.x) ? up.x : undefined;
    const slopes = [up.objective, down.objective] as const;
    const objective =
      slopes[0] !== undefined && slopes[1] !== undefined && near(slopes[0], slopes[1]) ? slopes[0] : undefined;
    const smooth = x !== undefined && objective !== undefined;
    return {
      ...{ x, objective, multipliers: undefined, lowerMultipliers: undefined, upperMultipliers: undefined },
      ...{ increase: undefined, decrease: undefined, up, down, degenerate: about.degenerate },
      reason: about.reason ?? (smooth ? dependent : 'there is a kink: changes to both sides differ'),
    };
  }

  /** d/dp of the objective at x(p), as given. */
  #slopeOf(k: number, x: Float64Array): number {
    return this.#at.sign * (dot(x, this.#gradient.subarray(0, this.#n)) + (this.#gradient[this.#n + k] as number));
  }

  /** d/dp grad_x L for one parameter. */
  #mixedWith(k: number, mixed: readonly Entry[] = this.#mixed): Float64Array {
    const c = new Float64Array(this.#n);
    for (const [j, p, value] of mixed) if (p === k) c[j] = (c[j] as number) + value;
    return c;
  }

  /**
   * Returns true if the gradients a_r of all active rows depend on each other: then no d has a_r^T d = b_r for just any b, and
   * d with a_r^T d + s_r = b_r that make ||d||^2 + weight ||s||^2 least leave some of b to s.
   */
  async #findDegenerate(): Promise<boolean> {
    const weight = 1e8;
    const missed = 1e-3;
    const all = [...this.#rows, ...this.#weakRows];
    const [n, m] = [this.#n, all.length];
    if (m === 0 || m > n) return m > n;
    const Q = Array.from({ length: n + m }, (_, j): Entry => [j, j, j < n ? 1 : weight]);
    const A = all.map((_, r): Entry => [r, n + r, 1]);
    eachEntry(this.#gradientsOf(all), (r, j, value) => A.push([r, j, value]));
    const b = Float64Array.from(all, (_, r) => Math.cos(r * r + 1));
    const found = await this.#solve({
      ...{ Q: toSparse(n + m, n + m, Q), c: new Float64Array(n + m) },
      ...{ A: toSparse(m, n + m, A), b },
    });
    return typeof found === 'string' || found.x.subarray(n).some((value) => Math.abs(value) > missed);
  }

  /** Derivatives where multipliers are not unique. */
  async #ofDegenerate(k: number): Promise<Sensitivity> {
    const held = this.#held(k);
    const own = this.#gradient[this.#n + k] as number;
    const given = (change: number | undefined) => (change === undefined ? undefined : this.#at.sign * (own + change));
    const directions = [1, -1] as const;
    if (this.#isConvex()) {
      const found = await Promise.all(directions.map((direction) => oneSided(held, direction, this.#solve)));
      const [up, down] = found.map(({ x, objective }) => ({ x, objective: given(objective) }));
      const reason = found.map((side) => side.reason).find((text) => text !== undefined);
      return this.#joined(up as OneSided, down as OneSided, { degenerate: true, reason });
    }
    const slopes = await Promise.all(directions.map((direction) => slope(held, direction, this.#solve)));
    const [up, down] = slopes.map((side) => given(side?.objective));
    const one = up !== undefined && down !== undefined && near(up, down) ? up : undefined;
    const side = { x: undefined, objective: one };
    const reason = `${dependent}, and the model is not convex by its rules`;
    return this.#joined(side, side, { degenerate: true, reason });
  }

  /** The active rows and second derivatives, for one parameter. */
  #held(k: number): Held {
    const rows = [...this.#rows, ...this.#weakRows];
    const { multipliers, lowerMultipliers, upperMultipliers } = this.#at;
    const multiplierOf = ({ kind, index, weak }: ActiveRow) => {
      if (weak) return 0;
      if (kind === 'constraint') return multipliers[index] as number;
      return (upperMultipliers[index] as number) - (lowerMultipliers[index] as number);
    };
    return {
      G: this.#gradientsOf(rows),
      sides: rows.map(({ equation, side }) => (equation ? 'equation' : side)),
      multipliers: Float64Array.from(rows, multiplierOf),
      moves: this.#rightHandSide(k, rows),
      W: this.#W,
      mixed: this.#mixedWith(k),
      curvatureKnown: this.#curvatureKnown(k),
    };
  }

  /** Returns true if second derivatives in x, and in x and a parameter, are those of the objective alone. */
  #curvatureKnown(k: number): boolean {
    const { x, parameters, multipliers } = this.#at;
    const n = this.#n;
    const hessian = (y: Float64Array) => {
      const entries = new Map<string, number>();
      eachEntry(this.#dependence.program.hessian(joined(x, parameters), y), (i, j, value) => {
        if (j < n && (i < n || i === n + k)) entries.set(`${i},${j}`, value);
      });
      return entries;
    };
    const [own, all] = [hessian(new Float64Array(multipliers.length)), hessian(multipliers.map((_, i) => 1 + i))];
    return [...all].every(([place, value]) => value === (own.get(place) ?? 0));
  }

  #isConvex(): boolean {
    if (this.#at.convexQuadratic) return true;
    const { objective, functions } = this.#dependence.parts;
    const { constraintsLower: lower, constraintsUpper: upper } = this.#at.bounds;
    let end = 0;
    const constraints = functions.map((node) => {
      const begin = end;
      end += node.size;
      const has = (side: Float64Array | undefined) => side?.subarray(begin, end).some(Number.isFinite) ?? true;
      return { node, lower: has(lower), upper: has(upper) };
    });
    return isConvexProgram(objective, constraints, this.#at.parameters);
  }

  /** Derivatives of phi(x(p), p) in all parameters, by one system with the transposed matrix, which is the same. */
  async gradient(expression: Operand): Promise<ParameterGradient> {
    const { parts } = this.#dependence;
    const { shape, node } = toEntries('expression', expression);
    if (shape.length > 0) throw rangeError(`expression: shape ${showShape(shape)}: expected a scalar`);
    if (node.owner !== undefined && node.owner !== parts.owner) {
      throw typeError('gradient: expected an expression of this model, got one of another model');
    }
    const { x, parameters } = this.#at;
    const own = this.#dependence.programOf(node).gradient(joined(x, parameters));
    this.#degenerate ??= this.#findDegenerate();
    if (this.#weakRows.length > 0 || (await this.#degenerate))
      return { parameters: await this.#gradientByColumns(own) };
    const adjoint = await this.#regular(own.slice(0, this.#n), new Float64Array(this.#rows.length));
    if (this.#at.flat || typeof adjoint === 'string') throw rangeError(`expression: has no derivatives: ${beside}`);
    const found = own.slice(this.#n);
    for (const [j, p, value] of this.#mixed) found[p] = (found[p] as number) + (adjoint.x[j] as number) * value;
    const y = adjoint.multipliers;
    this.#rows.forEach((row, r) => {
      const p = this.#parameterOf(row);
      if (p >= 0) found[p] = (found[p] as number) - (y[r] as number);
    });
    const place = this.#places('constraint');
    for (const [i, p, value] of this.#ofP) {
      const r = place.get(i);
      if (r !== undefined) found[p] = (found[p] as number) + (y[r] as number) * value;
    }
    return { parameters: found };
  }

  /** The gradient of phi(x(p), p), of which `own` has the partial derivatives, by one derivative of x for each parameter. */
  async #gradientByColumns(own: Float64Array): Promise<Float64Array> {
    const found = own.slice(this.#n);
    const all = await Promise.all(Array.from(found, (_, k) => this.derivative(k)));
    all.forEach(({ x, reason }, k) => {
      if (x === undefined) throw rangeError(`expression: has no derivative in parameter ${k}: ${reason}`);
      found[k] = (found[k] as number) + dot(x, own.subarray(0, this.#n));
    });
    return found;
  }

  #gradientsOf(rows: readonly ActiveRow[]): SparseMatrix {
    const place = placesOf('constraint', rows);
    const entries: Entry[] = [];
    for (const [i, j, value] of this.#ofX) {
      const r = place.get(i);
      if (r !== undefined) entries.push([r, j, value]);
    }
    for (const [j, r] of placesOf('bound', rows)) entries.push([r, j, 1]);
    return toSparse(rows.length, this.#n, entries);
  }

  #places(kind: ActiveRow['kind']): Map<number, number> {
    return placesOf(kind, this.#rows);
  }

  /** The number of the parameter that a row's side is; -1 for a constant. */
  #parameterOf({ kind, index, side }: ActiveRow): number {
    return (kind === 'bound' ? this.#bounds : this.#sides)[side][index] as number;
  }

  /** Derivatives of the active sides in a parameter, less those of c. */
  #rightHandSide(k: number, rows: readonly ActiveRow[]): Float64Array {
    const place = placesOf('constraint', rows);
    const b = Float64Array.from(rows, (row) => Number(this.#parameterOf(row) === k));
    for (const [i, p, value] of this.#ofP) {
      const r = p === k ? place.get(i) : undefined;
      if (r !== undefined) b[r] = (b[r] as number) - value;
    }
    return b;
  }

  /** The solution for a right-hand side, which is first made of about 1, since `tolerance` is not relative to it. */
  async #regular(c: Float64Array, b: Float64Array, ofWeak: Float64Array = new Float64Array(0)) {
    const largest = [...c, ...b, ...ofWeak].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) return { x: new Float64Array(this.#n), multipliers: new Float64Array(b.length) };
    const unit = (values: Float64Array) => values.map((value) => value / largest);
    const weak = ofWeak.length === 0 ? undefined : this.#inequalities(unit(ofWeak));
    const found = await this.#solve({ Q: this.#W, c: unit(c), A: this.#A, b: unit(b), weak });
    if (typeof found === 'string') return found;
    const scaled = (values: Float64Array) => values.map((value) => value * largest);
    return { x: scaled(found.x), multipliers: scaled(found.multipliers.subarray(0, b.length)) };
  }

  #inequalities(b: Float64Array): Inequalities {
    const sideOf = (r: number) => this.#weakRows[r]?.side;
    return {
      G: this.#gradientsOf(this.#weakRows),
      atLeast: b.map((value, r) => (sideOf(r) === 'lower' ? value : Number.NEGATIVE_INFINITY)),
      atMost: b.map((value, r) => (sideOf(r) === 'upper' ? value : Number.POSITIVE_INFINITY)),
    };
  }

  /** The place of a kink of the solution. */
  #kink(): string {
    const [{ kind, index, side } = { kind: 'bound', index: 0, side: 'lower' }] = this.#weakRows;
    const place =
      kind === 'bound' ? `x[${index}] is at its ${side} bound` : `constraint ${index} is at its ${side} side`;
    return `the solution has a kink there: ${place} with a multiplier of 0, and changes to both sides differ`;
  }

  /** Changes of all multipliers from those of the rows: of a bound, grad L = ... - z_L + z_U. */
  #withMultipliers(x: Float64Array, ofRows: Float64Array): Changes {
    const found = {
      multipliers: new Float64Array(this.#at.multipliers.length),
      lowerMultipliers: new Float64Array(x.length),
      upperMultipliers: new Float64Array(x.length),
    };
    this.#rows.forEach(({ kind, index, side }, r) => {
      const value = ofRows[r] as number;
      if (kind === 'constraint') found.multipliers[index] = value;
      else if (side === 'upper') found.upperMultipliers[index] = value;
      else found.lowerMultipliers[index] = -value;
    });
    return found;
  }

  /** How far the parameter may move until, to first order, a slack or a multiplier is 0. */
  #range(k: number, dx: Float64Array, change: Changes): { increase: number; decrease: number } {
    const range = { increase: Number.POSITIVE_INFINITY, decrease: Number.POSITIVE_INFINITY };
    const meet: Meet = (value, slope) => {
      if (!Number.isFinite(value) || slope === 0) return;
      const side = slope < 0 ? 'increase' : 'decrease';
      range[side] = Math.min(range[side], Math.max(value, 0) / Math.abs(slope));
    };
    this.#meetMultipliers(meet, change);
    this.#meetSlacks(meet, k, dx);
    return range;
  }

  /** Calls `meet` with the multipliers of active inequalities and bounds, as numbers >= 0, and their derivatives. */
  #meetMultipliers(meet: Meet, change: Changes): void {
    const { bounds, multipliers, lowerMultipliers, upperMultipliers } = this.#at;
    for (const { kind, index, side } of this.#rows) {
      if (kind === 'bound') {
        if (bounds.lower?.[index] === bounds.upper?.[index]) continue;
        if (side === 'upper') meet(upperMultipliers[index] as number, change.upperMultipliers[index] as number);
        else meet(lowerMultipliers[index] as number, change.lowerMultipliers[index] as number);
      } else if ((bounds.constraintsLower?.[index] ?? 0) !== (bounds.constraintsUpper?.[index] ?? 0)) {
        const sign = side === 'upper' ? 1 : -1;
        meet(sign * (multipliers[index] as number), sign * (change.multipliers[index] as number));
      }
    }
  }

  /** Calls `meet` with the slacks of what is not active, and their derivatives in the parameter of number k. */
  #meetSlacks(meet: Meet, k: number, dx: Float64Array): void {
    const { bounds, x, constraintValues } = this.#at;
    const moves = (found: BoundParameters, side: 'lower' | 'upper', i: number) => Number(found[side][i] === k);
    const between = (i: number, value: number, slope: number, low: number, high: number, found: BoundParameters) => {
      meet(value - low, slope - moves(found, 'lower', i));
      meet(high - value, moves(found, 'upper', i) - slope);
    };
    const all = [...this.#rows, ...this.#weakRows]; // weak rows move along with x
    const held = { bound: placesOf('bound', all), constraint: placesOf('constraint', all) };
    x.forEach((value, j) => {
      if (held.bound.has(j)) return;
      between(j, value, dx[j] as number, bounds.lower?.[j] ?? -Infinity, bounds.upper?.[j] ?? Infinity, this.#bounds);
    });
    const dc = new Float64Array(constraintValues.length);
    for (const [i, j, value] of this.#ofX) dc[i] = (dc[i] as number) + value * (dx[j] as number);
    for (const [i, p, value] of this.#ofP) if (p === k) dc[i] = (dc[i] as number) + value;
    constraintValues.forEach((value, i) => {
      if (held.constraint.has(i)) return;
      const [low, high] = [bounds.constraintsLower?.[i] ?? 0, bounds.constraintsUpper?.[i] ?? 0];
      between(i, value, dc[i] as number, low, high, this.#sides);
    });
  }
}

const negative = (values: Float64Array): Float64Array => values.map((value) => 0 - value);

/** Returns true if two derivatives are the same to the accuracy of their programs. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));

function agree(a: Float64Array, b: Float64Array): boolean {
  const close = 1e-5;
  const size = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return a.every((value, j) => Math.abs(value - (b[j] as number)) <= close * size);
}

/** Which of the rows is that of a constraint, or of a bound of a variable. */
const placesOf = (kind: ActiveRow['kind'], rows: readonly ActiveRow[]): Map<number, number> =>
  new Map(rows.flatMap((row, r) => (row.kind === kind ? [[row.index, r] as const] : [])));

/** Takes a number that must stay >= 0, and its derivative. */
type Meet = (value: number, slope: number) => void;

/** The constraints at x: equations, active inequalities, active bounds and fixed variables, each with the side that does. */
function* activeRows(at: Solution, n: number): Iterable<ActiveRow> {
  const { bounds, multipliers, weak, x, constraintValues } = at;
  const active = new Set(Array.from(at.activeConstraints));
  for (let index = 0; index < multipliers.length; ++index) {
    const multiplier = multipliers[index] as number;
    const [low, high] = [bounds.constraintsLower?.[index] ?? 0, bounds.constraintsUpper?.[index] ?? 0];
    const near = nearSide(constraintValues[index] as number, low, high, weak);
    const strong = low === high || (active.has(index) && Math.abs(multiplier) > weak);
    const side = !strong && near ? near : multiplier < 0 ? 'lower' : 'upper';
    if (strong || near || active.has(index))
      yield { kind: 'constraint', index, side, weak: !strong, equation: low === high };
  }
  const lower = new Set(Array.from(at.activeLower));
  const upper = new Set(Array.from(at.activeUpper));
  for (let index = 0; index < n; ++index) {
    const [low, high] = [bounds.lower?.[index] ?? -Infinity, bounds.upper?.[index] ?? Infinity];
    const fixed = low === high;
    const [below, above] = [at.lowerMultipliers[index] as number, at.upperMultipliers[index] as number];
    const near = nearSide(x[index] as number, low, high, weak);
    const held = lower.has(index) || upper.has(index);
    const strong = fixed || (held && Math.max(below, above) > weak);
    const side = !strong && near ? near : (fixed ? above > below : upper.has(index)) ? 'upper' : 'lower';
    if (strong || near || held) yield { kind: 'bound', index, side, weak: !strong, equation: fixed };
  }
}

/** The side that a number is not farther from than `weak`; undefined where that is 0. */
function nearSide(value: number, low: number, high: number, weak: number): 'lower' | 'upper' | undefined {
  if (weak === 0 || Math.min(value - low, high - value) > weak) return undefined;
  return value - low <= high - value ? 'lower' : 'upper';
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** A parameter argument that must be of the model. */
export function checkParameter(dependence: Dependence, parameter: unknown): Parameter {
  if (!(parameter instanceof Parameter)) {
    throw typeError(`parameter = ${show(parameter)}: expected a parameter of the model`);
  }
  if (parameter.node.owner === dependence.parts.owner) return parameter;
  throw typeError('parameter: expected one of this model, got one of another model');
}
