import { addon, type ModelRequest } from '../core/addon.js';
import { rangeError, typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { acrossCopies } from '../core/brand.js';
import { checkBoolean, checkMembers, entryName, show } from '../core/check.js';
import { requireMemory } from '../core/memory.js';
import { Constraint, type ConstraintOptions } from './constraint.js';
import { type Curvature, curvatureOf, isConvexProgram } from './curvature.js';
import { Dependence, dependences } from './dependence.js';
import { type Expression, type Node, type Operand, op, type ShapeOf, toEntries } from './expression.js';
import { add, neg, sub } from './operators.js';
import { Parameter, type ParameterOptions } from './parameter.js';
import { type CompiledParts, CompiledProgram, PerAddon, Program } from './program.js';
import { closingsOf, kinkOf } from './rowModel.js';
import { compiledRows } from './rowProgram.js';
import { type ColumnLike, type Rows, RowTable, requireClosed } from './rows.js';
import { isLargeGraph, serialize } from './serialize.js';
import {
  type Broadcast,
  broadcast,
  checkShape,
  type Lengths,
  type Shape,
  sameShape,
  scalar,
  showShape,
  sizeOf,
} from './shape.js';
import { type BoundLike, isData, Sides, shapeOfSide, type Written } from './sides.js';
import { type BinaryOptions, Variable, type VariableOptions } from './variable.js';

/**
 * A problem for {@link minimize} made of expressions:
 *
 *     minimise  f(x)  subject to  cl <= c(x) <= cu,  xl <= x <= xu      or  maximise  -f(x), by {@link Model.maximize}
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
 * It is compiled once, at the first solve, into native code with exact derivatives. New starts and parameter values, parameters
 * that are bounds included, need no compilation; another variable, parameter, objective or constraint does.
 */
export class Model {
  static {
    acrossCopies(Model, 'Model');
  }

  readonly #variables: Variable[] = [];
  readonly #parameters: Parameter[] = [];
  readonly #constraints: Constraint[] = [];
  readonly #functions: Node[] = [];
  #objective: Node | undefined;
  #sense: 'minimize' | 'maximize' = 'minimize';
  #n = 0;
  #m = 0;
  #parameterCount = 0;
  #program: CompiledProgram | undefined;
  readonly #outputs = new Map<string, Expression>();

  /** How many numbers the variables have. */
  get n(): number {
    return this.#n;
  }

  /** How many numbers the constraints have. */
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
  variable<S extends Shape>(shape: S, options?: VariableOptions): Variable<Lengths<S>>;
  variable(shape: number | Shape, options?: VariableOptions): Variable;
  variable(first?: number | Shape | VariableOptions, second?: VariableOptions): Variable {
    const { shape, options } = shapeAndOptions<VariableOptions>(first, second, [
      'start',
      'lower',
      'upper',
      'name',
      'integer',
    ]);
    const n = sizeOf('variable', [this.#n + sizeOf('variable', shape)]);
    const ofVariable = 150; // bytes: its start here and in the addon, and about two numbers of expressions with derivatives beside them
    requireMemory(ofVariable * n, () => `a model of n = ${n} variables needs`);
    const size = n - this.#n;
    const name = nameOf(options.name, `v${this.#variables.length}`);
    const { start, lower, upper } = options;
    const integer = options.integer === undefined ? false : checkBoolean('integer', options.integer);
    const bounds =
      lower === undefined && upper === undefined
        ? undefined
        : this.#sides(
            'variable',
            { lower: { name: 'lower', value: lower }, upper: { name: 'upper', value: upper } },
            shape,
          );
    const node = { op: op.variables, size, owner: this, inputs: [], integers: [this.#n] };
    const made = new Variable(shape, node, { name, offset: this.#n, start, sides: bounds, integer });
    this.#variables.push(made);
    this.#n += size;
    this.#program = undefined;
    return made;
  }

  /**
   * An integer variable with bounds 0 and 1, which {@link minimizeGlobally} takes: a scalar, a vector of n, or a matrix of [rows, columns].
   * @throws TypeError or RangeError that names the argument and the value.
   */
  binary(options?: BinaryOptions): Variable<readonly []>;
  binary(n: number, options?: BinaryOptions): Variable<readonly [number]>;
  binary<S extends Shape>(shape: S, options?: BinaryOptions): Variable<Lengths<S>>;
  binary(first?: number | Shape | BinaryOptions, second?: BinaryOptions): Variable {
    const { shape, options } = shapeAndOptions<BinaryOptions>(first, second, ['start', 'name']);
    return this.variable(shape, { ...options, lower: 0, upper: 1, integer: true });
  }

  /**
   * A parameter: a scalar, a vector of n, or a matrix of [rows, columns], constant in a solve. It needs a value before the first one.
   * @throws TypeError or RangeError that names the argument and the value.
   */
  parameter(options?: ParameterOptions): Parameter<readonly []>;
  parameter(n: number, options?: ParameterOptions): Parameter<readonly [number]>;
  parameter<S extends Shape>(shape: S, options?: ParameterOptions): Parameter<Lengths<S>>;
  parameter(shape: number | Shape, options?: ParameterOptions): Parameter;
  parameter(first?: number | Shape | ParameterOptions, second?: ParameterOptions): Parameter {
    const { shape, options } = shapeAndOptions<ParameterOptions>(first, second, ['value', 'name']);
    const size = sizeOf('parameter', [this.#parameterCount + sizeOf('parameter', shape)]) - this.#parameterCount;
    const name = nameOf(options.name, `p${this.#parameters.length}`);
    const node = { op: op.parameters, size, owner: this, inputs: [], integers: [this.#parameterCount] };
    const made = new Parameter(shape, node, name, this.#parameterCount, options.value);
    this.#parameters.push(made);
    this.#parameterCount += size;
    this.#program = undefined;
    return made;
  }

  /**
   * Rows of data: columns by name, each a number in every row or a matrix, dense or sparse, with a vector in every row. In a formula a
   * column is that of ONE row, and {@link RowTable.mean}, `sum` or `max` makes a number of all rows of it:
   *
   * ```ts
   * const rows = model.rows({ x: X, y: labels }); // X of N x 784
   * const W = model.variable([10, 784], { start: glorot() });
   * model.minimize(rows.mean(crossEntropy(matvec(W, rows.x), rows.y)));
   * ```
   *
   * {@link RowTable.replace} gives it other data without compiling anything. Typed arrays are kept, not copied, until a solve reads them.
   * @throws TypeError or RangeError that names the column and what was expected.
   */
  rows<Data extends Record<string, ColumnLike>>(data: Data): Rows<Data> {
    return new RowTable(this, data) as Rows<Data>;
  }

  /**
   * Gives an expression a name, by which {@link evaluate} has its value; one of a row, such as `softmax(logits)`, is a prediction for
   * each row. Replaces an earlier one of that name.
   * @throws RangeError or TypeError for a name that is none, or an expression of another model.
   */
  output(name: string, expression: Operand): void {
    const found = toEntries('expression', expression);
    this.#own('output', found.node);
    this.#outputs.set(nameOf(name, ''), found);
  }

  /** The outputs that {@link Model.output} has named. */
  get outputs(): ReadonlyMap<string, Expression> {
    return this.#outputs;
  }

  /**
   * f, a scalar; replaces an earlier one. Without an objective any point that meets bounds and constraints will do.
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
    const found = toEntries('objective', objective);
    requireClosed(sense, found);
    const { shape, node } = found;
    if (shape.length > 0) throw rangeError(`${sense}: shape ${showShape(shape)}: expected a scalar`);
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
    broadcast('equal', left.shape, right.shape);
    return this.#constrain('equal', rhs === 0 ? left : sub(left, right), undefined, options);
  }

  /**
   * lhs <= rhs, entry by entry; a scalar goes with any shape. Numbers (Infinity: no side) and parameters on the right are data of a
   * solve, of which new values need no compilation.
   * @throws TypeError or RangeError that names the argument and the value.
   */
  atMost<A extends Operand, B extends Operand>(
    lhs: A,
    rhs: B,
    options?: ConstraintOptions,
  ): Constraint<Broadcast<ShapeOf<A>, ShapeOf<B>>>;
  atMost(lhs: Operand, rhs: Operand, options: ConstraintOptions = {}): Constraint {
    return this.#inequality('atMost', lhs, rhs, options);
  }

  /** lhs >= rhs, entry by entry, as for {@link Model.atMost}. */
  atLeast<A extends Operand, B extends Operand>(
    lhs: A,
    rhs: B,
    options?: ConstraintOptions,
  ): Constraint<Broadcast<ShapeOf<A>, ShapeOf<B>>>;
  atLeast(lhs: Operand, rhs: Operand, options: ConstraintOptions = {}): Constraint {
    return this.#inequality('atLeast', lhs, rhs, options);
  }

  /**
   * low <= e <= high, entry by entry, for numbers or parameters low and high, as for {@link Model.atMost}. Where both are the same
   * it is {@link Model.equal}.
   * @throws TypeError or RangeError that names the argument and the value, such as a low[i] above high[i].
   */
  between<A extends Operand, L extends BoundLike, U extends BoundLike>(
    e: A,
    low: L,
    high: U,
    options?: ConstraintOptions,
  ): Constraint<Broadcast<Broadcast<ShapeOf<A>, ShapeOf<L>>, ShapeOf<U>>>;
  between(e: Operand, low: BoundLike, high: BoundLike, options: ConstraintOptions = {}): Constraint {
    const middle = toEntries('e', e);
    for (const [name, side, write] of [
      ['low', low, 'atLeast(e, low)'],
      ['high', high, 'atMost(e, high)'],
    ] as const) {
      if (isData(side)) continue;
      throw typeError(`${name} = ${side}: expected numbers or a parameter; of an expression write ${write}`);
    }
    const shape = broadcast(
      'between',
      broadcast('between', middle.shape, shapeOfSide('low', low)),
      shapeOfSide('high', high),
    );
    const written = { lower: { name: 'low', value: low }, upper: { name: 'high', value: high } };
    const sides = this.#sides('between', written, shape);
    if (sides.areSame) return this.equal(e, low, options);
    return this.#constrain('between', inFull(middle, shape), sides, options);
  }

  #inequality(operation: 'atMost' | 'atLeast', lhs: Operand, rhs: Operand, options: ConstraintOptions): Constraint {
    const left = toEntries('lhs', lhs);
    const shape = broadcast(operation, left.shape, shapeOfSide('rhs', rhs));
    const difference = isData(rhs) ? undefined : sub(left, toEntries('rhs', rhs));
    const side = { name: 'rhs', value: difference ? 0 : rhs };
    const none = { name: 'rhs', value: undefined };
    const written = operation === 'atMost' ? { lower: none, upper: side } : { lower: side, upper: none };
    const sides = this.#sides(operation, written, shape);
    return this.#constrain(operation, difference ?? inFull(left, shape), sides, options);
  }

  #constrain(
    operation: string,
    expression: Expression,
    sides: Sides | undefined,
    options: ConstraintOptions,
  ): Constraint {
    const { shape, node } = expression;
    const { name } = checkOptions(options, ['name']);
    requireClosed(operation, expression);
    this.#own(operation, node);
    const made = new Constraint(shape, nameOf(name, `c${this.#constraints.length}`), this.#m, sides);
    this.#m = sizeOf(operation, [this.#m + node.size]);
    this.#constraints.push(made);
    this.#functions.push(node);
    this.#program = undefined;
    return made;
  }

  #sides(operation: string, written: Written, shape: Shape): Sides {
    const sides = new Sides(written, shape);
    for (const { node } of sides.parameters) this.#own(operation, node);
    return sides;
  }

  /**
   * The program that {@link minimize} solves, for evaluations of f, c and their derivatives. It is made once and again only after
   * the model has changed; starts and values of parameters are always the present ones. With an objective of its own it is another program, which the model does not keep.
   * @throws RangeError when there are no variables.
   */
  compile(other?: Expression): CompiledProgram {
    if (this.#program && !other) return this.#program;
    const n = this.#n;
    if (n === 0) throw rangeError('model: expected at least one variable');
    const [objective, functions] = [other ? other.node : this.#objective, this.#functions.slice()];
    const common = { ...this.#compiledParts(), ...(other && { sense: 'minimize' as const }) };
    const keep = (program: CompiledProgram): CompiledProgram => {
      if (!other) this.#program = program;
      return program;
    };
    if (closingsOf([objective, ...functions]).length > 0)
      return keep(new CompiledProgram(compiledRows({ ...common, objective, functions, each: [] })));
    const request = () => ({ n, parameters: this.#parameterValues(), ...serialize(objective, functions) });
    const { handle, ahead } = compiledFor(request);
    const free = [...this.#variables, ...this.#constraints].every(({ sides }) => sides === undefined);
    const program = new CompiledProgram({
      ...common,
      // Derivatives are computed on the host.
      deviceSupport: free ? { flops: 0 } : { cpuOnly: 'models with bounds or inequalities' },
      handle,
      ahead,
      writable: () => (this.#parameterCount === 0 ? handle(addon()) : addon().compile(request())),
      kink: kinkOf([objective, ...functions]),
    });
    dependences.set(
      program,
      new Dependence({
        owner: this,
        n,
        parameterCount: this.#parameterCount,
        objective,
        functions,
        variables: this.#variables.slice(),
        constraints: this.#constraints.slice(),
      }),
    );
    return keep(program);
  }

  /** Parts of a program, however its functions are compiled. */
  #compiledParts() {
    return {
      n: this.#n,
      m: this.#m,
      sense: this.#sense,
      variables: this.#variables.slice(),
      parameterCount: this.#parameterCount,
      integers: integersOf(this.#variables),
      start: (seed = 0) => startsOf(this.#variables, this.#n, seed),
      bounds: () => this.#bounds(),
      parameters: () => this.#givenParameterValues(),
      variableNames: () => entryNames(this.#variables),
      constraintNames: () => entryNames(this.#constraints),
    };
  }

  /**
   * The curvature of an expression as a function of the variables: `'convex'` and `'concave'`, `'affine'` where it is both,
   * `'constant'` where there are no variables in it, `'unknown'` where the rules do not tell, which all the same may be convex. An expression
   * of several numbers has what all of them have. Parameters and rows of data are constants with the signs of their present values.
   *
   * ```ts
   * model.curvature(rows.mean(huber(sub(dot(w, rows.x), rows.y)))); // 'convex'
   * model.curvature(mul(x, y)); // 'unknown'
   * ```
   *
   * Source: the rules of M. Grant, S. Boyd, Y. Ye, "Disciplined convex programming", 2006.
   * @throws TypeError when it is no expression of this model.
   */
  curvature(expression: Operand): Curvature {
    const { node } = toEntries('expression', expression);
    this.#own('curvature', node);
    return curvatureOf(node, this.#knownParameterValues());
  }

  /**
   * Returns true if the problem is known to be convex by the rules of {@link Model.curvature}: to minimise a convex objective or maximise a concave
   * one, over affine equations, convex functions that are at most, and concave ones that are at least so much. Then what {@link minimize}
   * calls `'solved'` is a global minimum to its tolerance. A model with integers is not.
   */
  isConvex(): boolean {
    if (this.#variables.some(({ integer }) => integer)) return false;
    const { constraintsLower: lower, constraintsUpper: upper } = this.#bounds();
    let end = 0;
    const constraints = this.#functions.map((node) => {
      const [begin, size] = [end, node.size];
      end += size;
      const has = (side: Float64Array | undefined) => side?.subarray(begin, begin + size).some(Number.isFinite) ?? true;
      return { node, lower: has(lower), upper: has(upper) };
    });
    return isConvexProgram(this.#objective, constraints, this.#knownParameterValues());
  }

  /** @internal The program whose functions are expressions: of rows, a value for each. */
  compileOutputs(expressions: readonly Expression[]): CompiledProgram {
    const nodes = expressions.map(({ node }) => node);
    return new CompiledProgram(
      compiledRows({
        ...this.#compiledParts(),
        objective: undefined,
        functions: nodes.filter(({ rows }) => rows === undefined),
        each: nodes.filter(({ rows }) => rows !== undefined),
      }),
    );
  }

  /**
   * @internal The program whose constraints are the entries of an expression, for least squares. Those of the model are left out.
   * @throws RangeError for an expression with kinks, TypeError for an expression of another model.
   */
  compileResiduals(expression: Operand): CompiledProgram {
    const residuals = toEntries('residuals', expression);
    this.#own('residuals', residuals.node);
    requireClosed('residuals', residuals);
    const kink = kinkOf([residuals.node]);
    if (kink !== undefined) throw rangeError(`residuals: have a kink, of ${kink}: expected smooth functions`);
    const n = this.#n;
    const request = () => ({
      n,
      parameters: this.#parameterValues(),
      ...serialize(undefined, [residuals.node]),
    });
    const { handle, ahead } = compiledFor(request);
    return new CompiledProgram({
      ...this.#compiledParts(),
      m: residuals.node.size,
      sense: 'minimize',
      bounds: () => ({ ...this.#bounds(), constraintsLower: undefined, constraintsUpper: undefined }),
      deviceSupport: { cpuOnly: 'least squares' },
      handle,
      ahead,
      writable: () => handle(addon()),
    });
  }

  /** The present bounds. None are left out, so that a model of equations alone is solved as such. */
  #bounds(): Bounds {
    const x = gathered(this.#variables, this.#n, -Infinity, Infinity);
    const c = gathered(this.#constraints, this.#m, 0, 0);
    return { lower: x?.lower, upper: x?.upper, constraintsLower: c?.lower, constraintsUpper: c?.upper };
  }

  /** @throws RangeError that names a parameter without a value. */
  #givenParameterValues(): Float64Array {
    const unset = this.#parameters.find(({ isSet }) => !isSet);
    if (!unset) return this.#parameterValues();
    const how = 'model.parameter({ value }) or parameter.set(value)';
    throw rangeError(`parameter ${unset.name}: expected a value, by ${how}, before a solve or an evaluation`);
  }

  /** Values of the parameters, NaN where there is none. */
  #knownParameterValues(): Float64Array {
    const values = this.#parameterValues();
    let offset = 0;
    for (const { isSet, size } of this.#parameters) {
      if (!isSet) values.fill(Number.NaN, offset, offset + size);
      offset += size;
    }
    return values;
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
    throw typeError(`${operation}: expected an expression of this model, got one of another model`);
  }
}

/** Handles of a model in the addons, made now, or where it is large when a solve needs it: it reads the model beside this thread. */
function compiledFor(request: () => ModelRequest): Pick<CompiledParts, 'handle' | 'ahead'> {
  let first: ModelRequest | undefined = request();
  const large = isLargeGraph(first);
  const { handle, ahead } = new PerAddon(
    (): ModelRequest => {
      const model = first ?? request();
      first = undefined;
      return large ? { ...model, unread: true } : model;
    },
    (native, model) => native.compile(model),
  );
  if (large) return { handle, ahead };
  handle(addon());
  return { handle };
}

/** A problem argument in the form that is solved. */
export function toProgram(name: string, problem: unknown): Program {
  if (problem instanceof Model) return problem.compile();
  if (problem instanceof Program) return problem;
  throw typeError(
    `${name} = ${show(problem)}: expected a Model, or what readNl, fromCallbacks or a problem family gives`,
  );
}

function shapeAndOptions<Options extends object>(
  first: number | Shape | Options | undefined,
  second: Options | undefined,
  names: readonly string[],
): { shape: Shape; options: Options } {
  const withoutShape = first === undefined || (typeof first === 'object' && first !== null && !Array.isArray(first));
  const options = (withoutShape ? (first ?? second) : second) ?? {};
  const meant = names.find((name) => name === 'value' || name === 'start');
  if (typeof first === 'number' && !Number.isInteger(first)) {
    throw rangeError(`shape = ${first}: expected an integer >= 1: did you mean { ${meant}: ${first} }?`);
  }
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
  if (typeof name !== 'string') throw typeError(`name = ${show(name)}: expected a string`);
  if (/^[^\s]+$/.test(name)) return name;
  throw rangeError(`name = ${show(name)}: expected characters without blanks between them`);
}

/** The starts of variables, n numbers in all. */
function startsOf(variables: readonly Variable[], n: number, seed: number): Float64Array {
  const starts = new Float64Array(n);
  for (const variable of variables) variable.copyStart(starts, seed);
  return starts;
}

/** The places in x of the integer variables. */
function integersOf(variables: readonly Variable[]): Int32Array {
  const integer = variables.filter((variable) => variable.integer);
  return Int32Array.from(integer.flatMap(({ offset, size }) => Array.from({ length: size }, (_, k) => offset + k)));
}

/** The bounds of variables or sides of constraints, `low` and `high` of those that have none; undefined where no one has any. */
function gathered(
  parts: readonly (Variable | Constraint)[],
  length: number,
  low: number,
  high: number,
): { lower: Float64Array; upper: Float64Array } | undefined {
  if (parts.every(({ sides }) => sides === undefined)) return undefined;
  requireMemory(16 * length, () => `bounds of ${length} variables or constraints need`);
  const lower = new Float64Array(length).fill(low);
  const upper = new Float64Array(length).fill(high);
  for (const { sides, offset, name } of parts) sides?.copyTo(lower, upper, offset, name);
  return lower.every((value) => value === low) && upper.every((value) => value === high) ? undefined : { lower, upper };
}

/** An expression with all the entries of a shape: a scalar as often as there are entries. */
function inFull(expression: Expression, shape: Shape): Expression {
  if (sameShape(expression.shape, shape)) return expression;
  const zeros = new Float64Array(sizeOf('constraint', shape));
  const [rows, columns] = shape;
  return add(expression, columns === undefined ? zeros : { data: zeros, rows: rows as number, columns });
}

/** A name for each entry. */
function entryNames(parts: readonly { readonly name: string; readonly shape: Shape }[]): string[] {
  return parts.flatMap(({ name, shape }) =>
    Array.from({ length: sizeOf('shape', shape) }, (_, k) => entryName(name, shape, k)),
  );
}
