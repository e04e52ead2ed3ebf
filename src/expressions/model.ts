import { addon, type Solvers } from '../core/addon.js';
import { acrossCopies } from '../core/brand.js';
import { checkMembers, checkObject, show } from '../core/check.js';
import { type MatrixLike, numbersFor } from '../core/matrix.js';
import { Expression, type Node, type Operand, op, type ShapeOf, toEntries } from './expression.js';
import { neg, sub } from './operators.js';
import { CompiledProgram, Program, perAddon } from './program.js';
import { serialize } from './serialize.js';
import {
  type Broadcast,
  broadcast,
  checkShape,
  inShape,
  type Shape,
  scalar,
  showShape,
  sizeOf,
  type ValueOf,
} from './shape.js';

/** Numbers for a shape: one for all entries, or as many as there are. */
export type NumbersLike = number | ArrayLike<number> | MatrixLike;

export interface VariableOptions {
  /** The point where a solve begins, unless it is warm started: one number for all entries or one for each. Default 0. */
  start?: NumbersLike | undefined;
  /** The name in .nl files and messages. */
  name?: string | undefined;
}

export interface ParameterOptions {
  /** One number for all entries or one for each. Default 0. */
  value?: NumbersLike | undefined;
  name?: string | undefined;
}

export interface ConstraintOptions {
  name?: string | undefined;
}

/** What solves are over, made by {@link Model.variable}: an {@link Expression} with a start. */
export class Variable<S extends Shape = Shape> extends Expression<S> {
  static {
    acrossCopies(Variable, 'Variable');
  }

  readonly name: string;
  /** Its numbers are x[offset], x[offset + 1], ... of a result, matrices row after row. */
  readonly offset: number;
  #start: Float64Array;

  /** @internal */
  constructor(shape: S, node: Node, name: string, offset: number, start: unknown) {
    super(shape, node);
    this.name = name;
    this.offset = offset;
    this.#start = numbersOf('start', start, shape);
  }

  /** A copy of the start. */
  get start(): ValueOf<S> {
    return inShape(this.shape, this.#start.slice());
  }

  /** Sets where later solves begin: one number for all entries or one for each. Nothing is compiled anew. */
  setStart(start: NumbersLike): void {
    this.#start = numbersOf('start', start, this.shape);
  }

  /** @internal */
  copyStart(starts: Float64Array): void {
    starts.set(this.#start, this.offset);
  }

  /** Its value in a result of {@link minimize}, or at any point `{ x }`: a number, a Float64Array or a matrix. */
  valueIn(result: { readonly x: ArrayLike<number> }): ValueOf<S> {
    return inShape(this.shape, partOf('result.x', checkObject('result', result).x, this.offset, this.size));
  }
}

/** Numbers that may change from solve to solve, made by {@link Model.parameter}. */
export class Parameter<S extends Shape = Shape> extends Expression<S> {
  static {
    acrossCopies(Parameter, 'Parameter');
  }

  readonly name: string;
  #value: Float64Array;

  /** @internal */
  constructor(shape: S, node: Node, name: string, value: unknown) {
    super(shape, node);
    this.name = name;
    this.#value = numbersOf('value', value, shape);
  }

  /** A copy of its present value. */
  get value(): ValueOf<S> {
    return inShape(this.shape, this.#value.slice());
  }

  /** The value for later solves: one number for all entries or one for each. Nothing is compiled anew. */
  set(value: NumbersLike): void {
    this.#value = numbersOf('value', value, this.shape);
  }

  /** @internal */
  copyTo(values: Float64Array, offset: number): void {
    values.set(this.#value, offset);
  }
}

/** Equations of a {@link Model}. */
export class Constraint<S extends Shape = Shape> {
  static {
    acrossCopies(Constraint, 'Constraint');
  }

  readonly name: string;
  readonly shape: S;
  /** Its multipliers are multipliers[offset], multipliers[offset + 1], ... of a result, matrices row after row. */
  readonly offset: number;

  /** @internal */
  constructor(shape: S, name: string, offset: number) {
    this.shape = shape;
    this.name = name;
    this.offset = offset;
  }

  /** Its multipliers in a result of {@link minimize}: a number, a Float64Array or a matrix, with L = f + lambda^T (lhs - rhs). */
  multipliersIn(result: { readonly multipliers: ArrayLike<number> }): ValueOf<S> {
    const { multipliers } = checkObject('result', result);
    return inShape(
      this.shape,
      partOf('result.multipliers', multipliers, this.offset, sizeOf('constraint', this.shape)),
    );
  }
}

/**
 * A problem for {@link minimize} made of expressions:
 *
 *     minimise  f(x)  subject to  c(x) = 0         or  maximise  -f(x), by {@link Model.maximize}
 *
 * ```ts
 * const model = new Model();
 * const x = model.variable(2, { start: [1, 1] });
 * model.minimize(sum(x));
 * const circle = model.equal(sumSquares(x), 2);
 *
 * const result = await minimize(model);
 * x.valueIn(result); // [-1, -1]
 * circle.multipliersIn(result); // 0.5
 * ```
 *
 * It is compiled once, at the first solve, into native code with exact derivatives. New starts and parameter values need no
 * compilation; another variable, parameter, objective or constraint does.
 */
export class Model {
  static {
    acrossCopies(Model, 'Model');
  }

  readonly #variables: Variable[] = [];
  readonly #parameters: Parameter[] = [];
  readonly #constraints: Constraint[] = [];
  readonly #equations: Node[] = [];
  #objective: Node | undefined;
  #sense: 'minimize' | 'maximize' = 'minimize';
  #n = 0;
  #m = 0;
  #parameterCount = 0;
  #program: CompiledProgram | undefined;

  /** How many numbers the variables have. */
  get n(): number {
    return this.#n;
  }

  /** How many equations there are. */
  get m(): number {
    return this.#m;
  }

  get variables(): readonly Variable[] {
    return this.#variables;
  }

  get parameters(): readonly Parameter[] {
    return this.#parameters;
  }

  get constraints(): readonly Constraint[] {
    return this.#constraints;
  }

  /**
   * A variable: a scalar, a vector of n, or a matrix of [rows, columns].
   * @throws TypeError or RangeError that names the argument and the value.
   */
  variable(options?: VariableOptions): Variable<readonly []>;
  variable(n: number, options?: VariableOptions): Variable<readonly [number]>;
  variable(shape: readonly [], options?: VariableOptions): Variable<readonly []>;
  variable(shape: readonly [number], options?: VariableOptions): Variable<readonly [number]>;
  variable(shape: readonly [number, number], options?: VariableOptions): Variable<readonly [number, number]>;
  variable(shape: number | Shape, options?: VariableOptions): Variable;
  variable(first?: number | Shape | VariableOptions, second?: VariableOptions): Variable {
    const { shape, options } = shapeAndOptions(first, second, ['start', 'name']);
    const size = sizeOf('variable', [this.#n + sizeOf('variable', shape)]) - this.#n;
    const name = nameOf(options.name, `v${this.#variables.length}`);
    const node = { op: op.variables, size, owner: this, inputs: [], integers: [this.#n] };
    const made = new Variable(shape, node, name, this.#n, (options as VariableOptions).start);
    this.#variables.push(made);
    this.#n += size;
    this.#program = undefined;
    return made;
  }

  /**
   * A parameter: a scalar, a vector of n, or a matrix of [rows, columns], constant in a solve.
   * @throws TypeError or RangeError that names the argument and the value.
   */
  parameter(options?: ParameterOptions): Parameter<readonly []>;
  parameter(n: number, options?: ParameterOptions): Parameter<readonly [number]>;
  parameter(shape: readonly [], options?: ParameterOptions): Parameter<readonly []>;
  parameter(shape: readonly [number], options?: ParameterOptions): Parameter<readonly [number]>;
  parameter(shape: readonly [number, number], options?: ParameterOptions): Parameter<readonly [number, number]>;
  parameter(shape: number | Shape, options?: ParameterOptions): Parameter;
  parameter(first?: number | Shape | ParameterOptions, second?: ParameterOptions): Parameter {
    const { shape, options } = shapeAndOptions(first, second, ['value', 'name']);
    const size = sizeOf('parameter', [this.#parameterCount + sizeOf('parameter', shape)]) - this.#parameterCount;
    const name = nameOf(options.name, `p${this.#parameters.length}`);
    const node = { op: op.parameters, size, owner: this, inputs: [], integers: [this.#parameterCount] };
    const made = new Parameter(shape, node, name, (options as ParameterOptions).value);
    this.#parameters.push(made);
    this.#parameterCount += size;
    this.#program = undefined;
    return made;
  }

  /**
   * f, a scalar; replaces an earlier one. Without an objective any point with c(x) = 0 will do.
   * @throws RangeError when the expression is no scalar.
   */
  minimize(objective: Operand): void {
    this.#setObjective('minimize', objective);
  }

  /**
   * The negative of f, a scalar that is to be as large as possible; replaces an earlier objective. Results have its sign:
   * `objective` is its value, and multipliers are those of L = objective + lambda^T (lhs - rhs).
   * @throws RangeError when the expression is no scalar.
   */
  maximize(objective: Operand): void {
    this.#setObjective('maximize', objective);
  }

  #setObjective(sense: 'minimize' | 'maximize', objective: Operand): void {
    const { shape, node } = toEntries('objective', objective);
    if (shape.length > 0) throw new RangeError(`${sense}: shape ${showShape(shape)}: expected a scalar`);
    this.#own(sense, node);
    this.#objective = sense === 'minimize' ? node : neg(objective).node;
    this.#sense = sense;
    this.#program = undefined;
  }

  /**
   * lhs = rhs, entry by entry; a scalar goes with any shape.
   * @throws RangeError that names both shapes where they do not fit.
   */
  equal<A extends Operand, B extends Operand = 0>(
    lhs: A,
    rhs?: B,
    options?: ConstraintOptions,
  ): Constraint<Broadcast<ShapeOf<A>, ShapeOf<B>>>;
  equal(lhs: Operand, rhs: Operand = 0, options: ConstraintOptions = {}): Constraint {
    const [left, right] = [toEntries('lhs', lhs), toEntries('rhs', rhs)];
    const { name } = checkOptions(options, ['name']);
    broadcast('equal', left.shape, right.shape);
    const { shape, node } = rhs === 0 ? left : sub(left, right);
    this.#own('equal', node);
    const made = new Constraint(shape, nameOf(name, `c${this.#constraints.length}`), this.#m);
    this.#m = sizeOf('equal', [this.#m + node.size]);
    this.#constraints.push(made);
    this.#equations.push(node);
    this.#program = undefined;
    return made;
  }

  /**
   * The program that {@link minimize} solves, for evaluations of f, c and their derivatives. It is made once and again only after
   * the model has changed; starts and values of parameters are always the present ones.
   * @throws RangeError when there are no variables.
   */
  compile(): CompiledProgram {
    if (this.#program) return this.#program;
    const n = this.#n;
    if (n === 0) throw new RangeError('model: expected at least one variable');
    const [objective, equations] = [this.#objective, this.#equations.slice()];
    const compile = (native: Solvers) =>
      native.compile({ n, parameters: this.#parameterValues(), ...serialize(objective, equations) });
    const handle = perAddon(compile);
    handle(addon());
    this.#program = new CompiledProgram({
      // Derivatives are computed on the host.
      deviceSupport: { flops: 0 },
      handle,
      n,
      m: this.#m,
      sense: this.#sense,
      start: () => this.#starts(),
      parameters: () => this.#parameterValues(),
      writable: () => (this.#parameterCount === 0 ? handle(addon()) : compile(addon())),
      variableNames: () => entryNames(this.#variables),
      constraintNames: () => entryNames(this.#constraints),
    });
    return this.#program;
  }

  #starts(): Float64Array {
    const starts = new Float64Array(this.#n);
    for (const variable of this.#variables) variable.copyStart(starts);
    return starts;
  }

  #parameterValues(): Float64Array {
    const values = new Float64Array(this.#parameterCount);
    let offset = 0;
    for (const parameter of this.#parameters) {
      parameter.copyTo(values, offset);
      offset += parameter.size;
    }
    return values;
  }

  #own(operation: string, { owner }: Node): void {
    if (owner === undefined || owner === this) return;
    throw new TypeError(`${operation}: expected an expression of this model, got one of another model`);
  }
}

/** A problem argument in the form that is solved. */
export function toProgram(name: string, problem: unknown): Program {
  if (problem instanceof Model) return problem.compile();
  if (problem instanceof Program) return problem;
  throw new TypeError(
    `${name} = ${show(problem)}: expected a Model, or what readNl, fromCallbacks or a problem family gives`,
  );
}

function shapeAndOptions<Options extends VariableOptions & ParameterOptions>(
  first: number | Shape | Options | undefined,
  second: Options | undefined,
  names: readonly string[],
): { shape: Shape; options: Options } {
  const withoutShape = first === undefined || (typeof first === 'object' && first !== null && !Array.isArray(first));
  const options = (withoutShape ? (first ?? second) : second) ?? {};
  return {
    shape: withoutShape ? scalar : checkShape('shape', first),
    options: checkOptions(options as Options, names),
  };
}

function checkOptions<T extends object>(options: T, names: readonly string[]): T {
  return checkMembers('options', options, names, 'option');
}

function nameOf(name: unknown, otherwise: string): string {
  if (name === undefined) return otherwise;
  if (typeof name !== 'string') throw new TypeError(`name = ${show(name)}: expected a string`);
  if (/^[^\s]+$/.test(name)) return name;
  throw new RangeError(`name = ${show(name)}: expected characters that are not blank`);
}

/** Finite numbers for a shape, as a copy; zeros where nothing is given. */
function numbersOf(name: string, value: unknown, shape: Shape): Float64Array {
  sizeOf(name, shape);
  return numbersFor(name, value === undefined ? 0 : value, shape);
}

function partOf(name: string, numbers: ArrayLike<number>, offset: number, size: number): Float64Array {
  if (!(Array.isArray(numbers) || ArrayBuffer.isView(numbers))) {
    throw new TypeError(`${name} = ${show(numbers)}: expected an array of numbers`);
  }
  const whole = numbers as ArrayLike<number>;
  if (whole.length < offset + size) {
    throw new RangeError(`${name}: expected at least ${offset + size} numbers, got ${whole.length}`);
  }
  const part = new Float64Array(size);
  for (let i = 0; i < size; ++i) part[i] = whole[offset + i] as number;
  return part;
}

/** x, x[0], x[0,1]: a name for each entry. */
function entryNames(parts: readonly { readonly name: string; readonly shape: Shape }[]): string[] {
  return parts.flatMap(({ name, shape }) => {
    const [rows, columns] = shape;
    if (rows === undefined) return [name];
    if (columns === undefined) return Array.from({ length: rows }, (_, i) => `${name}[${i}]`);
    return Array.from({ length: rows * columns }, (_, k) => `${name}[${Math.floor(k / columns)},${k % columns}]`);
  });
}
