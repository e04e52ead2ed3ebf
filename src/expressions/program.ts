import {
  addon,
  type EvaluationRequest,
  type ProgramHandle,
  type ProgramRequest,
  type RowTableHandle,
  type Solvers,
} from '../core/addon.js';
import { typeError } from '../core/argumentError.js';
import { withArrayCopies } from '../core/arrayCopies.js';
import { type Bounds, copiedBounds } from '../core/bounds.js';
import { acrossCopies } from '../core/brand.js';
import { checkNumber, checkVector, isPromise } from '../core/check.js';
import type { DeviceSupport } from '../core/device.js';
import { fromNative } from '../core/error.js';
import type { SparseMatrix } from '../core/matrix.js';
import type { Guard } from '../core/solve.js';
import type { Convexity } from './curvature.js';
import type { Node } from './expression.js';
import type { OutputPlace } from './rowModel.js';
import type { ColumnLike } from './rows.js';

/**
 * A problem in the form that {@link minimize} solves, min f(x) subject to cl <= c(x) <= cu and xl <= x <= xu with n unknowns and m
 * constraints, in equations cl = cu: of a {@link Model}, an .nl file or callbacks. Its functions evaluate it at a point, on the calling thread. The Lagrangian is
 * sigma f + multipliers^T c, with sigma = 1 unless given.
 */
export abstract class Program {
  static {
    acrossCopies(Program, 'Program');
  }

  abstract readonly n: number;
  abstract readonly m: number;
  /**
   * Returns true if f is the negative of an objective that is to be maximised. Results of {@link minimize} have its sign and the
   * multipliers that go with it; functions of a program evaluate f.
   */
  get sense(): 'minimize' | 'maximize' {
    return 'minimize';
  }
  /**
   * The point where a solve begins unless it is warm started: n numbers. That of a regression with equations is computed, by its first
   * solve, or where this is read before, on the calling thread.
   */
  abstract get start(): Float64Array;
  /** The present bounds of x and sides of c(x). Without any: c(x) = 0. */
  get bounds(): Bounds {
    return {};
  }
  /** The places in x of the integer variables, in increasing order: those of a {@link Model} or an .nl file that has some. */
  get integers(): Int32Array {
    return new Int32Array(0);
  }
  /** m numbers to begin with, where they are known. */
  abstract get multipliers(): Float64Array | undefined;
  /** Multipliers of the lower bounds to begin with, n numbers, where they are known. */
  get lowerMultipliers(): Float64Array | undefined {
    return undefined;
  }
  /** Multipliers of the upper bounds to begin with, n numbers, where they are known. */
  get upperMultipliers(): Float64Array | undefined {
    return undefined;
  }
  /** The origin of the derivatives of a problem of callbacks; those of all others are exact. */
  get derivatives(): UsedDerivatives | undefined {
    return undefined;
  }

  /** f(x). */
  abstract objective(x: ArrayLike<number>): number;
  /** The n derivatives of f. */
  abstract gradient(x: ArrayLike<number>): Float64Array;
  /** c(x): m numbers. */
  abstract constraints(x: ArrayLike<number>): Float64Array;
  /** The derivatives of c, m x n by rows. */
  abstract jacobian(x: ArrayLike<number>): SparseMatrix;
  /** The lower triangle of the Hessian of the Lagrangian, n x n by columns. */
  abstract hessian(x: ArrayLike<number>, multipliers: ArrayLike<number>, sigma?: number): SparseMatrix;
  /** Jacobian times n numbers v. */
  abstract jacobianProduct(x: ArrayLike<number>, v: ArrayLike<number>): Float64Array;
  /** Transposed Jacobian times m numbers v. */
  abstract jacobianTransposedProduct(x: ArrayLike<number>, v: ArrayLike<number>): Float64Array;
  /** Hessian of the Lagrangian times n numbers v. */
  abstract hessianProduct(
    x: ArrayLike<number>,
    multipliers: ArrayLike<number>,
    v: ArrayLike<number>,
    sigma?: number,
  ): Float64Array;

  /** @internal The start as an addon is told of it; undefined where the addon computes it beside this thread. */
  get knownStart(): Float64Array | undefined {
    return this.start;
  }
  /** @internal As `knownStart`, of a solve with a seed, by which random starts are drawn. */
  startBy(_: number): Float64Array | undefined {
    return this.knownStart;
  }
  /** @internal Where a solve begins if f is too large at `start`. */
  get fallbackStart(): Float64Array | undefined {
    return undefined;
  }
  /** @internal True if other processes have parts of its data. */
  get shared(): boolean {
    return false;
  }
  /** @internal Where it can be solved. */
  abstract readonly deviceSupport: DeviceSupport;
  /** @internal A start that nothing is computed for, near which solves begin. */
  get givenStart(): Float64Array {
    return this.start;
  }
  /**
   * @internal Prepares what takes so long that other events are to be served meanwhile; whether that was done, and not left where
   * `leave` aborts. Undefined: there is nothing to wait for.
   */
  ahead(_: Solvers, __?: AbortSignal): Promise<boolean> | undefined {
    return undefined;
  }
  /** @internal The problem as an addon takes it for a solve. */
  abstract toNative(guard: Guard, native: Solvers): object;
}

/** The origin of the derivatives of a problem of callbacks: the user's functions, differences of values, or updates. */
export interface UsedDerivatives {
  gradient: 'given' | 'differences';
  /** Absent where there are no constraints. */
  jacobian?: 'given' | 'differences';
  hessian: 'given' | 'differences' | 'quasiNewton';
}

/** A problem whose functions are in an addon. */
export abstract class NativeProgram extends Program {
  /** @internal */
  protected abstract request(native: Solvers): ProgramRequest;

  objective(x: ArrayLike<number>): number {
    return this.#evaluate('objective', x) as number;
  }

  gradient(x: ArrayLike<number>): Float64Array {
    return this.#evaluate('gradient', x) as Float64Array;
  }

  constraints(x: ArrayLike<number>): Float64Array {
    return this.#evaluate('constraints', x) as Float64Array;
  }

  jacobian(x: ArrayLike<number>): SparseMatrix {
    return this.#evaluate('jacobian', x) as SparseMatrix;
  }

  hessian(x: ArrayLike<number>, multipliers: ArrayLike<number>, sigma = 1): SparseMatrix {
    const lambda = numbers('multipliers', multipliers, this.m);
    return this.#evaluate('hessian', x, { multipliers: lambda, sigma: checkNumber('sigma', sigma) }) as SparseMatrix;
  }

  jacobianProduct(x: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
    return this.#evaluate('jacobianProduct', x, { vector: numbers('v', v, this.n) }) as Float64Array;
  }

  jacobianTransposedProduct(x: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
    return this.#evaluate('jacobianTransposedProduct', x, { vector: numbers('v', v, this.m) }) as Float64Array;
  }

  hessianProduct(x: ArrayLike<number>, multipliers: ArrayLike<number>, v: ArrayLike<number>, sigma = 1): Float64Array {
    const lambda = numbers('multipliers', multipliers, this.m);
    const more = { multipliers: lambda, vector: numbers('v', v, this.n), sigma: checkNumber('sigma', sigma) };
    return this.#evaluate('hessianProduct', x, more) as Float64Array;
  }

  toNative(_: Guard, native: Solvers): object {
    return this.request(native);
  }

  /** @internal The start that the addon computes. */
  protected computedStart(): Float64Array {
    try {
      return addon().startOf(this.request(addon()));
    } catch (error) {
      throw fromNative(error);
    }
  }

  #evaluate(what: EvaluationRequest['what'], x: ArrayLike<number>, more: Partial<EvaluationRequest> = {}) {
    try {
      return addon().evaluate({ ...this.request(addon()), what, x: numbers('x', x, this.n), ...more });
    } catch (error) {
      throw fromNative(error);
    }
  }
}

export interface CompiledParts {
  deviceSupport: DeviceSupport;
  handle: (native: Solvers) => ProgramHandle;
  /** {@link PerAddon.ahead}, where handles are made when they are asked for. */
  ahead?: PerAddon<object>['ahead'] | undefined;
  n: number;
  m: number;
  /** The start of solves with a seed, by which random starts are drawn. Default 0. */
  start: (seed?: number) => Float64Array;
  parameters: () => Float64Array;
  multipliers?: Float64Array | undefined;
  lowerMultipliers?: Float64Array | undefined;
  upperMultipliers?: Float64Array | undefined;
  sense?: 'minimize' | 'maximize' | undefined;
  bounds?: (() => Bounds) | undefined;
  /** Places in x of the integer variables, in increasing order. Default: none. */
  integers?: Int32Array | undefined;
  /** A handle whose graph has the present values of the parameters, of the CPU's addon. */
  writable: () => ProgramHandle;
  /** Handles of the present data of rows, where there are any; in the order in which the handle takes them. */
  tables?: ((native: Solvers, others?: Record<string, ColumnLike>) => RowTableHandle[]) | undefined;
  /** How many rows there are at present, of one table. */
  rowCount?: (() => number) | undefined;
  /** Places of the outputs of rows. */
  outputPlaces?: ReadonlyMap<Node, OutputPlace> | undefined;
  /** The convexity of the objective at present, of models with rows. */
  convexity?: (() => Convexity) | undefined;
  /** A function in it that has a kink. */
  kink?: string | undefined;
  variableNames: () => readonly string[];
  constraintNames: () => readonly string[];
}

/** A graph in the addon, and what may change without compiling it again. */
export class CompiledProgram extends NativeProgram {
  static {
    acrossCopies(CompiledProgram, 'CompiledProgram');
  }

  readonly n: number;
  readonly m: number;
  /** @internal */
  readonly parts: CompiledParts;
  /** @internal */
  readonly deviceSupport: DeviceSupport;

  constructor(parts: CompiledParts) {
    super();
    this.n = parts.n;
    this.m = parts.m;
    this.deviceSupport = parts.deviceSupport;
    this.parts = parts;
  }

  override get sense(): 'minimize' | 'maximize' {
    return this.parts.sense ?? 'minimize';
  }

  override get bounds(): Bounds {
    return this.parts.bounds?.() ?? {};
  }

  override get integers(): Int32Array {
    return this.parts.integers?.slice() ?? new Int32Array(0);
  }

  get start(): Float64Array {
    return this.parts.start();
  }

  /** @internal */
  override startBy(seed: number): Float64Array {
    return this.parts.start(seed);
  }

  get multipliers(): Float64Array | undefined {
    return this.parts.multipliers?.slice();
  }

  override get lowerMultipliers(): Float64Array | undefined {
    return this.parts.lowerMultipliers?.slice();
  }

  override get upperMultipliers(): Float64Array | undefined {
    return this.parts.upperMultipliers?.slice();
  }

  protected request(native: Solvers): ProgramRequest {
    const { handle, parameters, tables } = this.parts;
    const request = { program: handle(native), parameters: parameters() };
    return tables ? { ...request, tables: tables(native) } : request;
  }

  /** @internal The request for an addon with other data in the place of those of its rows. */
  dataRequest(native: Solvers, others?: Record<string, ColumnLike>): ProgramRequest {
    const { handle, parameters, tables } = this.parts;
    return { program: handle(native), parameters: parameters(), tables: tables?.(native, others) ?? [] };
  }

  /** @internal */
  override ahead(native: Solvers, leave?: AbortSignal): Promise<boolean> | undefined {
    return this.parts.ahead?.(native, leave);
  }
}

export interface FamilyParts {
  m: number;
  start: Float64Array;
  /** True if the addon has a start near `start` that it computes. Default: solves begin at `start`. */
  computesStart?: boolean | undefined;
  /** Bounds and sides. Default: x is free and c(x) = 0. */
  bounds?: Bounds | undefined;
  fallbackStart?: Float64Array | undefined;
  deviceSupport: DeviceSupport;
  /** Handle of the ranks that hold the other rows. */
  ranks?: object | undefined;
  /** The handle of the CPU's addon, or one of each addon. */
  handle: ProgramHandle | Pick<PerAddon<object>, 'handle' | 'ahead'>;
}

/** Says what is wrong where a problem is taken for the result of a solve, as after `await logisticRegression(...)`. */
function noResult(member: string): never {
  throw typeError(
    `a problem has no ${member}: pass it to minimize, as in const { ${member} } = await minimize(problem)`,
  );
}

/** A problem that an addon has whole. */
export class FamilyProgram extends NativeProgram {
  /** @internal */
  get x(): never {
    return noResult('x');
  }

  /** @internal */
  get status(): never {
    return noResult('status');
  }

  /** @internal */
  get message(): never {
    return noResult('message');
  }

  readonly n: number;
  readonly m: number;
  /** @internal */
  readonly deviceSupport: DeviceSupport;
  readonly #parts: FamilyParts;

  /** @internal */
  constructor(parts: FamilyParts) {
    super();
    this.n = parts.start.length;
    this.m = parts.m;
    this.deviceSupport = parts.deviceSupport;
    this.#parts = parts;
  }

  get start(): Float64Array {
    return this.knownStart ?? this.computedStart();
  }

  override get bounds(): Bounds {
    return copiedBounds(this.#parts.bounds ?? {});
  }

  /** @internal */
  override get knownStart(): Float64Array | undefined {
    return this.#parts.computesStart ? undefined : this.#parts.start.slice();
  }

  /** @internal */
  override get fallbackStart(): Float64Array | undefined {
    return this.#parts.fallbackStart;
  }

  get multipliers(): undefined {
    return undefined;
  }

  protected request(native: Solvers): ProgramRequest {
    const { handle, ranks } = this.#parts;
    const program = 'ahead' in handle ? handle.handle(native) : handle;
    return ranks ? { program, ranks } : { program };
  }

  /** @internal True if other ranks have rows of it, so that no process can evaluate it alone. */
  override get shared(): boolean {
    return this.#parts.ranks !== undefined;
  }

  /** @internal */
  override get givenStart(): Float64Array {
    return this.#parts.start.slice();
  }

  /** @internal */
  override ahead(native: Solvers, leave?: AbortSignal): Promise<boolean> | undefined {
    const { handle, ranks } = this.#parts;
    // The other ranks wait for this one even where it is aborted.
    return 'ahead' in handle ? handle.ahead(native, ranks ? undefined : leave) : undefined;
  }
}

/** The handle that an addon makes of a problem. */
export function compiled<Handle>(compile: () => Handle): Handle {
  try {
    return compile();
  } catch (error) {
    throw fromNative(error);
  }
}

/** The handles that addons make of a problem, each once, when it is asked for. */
export class PerAddon<Request extends object, Handle = ProgramHandle> {
  readonly #made = new Map<Solvers, Handle>();
  readonly #request: (native: Solvers) => Request;
  readonly #compile: (native: Solvers, request: Request) => Handle;

  constructor(request: (native: Solvers) => Request, compile: (native: Solvers, request: Request) => Handle) {
    this.#request = request;
    this.#compile = compile;
  }

  readonly handle = (native: Solvers): Handle => this.#made.get(native) ?? this.#keep(native, this.#request(native));

  /**
   * Makes it where large arrays are to be copied, in pieces between which other events are served; false where `leave` has aborted
   * meanwhile. Undefined: there are none.
   */
  readonly ahead = (native: Solvers, leave?: AbortSignal): Promise<boolean> | undefined => {
    if (this.#made.has(native)) return undefined;
    const keep = (request: object, left: boolean): boolean => {
      if (!left) this.#keep(native, request as Request);
      return !left;
    };
    // Where it is left nothing is made of it.
    const made = withArrayCopies(native, this.#request(native), keep, leave, /^/);
    return isPromise(made) ? (made as Promise<boolean>) : undefined;
  };

  /** Compiles, unless that was done meanwhile. */
  #keep(native: Solvers, request: Request): Handle {
    const handle = this.#made.get(native) ?? compiled(() => this.#compile(native, request));
    this.#made.set(native, handle);
    return handle;
  }
}

/** A vector argument that may be empty. */
export function numbers(name: string, value: ArrayLike<number>, length: number): Float64Array {
  const empty = length === 0 && (Array.isArray(value) || ArrayBuffer.isView(value)) && value.length === 0;
  return empty ? new Float64Array(0) : checkVector(name, value, { length });
}
