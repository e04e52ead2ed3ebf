import { addon, type Solvers } from '../core/addon.js';
import { acrossCopies } from '../core/brand.js';
import { checkMembers, entryName, show } from '../core/check.js';
import { Constraint, type ConstraintOptions } from './constraint.js';
import { type Node, type Operand, op, type ShapeOf, toEntries } from './expression.js';
import { neg, sub } from './operators.js';
import { Parameter, type ParameterOptions } from './parameter.js';
import { CompiledProgram, Program, perAddon } from './program.js';
import { serialize } from './serialize.js';
import { type Broadcast, broadcast, checkShape, type Shape, scalar, showShape, sizeOf } from './shape.js';
import { Variable, type VariableOptions } from './variable.js';

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

/** A name for each entry. */
function entryNames(parts: readonly { readonly name: string; readonly shape: Shape }[]): string[] {
  return parts.flatMap(({ name, shape }) =>
    Array.from({ length: sizeOf('shape', shape) }, (_, k) => entryName(name, shape, k)),
  );
}
