import { eachEntry } from '../core/algebra.js';
import { checkMembers, checkVector } from '../core/check.js';
import type { SparseMatrix } from '../core/matrix.js';
import { type Model, toProgram } from '../expressions/model.js';
import { numbers, type Program } from '../expressions/program.js';

/** An entry of a derivative that differs from differences of values. */
export interface WrongEntry {
  derivative: 'gradient' | 'jacobian' | 'hessian';
  /** The variable, of the gradient; the equation, of the Jacobian. */
  row: number;
  /** The variable; absent for the gradient. */
  column?: number;
  /** The derivative of the problem. */
  value: number;
  /** The derivative by differences. */
  difference: number;
  /** `jacobian[2, 0] = 3, differences give 5` */
  message: string;
}

export interface DerivativeCheck {
  /** Nothing wrong was found. */
  ok: boolean;
  wrong: WrongEntry[];
  /** How many entries could be compared: those around which everything is finite. */
  compared: number;
  /** One sentence, or one line for each of the first ten that are wrong. */
  message: string;
}

/**
 * Compares the derivatives of a problem at x, n numbers, with central differences: the gradient with those of the objective, the
 * Jacobian with those of the constraints, and if these are right the Hessian of L = f + multipliers^T c with those of the gradient
 * of L. Also entries that `jacobianEntries` or `hessianEntries` leave out are compared.
 *
 * ```ts
 * const { ok, message } = checkDerivatives(program, [1, 2]);
 * if (!ok) console.error(message); // jacobian[2, 0] = 3, differences give 5
 * ```
 *
 * It evaluates functions 8 n times, on the calling thread. Choose x at random: at special points, such as 0, wrong derivatives
 * are right. `multipliers` default to different numbers around 1.
 *
 * @throws TypeError or RangeError that names the argument; {@link SolverError} `CALLBACK_FAILED` when a callback throws.
 */
export function checkDerivatives(
  problem: Model | Program,
  x: ArrayLike<number>,
  options: { multipliers?: ArrayLike<number> | undefined } = {},
): DerivativeCheck {
  const program = toProgram('problem', problem);
  const point = checkVector('x', x, { length: program.n, per: 'one for each variable' });
  const { multipliers } = checkMembers('options', options, ['multipliers'], 'option');
  const lambda =
    multipliers === undefined
      ? Float64Array.from({ length: program.m }, (_, i) => 1 + ((0.618 * (i + 1)) % 1))
      : numbers('multipliers', multipliers, program.m);
  return new Comparison(program, point, lambda).run();
}

/** Values at a point whose differences are compared. */
interface Values {
  objective: number;
  constraints: Float64Array;
  /** Gradient of L. */
  gradient: () => Float64Array;
}

type Compare = (
  derivative: WrongEntry['derivative'],
  place: [row: number, column?: number],
  value: number,
  of: (values: Values) => number,
) => void;

class Comparison {
  readonly #wrong: WrongEntry[] = [];
  #compared = 0;

  constructor(
    readonly program: Program,
    readonly x: Float64Array,
    readonly lambda: Float64Array,
  ) {}

  run(): DerivativeCheck {
    const { program, x, lambda } = this;
    const { n, m } = program;
    const gradient = program.gradient(x);
    const jacobian = lookUp(program.jacobian(x));
    this.#along((j, compare) => {
      compare('gradient', [j], gradient[j] as number, ({ objective }) => objective);
      for (let i = 0; i < m; ++i) {
        compare('jacobian', [i, j], jacobian(i, j), ({ constraints }) => constraints[i] as number);
      }
    });
    // Differences of wrong derivatives say nothing of the second ones.
    if (this.#wrong.length === 0) {
      const hessian = lookUp(program.hessian(x, lambda));
      this.#along((j, compare) => {
        for (let i = j; i < n; ++i) {
          compare('hessian', [i, j], hessian(i, j), (values) => values.gradient()[i] as number);
        }
      });
    }
    return { ok: this.#wrong.length === 0, wrong: this.#wrong, compared: this.#compared, message: this.#message() };
  }

  /** Calls f for each variable with what compares entries with differences along it. */
  #along(f: (j: number, compare: Compare) => void): void {
    const { x } = this;
    const here = this.#values(x);
    for (let j = 0; j < x.length; ++j) {
      const step = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(x[j] as number));
      const moved = (by: number) => this.#values(x.with(j, (x[j] as number) + by));
      const [below, above, farBelow, farAbove] = [moved(-step), moved(step), moved(-2 * step), moved(2 * step)];
      f(j, (derivative, place, value, of) => {
        const difference = (of(above) - of(below)) / (2 * step);
        const coarse = (of(farAbove) - of(farBelow)) / (4 * step);
        if (!Number.isFinite(difference) || !Number.isFinite(coarse)) return;
        ++this.#compared;
        const size = Math.max(1, Math.abs(of(here)), Math.abs(of(below)), Math.abs(of(above)));
        const rounding = (8 * Number.EPSILON * size) / step;
        const curvature = 2 * Math.abs(difference - coarse);
        const doubt = 1e-5 * Math.max(Math.abs(value), Math.abs(difference)) + curvature + rounding;
        if (Math.abs(value - difference) <= doubt) return;
        const [row, column] = place;
        const message = `${derivative}[${place.join(', ')}] = ${brief(value)}, differences give ${brief(difference)}`;
        this.#wrong.push({ derivative, row, ...(column !== undefined && { column }), value, difference, message });
      });
    }
  }

  #values(x: Float64Array): Values {
    const { program, lambda } = this;
    let gradient: Float64Array | undefined;
    return {
      objective: program.objective(x),
      constraints: program.constraints(x),
      gradient: () => {
        if (gradient) return gradient;
        const ofConstraints = program.jacobianTransposedProduct(x, lambda);
        gradient = program.gradient(x).map((value, j) => value + (ofConstraints[j] as number));
        return gradient;
      },
    };
  }

  #message(): string {
    if (this.#wrong.length === 0) return `${this.#compared} entries agree with differences.`;
    const lines = this.#wrong.slice(0, 10).map(({ message }) => message);
    if (this.#wrong.length > 10) lines.push(`and ${this.#wrong.length - 10} more`);
    return lines.join('\n');
  }
}

/** Rounds to as many digits as differences may have. */
const brief = (value: number): number => Number(value.toPrecision(7));

/** Entries of a matrix, 0 where there are none. */
function lookUp(A: SparseMatrix): (i: number, j: number) => number {
  const columns: Map<number, number>[] = Array.from({ length: A.columns }, () => new Map());
  eachEntry(A, (i, j, value) => {
    columns[j]?.set(i, value);
  });
  return (i, j) => columns[j]?.get(i) ?? 0;
}
