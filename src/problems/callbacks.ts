import { addon, type EvaluationRequest } from '../core/addon.js';
import { eachEntry } from '../core/algebra.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { type Bounds, boundsOfVariables, checkBounds, copiedBounds, hasInequalities } from '../core/bounds.js';
import { callbackFailed, chain, vectorFunction } from '../core/callbacks.js';
import {
  checkFunction,
  checkInteger,
  checkMembers,
  checkNumber,
  checkOneOf,
  checkVector,
  disown,
  isList,
  isPromise,
  show,
} from '../core/check.js';
import { fromNative, SolverError } from '../core/error.js';
import type { SparseMatrix } from '../core/matrix.js';
import { requireMemory } from '../core/memory.js';
import type { Guard, Numeric } from '../core/solve.js';
import { numbers, Program, type UsedDerivatives } from '../expressions/program.js';

/** Places of the entries of a sparse matrix, in the order in which a callback writes them. */
export interface Entries {
  rows: ArrayLike<number>;
  columns: ArrayLike<number>;
}

/** The value of a function that writes: nothing that is looked at, or a promise that is fulfilled when it has written. */
type Written = unknown;

/**
 * A problem of your own functions for {@link fromCallbacks}. They read x, n numbers, and write into the array that they get as
 * their last argument, which is full of zeros. Arrays are used again: copy what you keep. Each may give a promise instead, and
 * write until that is fulfilled.
 */
export interface Callbacks {
  /** How many unknowns there are. */
  n: number;
  /** How many constraints there are; of equations alone at most n. Default 0. */
  m?: number | undefined;
  /** Returns f(x). Where f is not defined, NaN. */
  objective: (x: Float64Array) => Numeric;
  /** Writes the n derivatives of f. Default: differences of f, 2 n values each time. */
  gradient?: ((x: Float64Array, g: Float64Array) => Written) | undefined;
  /** Writes c(x), m numbers; needed if m > 0. */
  constraints?: ((x: Float64Array, c: Float64Array) => Written) | undefined;
  /**
   * Writes the derivatives of c: m x n numbers, row after row, or one for each of `jacobianEntries`. Default: differences of c, of which
   * few are needed where `jacobianEntries` leave out much.
   */
  jacobian?: ((x: Float64Array, values: Float64Array) => Written) | undefined;
  /**
   * Writes the Hessian of L = f + multipliers^T c: n x n numbers, of which the lower triangle is read, or one for each of
   * `hessianEntries`. Default: see `secondDerivatives`.
   */
  hessian?: ((x: Float64Array, multipliers: Float64Array, values: Float64Array) => Written) | undefined;
  /**
   * Writes the product of the Hessian of L = f + multipliers^T c and v. The matrix is put together from n products, or from
   * few if `hessianEntries` say where it is not zero.
   */
  hessianVector?:
    | ((x: Float64Array, multipliers: Float64Array, v: Float64Array, product: Float64Array) => Written)
    | undefined;
  /**
   * The substitute for `hessian` and `hessianVector`: `differences` of the gradient of L, few where `hessianEntries` leave out
   * much, the default with `gradient` and `jacobian` where n <= 100 or there are `hessianEntries`; or `quasiNewton`, the default
   * otherwise, an approximation by damped BFGS updates. That needs no further values but two or three times as many iterations, and
   * knows nothing of negative curvature.
   */
  secondDerivatives?: 'differences' | 'quasiNewton' | undefined;
  /** Entries where the Jacobian may be other than zero. Default: everywhere. */
  jacobianEntries?: Entries | undefined;
  /** Entries where the lower triangle of the Hessian, row >= column, may be other than zero. Default: everywhere. */
  hessianEntries?: Entries | undefined;
  /** n numbers to begin with, unless the solve is warm started. Default 0. */
  start?: ArrayLike<number> | undefined;
  /** A lower bound of x, one for all or n numbers; -Infinity for none. Differences stay inside of the bounds. Default: none. */
  lower?: number | ArrayLike<number> | undefined;
  /** An upper bound of x, likewise. Default: none. */
  upper?: number | ArrayLike<number> | undefined;
  /** Lower sides of c(x), one for all or m numbers; -Infinity for none. Default 0. */
  constraintsLower?: number | ArrayLike<number> | undefined;
  /** Upper sides of c(x), likewise, so that c(x) = 0 without both. Default 0. */
  constraintsUpper?: number | ArrayLike<number> | undefined;
}

const members = [
  ...['n', 'm', 'objective', 'gradient', 'constraints', 'jacobian', 'hessian', 'hessianVector'],
  ...['secondDerivatives', 'jacobianEntries', 'hessianEntries', 'start'],
  ...['lower', 'upper', 'constraintsLower', 'constraintsUpper'],
];

/** Entries by lines, in order, and which number of the list each one is. */
interface Pattern {
  offsets: Int32Array;
  indices: Int32Array;
  order: Int32Array;
}

/** The arrays that the callbacks read and write; the addon does the same from its thread. */
interface Memory {
  x: Float64Array;
  multipliers: Float64Array;
  vector: Float64Array;
  gradient: Float64Array;
  constraints: Float64Array;
  jacobian: Float64Array;
  hessian: Float64Array;
  product: Float64Array;
}

type FunctionName = 'objective' | 'gradient' | 'constraints' | 'jacobian' | 'hessian' | 'product';

/** The problem that {@link fromCallbacks} makes. */
export class CallbackProgram extends Program {
  readonly n: number;
  readonly m: number;
  /** @internal */
  readonly deviceSupport = { flops: 0 };
  readonly #callbacks: Callbacks;
  readonly #renamed: Partial<Record<FunctionName, string>>;
  readonly #bounds: Bounds;
  readonly #derivatives: UsedDerivatives;
  readonly #start: Float64Array;
  readonly #jacobian: Pattern;
  readonly #hessian: Pattern;
  /** How many numbers the callbacks write. */
  readonly #jacobianLength: number;
  readonly #hessianLength: number;
  /** Groups of columns of a Hessian made of products: columns of a group have no row in common, so one product shows them all. */
  readonly #groups: Int32Array[] = [];

  /** @internal `renamed` are the names that the user knows functions by, where they are others. */
  constructor(callbacks: Callbacks, renamed: Partial<Record<FunctionName, string>> = {}) {
    super();
    this.#renamed = renamed;
    checkMembers('callbacks', callbacks, members);
    const { n, m = 0, start, jacobianEntries, hessianEntries } = callbacks;
    this.n = checkInteger('n', n, 1);
    this.m = checkInteger('m', m, 0);
    checkFunctions(callbacks, m);
    this.#callbacks = { ...callbacks };
    this.#bounds = boundsOf(callbacks, n, m);
    if (m > n && !hasInequalities(this.#bounds)) {
      throw rangeError(`m = ${m}: expected no more equations than the n = ${n} variables`);
    }
    requireRoom(callbacks, n, m);
    this.#derivatives = derivativesOf(callbacks, n, m);
    this.#start = start === undefined ? new Float64Array(n) : checkVector('start', start, { length: n }).slice();

    const jacobian = jacobianEntries && listed('jacobianEntries', jacobianEntries, m, n);
    this.#jacobian = jacobian ? byLines('jacobianEntries', jacobian.rows, jacobian.columns, m, n) : dense(m, n);
    this.#jacobianLength = jacobian ? jacobian.rows.length : m * n;

    const hessian = hessianEntries && listed('hessianEntries', hessianEntries, n, n, true);
    this.#hessian = hessian ? byLines('hessianEntries', hessian.columns, hessian.rows, n, n) : lowerTriangle(n);
    this.#hessianLength = hessian ? hessian.rows.length : n * n;
    if (callbacks.hessian || !callbacks.hessianVector) return;
    this.#groups = hessian ? grouped(this.#hessian, n) : Array.from({ length: n }, (_, j) => Int32Array.of(j));
  }

  get start(): Float64Array {
    return this.#start.slice();
  }

  get multipliers(): undefined {
    return undefined;
  }

  /** The origin of the derivatives in a solve, as its result says it. */
  override get derivatives(): UsedDerivatives {
    return this.#derivatives;
  }

  override get bounds(): Bounds {
    return copiedBounds(this.#bounds);
  }

  objective(x: ArrayLike<number>): number {
    return this.#evaluate('objective', x).value;
  }

  gradient(x: ArrayLike<number>): Float64Array {
    if (this.derivatives.gradient !== 'given') return this.#byDifferences('gradient', x) as Float64Array;
    return this.#evaluate('gradient', x).memory.gradient;
  }

  constraints(x: ArrayLike<number>): Float64Array {
    return this.#evaluate('constraints', x).memory.constraints;
  }

  jacobian(x: ArrayLike<number>): SparseMatrix {
    if (this.derivatives.jacobian === 'differences') return this.#byDifferences('jacobian', x) as SparseMatrix;
    const { offsets, indices, order } = this.#jacobian;
    const values = inOrder(this.#evaluate('jacobian', x).memory.jacobian, order);
    return { format: 'csr', rows: this.m, columns: this.n, offsets, indices, values };
  }

  hessian(x: ArrayLike<number>, multipliers: ArrayLike<number>, sigma = 1): SparseMatrix {
    if (this.derivatives.hessian !== 'given') {
      const lambda = numbers('multipliers', multipliers, this.m);
      return this.#byDifferences('hessian', x, {
        multipliers: lambda,
        sigma: checkNumber('sigma', sigma),
      }) as SparseMatrix;
    }
    const { offsets, indices, order } = this.#hessian;
    const values = inOrder(this.#evaluate('hessian', x, { multipliers, sigma }).memory.hessian, order);
    return { format: 'csc', rows: this.n, columns: this.n, offsets, indices, values };
  }

  jacobianProduct(x: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
    return multiply(this.jacobian(x), numbers('v', v, this.n));
  }

  jacobianTransposedProduct(x: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
    const { offsets, indices, values } = this.jacobian(x);
    const transposed = { format: 'csc' as const, rows: this.n, columns: this.m, offsets, indices, values };
    return multiply(transposed, numbers('v', v, this.m));
  }

  hessianProduct(x: ArrayLike<number>, multipliers: ArrayLike<number>, v: ArrayLike<number>, sigma = 1): Float64Array {
    const vector = numbers('v', v, this.n);
    if (this.#callbacks.hessianVector && this.derivatives.hessian === 'given') {
      return this.#evaluate('product', x, { multipliers, vector, sigma }).memory.product;
    }
    const product = new Float64Array(this.n);
    eachEntry(this.hessian(x, multipliers, sigma), (i, j, value) => {
      product[i] = (product[i] as number) + value * (vector[j] as number);
      if (i !== j) product[j] = (product[j] as number) + value * (vector[i] as number);
    });
    return product;
  }

  toNative(guard: Guard): object {
    return { callbacks: this.#functions(guard, true) };
  }

  /**
   * The request for the addon: the functions that are given, and the substitutes for the others. In a solve it is checked that they
   * are finite at the start; beside solves there are no quasi-Newton updates.
   */
  #functions(guard: Guard, inSolve: boolean): object {
    const memory = this.#memory();
    const { x, multipliers, vector } = memory;
    const seen = new Set<FunctionName>();
    const native = (name: FunctionName, inputs: Float64Array[], outputs: Float64Array[]) =>
      vectorFunction(
        guard,
        this.#nameOf(name),
        (sigma = 1) => {
          const called = this.#call(name, memory, sigma);
          if (!inSolve || seen.has(name)) return called;
          seen.add(name);
          return chain(called, (value) => this.#checkFinite(name, memory, value));
        },
        { inputs, outputs },
      );
    const { gradient, jacobian, hessian } = this.derivatives;
    return {
      n: this.n,
      m: this.m,
      quasiNewton: inSolve && hessian === 'quasiNewton',
      lower: this.#bounds.lower,
      upper: this.#bounds.upper,
      jacobianPattern: this.#jacobian,
      hessianPattern: this.#hessian,
      objective: native('objective', [x], []),
      gradient: gradient === 'given' ? native('gradient', [x], [memory.gradient]) : undefined,
      constraints: native('constraints', [x], [memory.constraints]),
      jacobian: jacobian !== 'differences' ? native('jacobian', [x], [memory.jacobian]) : undefined,
      hessian: hessian === 'given' ? native('hessian', [x, multipliers], [memory.hessian]) : undefined,
      hessianProduct:
        hessian === 'given' && this.#callbacks.hessianVector
          ? native('product', [x, multipliers, vector], [memory.product])
          : undefined,
    };
  }

  /** The name that the user knows a function by. */
  #nameOf(name: FunctionName): string {
    const usual = name === 'product' || (name === 'hessian' && !this.#callbacks.hessian) ? 'hessianVector' : name;
    return this.#renamed[name] ?? usual;
  }

  /** Evaluates, on this thread, a derivative that is not given. */
  #byDifferences(what: EvaluationRequest['what'], x: ArrayLike<number>, more: Partial<EvaluationRequest> = {}) {
    const direct: Guard =
      (name, f) =>
      (...values) => {
        const value = called(name, () => f(...values));
        if (typeof value === 'number') return value;
        throw new SolverError('CALLBACK_FAILED', `${name} = ${show(value)}: expected a number`);
      };
    try {
      return addon().evaluate({ callbacks: this.#functions(direct, false), what, x: numbers('x', x, this.n), ...more });
    } catch (error) {
      throw fromNative(error);
    }
  }

  #memory(): Memory {
    return {
      x: new Float64Array(this.n),
      multipliers: new Float64Array(this.m),
      vector: new Float64Array(this.n),
      gradient: new Float64Array(this.n),
      constraints: new Float64Array(this.m),
      jacobian: new Float64Array(this.#jacobianLength),
      hessian: new Float64Array(this.#hessianLength),
      product: new Float64Array(this.n),
    };
  }

  /** Evaluates a function at a point, on this thread. */
  #evaluate(
    name: FunctionName,
    x: ArrayLike<number>,
    more: { multipliers?: ArrayLike<number>; vector?: Float64Array; sigma?: number } = {},
  ): { memory: Memory; value: number } {
    const memory = this.#memory();
    memory.x.set(numbers('x', x, this.n));
    if (more.multipliers) memory.multipliers.set(numbers('multipliers', more.multipliers, this.m));
    if (more.vector) memory.vector.set(more.vector);
    if (this.m === 0 && (name === 'constraints' || name === 'jacobian')) return { memory, value: 0 };
    const sigma = checkNumber('sigma', more.sigma ?? 1);
    const value = called(this.#nameOf(name), () => this.#call(name, memory, sigma));
    return { memory, value };
  }

  /** The objective, or 0. The Lagrangian is sigma f + multipliers^T c. */
  #call(name: FunctionName, memory: Memory, sigma: number): Numeric {
    const { objective, gradient, constraints, jacobian, hessian } = this.#callbacks;
    const { x } = memory;
    switch (name) {
      case 'objective':
        return objective(x);
      case 'gradient':
        return write(name, memory.gradient, (g) => gradient?.(x, g));
      case 'constraints':
        return write(name, memory.constraints, (c) => constraints?.(x, c));
      case 'jacobian':
        return write(name, memory.jacobian, (values) => jacobian?.(x, values));
      case 'hessian':
        if (!hessian) return this.#hessianOfProducts(memory, sigma);
        return weighted(sigma, memory.multipliers, memory.hessian, (multipliers, values) =>
          write('hessian', values, () => hessian(x, multipliers, values)),
        );
      case 'product':
        return this.#product(memory, sigma);
    }
  }

  #product(memory: Memory, sigma: number): Numeric {
    const { hessianVector } = this.#callbacks;
    return weighted(sigma, memory.multipliers, memory.product, (multipliers, product) =>
      write('hessianVector', product, () => hessianVector?.(memory.x, multipliers, memory.vector, product)),
    );
  }

  /** The Hessian from products with the indicators of the groups, from number `first` on. */
  #hessianOfProducts(memory: Memory, sigma: number, first = 0): Numeric {
    for (let k = first; k < this.#groups.length; ++k) {
      const group = this.#groups[k] as Int32Array;
      memory.vector.fill(0);
      for (const j of group) memory.vector[j] = 1;
      const product = this.#product(memory, sigma);
      if (isPromise(product)) {
        return product.then(() => {
          this.#takeColumns(group, memory);
          return this.#hessianOfProducts(memory, sigma, k + 1);
        });
      }
      this.#takeColumns(group, memory);
    }
    return 0;
  }

  /** Takes the columns of a group from their product. */
  #takeColumns(group: Int32Array, { hessian, product }: Memory): void {
    const { offsets, indices, order } = this.#hessian;
    for (const j of group) {
      for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k) {
        hessian[order[k] as number] = product[indices[k] as number] as number;
      }
    }
  }

  /** Checks that what a callback gave at the start is finite. */
  #checkFinite(name: FunctionName, memory: Memory, value: number): number {
    const what = name === 'product' ? 'hessianVector' : name;
    const complain = (entry: string, number: unknown) => {
      throw new SolverError('CALLBACK_FAILED', `${entry} = ${show(number)} at the start: expected a finite number`);
    };
    if (name === 'objective') {
      if (typeof value === 'number' && !Number.isFinite(value)) complain(what, value);
      return value;
    }
    const written = memory[name];
    const k = written.findIndex((entry) => !Number.isFinite(entry));
    if (k < 0) return value;
    const { jacobianEntries, hessianEntries } = this.#callbacks;
    const matrix = name === 'jacobian' || name === 'hessian';
    const entries = name === 'jacobian' ? jacobianEntries : hessianEntries;
    const place = !matrix
      ? k
      : entries
        ? `${entries.rows[k]}, ${entries.columns[k]}`
        : `${Math.floor(k / this.n)}, ${k % this.n}`;
    complain(`${what}[${place}]`, written[k]);
    return value;
  }
}

/** Throws where there is not the memory, about, for vectors and matrices: a matrix without a list of its entries has all. */
function requireRoom({ jacobianEntries, hessianEntries }: Callbacks, n: number, m: number): void {
  const ofNumber = 32; // bytes in a matrix: its value here and in the addon, its place in the pattern and in the list
  const jacobian = jacobianEntries ? 0 : m * n;
  const hessian = hessianEntries ? 0 : n * n;
  const dense = [...(jacobian > 0 ? ['jacobianEntries'] : []), ...(hessian > 0 ? ['hessianEntries'] : [])];
  const without = dense.length > 0 ? ` without ${dense.join(' and ')}` : '';
  requireMemory(80 * (n + m) + ofNumber * (jacobian + hessian), () => `n = ${n} and m = ${m}${without} need`);
}

/** The value of a function on this thread; an error that names it if it throws or gives a promise. */
function called(name: string, f: () => Numeric): number {
  let value: Numeric;
  try {
    value = f();
  } catch (cause) {
    throw cause instanceof SolverError ? cause : callbackFailed(name, cause);
  }
  if (isPromise(value)) throw onlyInSolves(name, value);
  return value;
}

function checkFunctions(callbacks: Callbacks, m: number): void {
  const needed = ['objective', ...(m > 0 ? ['constraints'] : [])];
  for (const name of ['objective', 'gradient', 'constraints', 'jacobian', 'hessian', 'hessianVector'] as const) {
    checkFunction(name, callbacks[name], { optional: !needed.includes(name) });
  }
  const { secondDerivatives } = callbacks;
  if (secondDerivatives !== undefined) {
    checkOneOf('secondDerivatives', secondDerivatives, ['differences', 'quasiNewton']);
  }
}

/** Variables up to which the Hessian is differences of gradients though nothing is known of its pattern. */
const mostColumns = 100;

/** The substitutes for derivatives that the user does not give. */
function derivativesOf(callbacks: Callbacks, n: number, m: number): UsedDerivatives {
  const { gradient, jacobian, hessian, hessianVector, secondDerivatives } = callbacks;
  const given = (f: unknown) => (f === undefined ? 'differences' : 'given');
  // Measured: docs/problems.md. Differences of differences take n times the values and solve fewer problems.
  const exact = gradient !== undefined && (m === 0 || jacobian !== undefined);
  const cheap = exact && (n <= mostColumns || callbacks.hessianEntries !== undefined);
  const otherwise = hessian || hessianVector ? 'given' : cheap ? 'differences' : 'quasiNewton';
  return {
    gradient: given(gradient),
    ...(m > 0 && { jacobian: given(jacobian) }),
    hessian: secondDerivatives ?? otherwise,
  };
}

function boundsOf({ lower, upper, constraintsLower, constraintsUpper }: Callbacks, n: number, m: number): Bounds {
  const bounds = boundsOfVariables({ lower, upper }, n);
  if (constraintsLower !== undefined || constraintsUpper !== undefined) {
    const sides = checkBounds(
      { name: 'constraintsLower', value: constraintsLower, missing: 0 },
      { name: 'constraintsUpper', value: constraintsUpper, missing: 0 },
      [m],
    );
    bounds.constraintsLower = sides.lower;
    bounds.constraintsUpper = sides.upper;
  }
  return bounds;
}

/** Lets a callback write into zeros. Returning what it was to write instead is a mistake that would go unnoticed. */
function write(name: string, array: Float64Array, f: (array: Float64Array) => unknown): Numeric {
  array.fill(0);
  return chain(f(array), (returned) => {
    if (returned === array || returned === null || ignored.has(typeof returned)) return 0;
    throw new SolverError(
      'CALLBACK_FAILED',
      `${name} returned ${show(returned)}: expected it to write into its last argument`,
    );
  });
}

/** Values that a callback may return without having meant it: `(x, g) => (g[0] = 1)` is a number. */
const ignored: ReadonlySet<string> = new Set(['undefined', 'number', 'boolean']);

/** The error of a callback whose promise is not awaited. */
function onlyInSolves(name: string, promise: PromiseLike<unknown>): SolverError {
  disown(promise);
  return new SolverError(
    'CALLBACK_FAILED',
    `${name} returned a promise: only a solve waits for those, not an evaluation of the program`,
  );
}

/** sigma Hess f + sum_i multipliers_i Hess c_i, from a function that has only sigma = 1. */
function weighted(
  sigma: number,
  multipliers: Float64Array,
  out: Float64Array,
  f: (multipliers: Float64Array, out: Float64Array) => Numeric,
): Numeric {
  if (sigma === 1) return f(multipliers.slice(), out);
  if (sigma !== 0) {
    const scaled = f(
      multipliers.map((value) => value / sigma),
      out,
    );
    return chain(scaled, () => {
      for (let k = 0; k < out.length; ++k) out[k] = (out[k] as number) * sigma;
      return 0;
    });
  }
  const ofObjective = new Float64Array(out.length);
  const both = chain(f(new Float64Array(multipliers.length), ofObjective), () => f(multipliers.slice(), out));
  return chain(both, () => {
    for (let k = 0; k < out.length; ++k) out[k] = (out[k] as number) - (ofObjective[k] as number);
    return 0;
  });
}

function multiply(A: SparseMatrix, v: Float64Array): Float64Array {
  const product = new Float64Array(A.rows);
  eachEntry(A, (i, j, value) => {
    product[i] = (product[i] as number) + value * (v[j] as number);
  });
  return product;
}

const inOrder = (list: Float64Array, order: Int32Array): Float64Array =>
  Float64Array.from(order, (place) => list[place] as number);

// Patterns ----------------------------------------------------------------------------------------------------------

function dense(rows: number, columns: number): Pattern {
  return {
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i * columns),
    indices: Int32Array.from({ length: rows * columns }, (_, k) => k % columns),
    order: Int32Array.from({ length: rows * columns }, (_, k) => k),
  };
}

/** Lower triangle by columns, of a matrix that is written row after row. */
function lowerTriangle(n: number): Pattern {
  const offsets = Int32Array.from({ length: n + 1 }, (_, j) => j * n - (j * (j - 1)) / 2);
  const indices = new Int32Array(offsets[n] as number);
  const order = new Int32Array(indices.length);
  for (let j = 0, k = 0; j < n; ++j) {
    for (let i = j; i < n; ++i, ++k) {
      indices[k] = i;
      order[k] = i * n + j;
    }
  }
  return { offsets, indices, order };
}

interface List {
  rows: Int32Array;
  columns: Int32Array;
}

function listed(name: string, entries: Entries, rows: number, columns: number, lower = false): List {
  const { rows: i, columns: j } = checkMembers(name, entries, ['rows', 'columns']);
  const list = { rows: places(`${name}.rows`, i, rows), columns: places(`${name}.columns`, j, columns) };
  if (list.rows.length !== list.columns.length) {
    throw rangeError(`${name}: has ${list.rows.length} rows and ${list.columns.length} columns: expected as many`);
  }
  const k = lower ? list.rows.findIndex((row, at) => row < (list.columns[at] as number)) : -1;
  if (k < 0) return list;
  throw rangeError(
    `${name}: entry ${k} is [${list.rows[k]}, ${list.columns[k]}]: expected row >= column, the lower triangle`,
  );
}

function places(name: string, value: unknown, length: number): Int32Array {
  if (!isList(value)) {
    throw typeError(`${name} = ${show(value)}: expected an array of integers`);
  }
  return Int32Array.from(value, (place, k) => {
    if (typeof place !== 'number') throw typeError(`${name}[${k}] = ${show(place)}: expected a number`);
    if (Number.isInteger(place) && place >= 0 && place < length) return place;
    throw rangeError(`${name}[${k}] = ${place}: expected an integer in [0, ${length - 1}]`);
  });
}

/** Entries in the order of their lines and, within a line, of the other index. */
function byLines(name: string, lines: Int32Array, others: Int32Array, lineCount: number, otherCount: number): Pattern {
  const all = Int32Array.from(lines.keys());
  const order = sorted(sorted(all, others, otherCount), lines, lineCount);
  const offsets = new Int32Array(lineCount + 1);
  for (const line of lines) offsets[line + 1] = (offsets[line + 1] as number) + 1;
  for (let i = 0; i < lineCount; ++i) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number);
  for (let k = 1; k < order.length; ++k) {
    const [a, b] = [order[k - 1] as number, order[k] as number];
    if (lines[a] !== lines[b] || others[a] !== others[b]) continue;
    throw rangeError(`${name}: entries ${Math.min(a, b)} and ${Math.max(a, b)} are the same: expected each once`);
  }
  return { offsets, indices: order.map((k) => others[k] as number), order };
}

/** Numbers of a list by their keys, in the order that they have where keys are equal. */
function sorted(list: Int32Array, keys: Int32Array, keyCount: number): Int32Array {
  const next = new Int32Array(keyCount + 1);
  for (const k of list) {
    const key = (keys[k] as number) + 1;
    next[key] = (next[key] as number) + 1;
  }
  for (let i = 0; i < keyCount; ++i) next[i + 1] = (next[i + 1] as number) + (next[i] as number);
  const to = new Int32Array(list.length);
  for (const k of list) {
    const key = keys[k] as number;
    const at = next[key] as number;
    next[key] = at + 1;
    to[at] = k;
  }
  return to;
}

/** Columns of a symmetric matrix, given by its lower triangle, in groups that have no row in common; greedily. */
function grouped({ offsets, indices }: Pattern, n: number): Int32Array[] {
  const neighbours: number[][] = Array.from({ length: n }, (_, j) => [j]);
  for (let j = 0; j < n; ++j) {
    for (let k = offsets[j] as number; k < (offsets[j + 1] as number); ++k) {
      const i = indices[k] as number;
      if (i === j) continue;
      (neighbours[i] as number[]).push(j);
      (neighbours[j] as number[]).push(i);
    }
  }
  const groupOf = new Int32Array(n).fill(-1);
  const groups: number[][] = [];
  const taken = new Int32Array(n + 1).fill(-1);
  for (let j = 0; j < n; ++j) {
    for (const i of neighbours[j] as number[]) {
      for (const other of neighbours[i] as number[]) {
        const group = groupOf[other] as number;
        if (group >= 0) taken[group] = j;
      }
    }
    let group = 0;
    while (taken[group] === j) ++group;
    groupOf[j] = group;
    groups[group] ??= [];
    (groups[group] as number[]).push(j);
  }
  return groups.map((group) => Int32Array.from(group));
}
