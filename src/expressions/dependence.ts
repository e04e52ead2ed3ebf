// Dependence of the functions, bounds and sides of a model: on its variables, and its parameters as if they were variables.
import { addon } from '../core/addon.js';
import type { Constraint } from './constraint.js';
import type { Node } from './expression.js';
import { CompiledProgram, compiled, type Program } from './program.js';
import { serialize } from './serialize.js';
import type { Variable } from './variable.js';

/** Numbers of the parameters that lower and upper bounds are, among all of the model's; -1 for constants. */
export interface BoundParameters {
  lower: Int32Array;
  upper: Int32Array;
}

/** The parts of a model as they are when it is compiled. */
export interface ModelParts {
  readonly owner: object;
  readonly n: number;
  readonly parameterCount: number;
  readonly objective: Node | undefined;
  readonly functions: readonly Node[];
  readonly variables: readonly Variable[];
  readonly constraints: readonly Constraint[];
}

/** A model as a function of x and p, its variables and parameters. */
export class Dependence {
  readonly parts: ModelParts;
  #program: CompiledProgram | undefined;

  constructor(parts: ModelParts) {
    this.parts = parts;
  }

  /** f and c over (x, p). */
  get program(): CompiledProgram {
    const { objective, functions } = this.parts;
    this.#program ??= this.#compile(objective, functions);
    return this.#program;
  }

  /** An expression over (x, p), as an objective without constraints. */
  programOf(expression: Node): CompiledProgram {
    return this.#compile(expression, []);
  }

  /** Parameters that are bounds of variables. */
  get ofBounds(): BoundParameters {
    return parametersOf(this.parts.variables, this.parts.n);
  }

  /** Parameters that are sides of constraints. */
  get ofSides(): BoundParameters {
    return parametersOf(this.parts.constraints, this.program.m);
  }

  #compile(objective: Node | undefined, functions: readonly Node[]): CompiledProgram {
    const n = this.parts.n + this.parts.parameterCount;
    const none = new Float64Array(0);
    const graph = serialize(objective, functions, { parametersAfter: this.parts.n });
    const handle = compiled(() => addon().compile({ n, parameters: none, ...graph }));
    return new CompiledProgram({
      deviceSupport: { flops: 0 },
      handle: () => handle,
      n,
      m: functions.reduce((total, { size }) => total + size, 0),
      start: () => new Float64Array(n),
      parameters: () => none,
      writable: () => handle,
      variableNames: () => [],
      constraintNames: () => [],
    });
  }
}

/** Models by the programs that have been made of them. */
export const dependences = new WeakMap<Program, Dependence>();

function parametersOf(parts: readonly (Variable | Constraint)[], length: number): BoundParameters {
  const found = { lower: new Int32Array(length).fill(-1), upper: new Int32Array(length).fill(-1) };
  for (const { sides, offset } of parts) sides?.parameterNumbers(found.lower, found.upper, offset);
  return found;
}
