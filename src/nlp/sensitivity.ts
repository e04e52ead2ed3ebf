// Derivatives of the solution of a model in its parameters, by the theorem of implicit functions at the active set.
import { eachEntry } from '../core/algebra.js';
import { rangeError, typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { show } from '../core/check.js';
import type { SparseMatrix } from '../core/matrix.js';
import type { BoundParameters, Dependence } from '../expressions/dependence.js';
import { type Operand, toEntries } from '../expressions/expression.js';
import { Parameter } from '../expressions/parameter.js';
import { type Shape, showShape } from '../expressions/shape.js';

/** How a solution changes with a number of a parameter: derivatives, while the active set stays. */
export interface Sensitivity {
  /** n numbers. */
  x: Float64Array;
  objective: number;
  /** m numbers. */
  multipliers: Float64Array;
  /** n numbers. */
  lowerMultipliers: Float64Array;
  /** n numbers. */
  upperMultipliers: Float64Array;
  /** The most that may be added to the parameter until, to first order, a bound or side becomes active or one that is no longer is. */
  increase: number;
  /** The most that may be taken off the parameter, likewise. */
  decrease: number;
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
  /** A size at which a multiplier and the distance from its bound or side are both taken for 0; 0 where there are none such. */
  weak: number;
}

/** Rows that are not to fall below a number, or not to exceed it. */
interface Inequalities {
  G: SparseMatrix;
  atLeast: Float64Array;
  atMost: Float64Array;
}

/** min 1/2 d^T Q d + c^T d subject to A d = b, atLeast <= G d <= atMost: d and the multipliers of the rows, those of A first. */
export type SolveQuadratic = (problem: {
  Q: SparseMatrix;
  c: Float64Array;
  A: SparseMatrix | undefined;
  b: Float64Array;
  weak?: Inequalities | undefined;
}) => Promise<{ x: Float64Array; multipliers: Float64Array }>;

/** Derivatives of multipliers. */
type Changes = Pick<Sensitivity, 'multipliers' | 'lowerMultipliers' | 'upperMultipliers'>;

/** An entry of a sparse matrix. */
type Entry = readonly [row: number, column: number, value: number];

/** A row that holds x: of a constraint, or of a bound of a variable; `side` says which of its two. */
interface ActiveRow {
  readonly kind: 'bound' | 'constraint';
  readonly index: number;
  readonly side: 'lower' | 'upper';
  /** True if its multiplier is about 0, so that it may be left. */
  readonly weak: boolean;
}

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
    const n = this.#n;
    const c = new Float64Array(n);
    for (const [j, p, value] of this.#mixed) if (p === k) c[j] = (c[j] as number) + value;
    const { x, multipliers } = await (this.#weakRows.length === 0
      ? this.#solved(c, this.#rightHandSide(k, this.#rows))
      : this.#solvedToBothSides(c, k));
    const found = this.#withMultipliers(x, multipliers);
    const { sign } = this.#at;
    const slope = x.reduce((total, value, j) => total + value * (this.#gradient[j] as number), 0);
    const turned = (values: Float64Array) => values.map((value) => 0 + sign * value);
    return {
      x,
      objective: sign * (slope + (this.#gradient[n + k] as number)),
      multipliers: turned(found.multipliers),
      lowerMultipliers: turned(found.lowerMultipliers),
      upperMultipliers: turned(found.upperMultipliers),
      ...this.#range(k, x, found),
    };
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
    if (this.#weakRows.length > 0) return { parameters: await this.#gradientByColumns(own) };
    const adjoint = await this.#solved(own.slice(0, this.#n), new Float64Array(this.#rows.length));
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
    all.forEach(({ x }, k) => {
      found[k] = x.reduce((total, dx, j) => total + dx * (own[j] as number), found[k] as number);
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
  async #solved(c: Float64Array, b: Float64Array, ofWeak: Float64Array = new Float64Array(0)): Promise<Solved> {
    const largest = [...c, ...b, ...ofWeak].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) return { x: new Float64Array(this.#n), multipliers: new Float64Array(b.length) };
    const unit = (values: Float64Array) => values.map((value) => value / largest);
    const weak = ofWeak.length === 0 ? undefined : this.#inequalities(unit(ofWeak));
    const { x, multipliers } = await this.#solve({ Q: this.#W, c: unit(c), A: this.#A, b: unit(b), weak });
    const scaled = (values: Float64Array) => values.map((value) => value * largest);
    return { x: scaled(x), multipliers: scaled(multipliers.subarray(0, b.length)) };
  }

  #inequalities(b: Float64Array): Inequalities {
    const sideOf = (r: number) => this.#weakRows[r]?.side;
    return {
      G: this.#gradientsOf(this.#weakRows),
      atLeast: b.map((value, r) => (sideOf(r) === 'lower' ? value : Number.NEGATIVE_INFINITY)),
      atMost: b.map((value, r) => (sideOf(r) === 'upper' ? value : Number.POSITIVE_INFINITY)),
    };
  }

  /** The solution for the parameter of number k as it grows, which must be that as it falls, with the other sign. */
  async #solvedToBothSides(c: Float64Array, k: number): Promise<Solved> {
    const close = 1e-5;
    const all = [c, this.#rightHandSide(k, this.#rows), this.#rightHandSide(k, this.#weakRows)] as const;
    const turned = all.map((values) => values.map((value) => 0 - value)) as unknown as typeof all;
    const [up, down] = await Promise.all([this.#solved(...all), this.#solved(...turned)]);
    for (const member of ['x', 'multipliers'] as const) {
      const size = up[member].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const other = down[member];
      if (up[member].every((value, j) => Math.abs(value + (other[j] as number)) <= close * size)) continue;
      const [{ kind, index, side } = { kind: 'bound', index: 0, side: 'lower' }] = this.#weakRows;
      const what =
        kind === 'bound' ? `x[${index}] is at its ${side} bound` : `constraint ${index} is at its ${side} side`;
      throw rangeError(
        `the solution has a kink there: ${what} with a multiplier of 0, and changes to both sides differ. ` +
          'Expected another value of the parameter',
      );
    }
    return up;
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

/** Derivatives of x, and of the multipliers of rows. */
type Solved = { x: Float64Array; multipliers: Float64Array };

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
    if (strong || near || active.has(index)) yield { kind: 'constraint', index, side, weak: !strong };
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
    if (strong || near || held) yield { kind: 'bound', index, side, weak: !strong };
  }
}

/** The side that a number is not farther from than `weak`; undefined where that is 0. */
function nearSide(value: number, low: number, high: number, weak: number): 'lower' | 'upper' | undefined {
  if (weak === 0 || Math.min(value - low, high - value) > weak) return undefined;
  return value - low <= high - value ? 'lower' : 'upper';
}

/** A matrix by rows of entries, those of one place added up. */
function toSparse(rows: number, columns: number, entries: readonly Entry[]): SparseMatrix {
  const byRow: Map<number, number>[] = Array.from({ length: rows }, () => new Map());
  for (const [i, j, value] of entries) {
    const row = byRow[i] as Map<number, number>;
    row.set(j, (row.get(j) ?? 0) + value);
  }
  const offsets = new Int32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  byRow.forEach((row, i) => {
    for (const [j, value] of [...row].sort(([a], [b]) => a - b)) {
      indices.push(j);
      values.push(value);
    }
    offsets[i + 1] = indices.length;
  });
  return {
    format: 'csr',
    rows,
    columns,
    offsets,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
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
