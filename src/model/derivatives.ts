import { eachEntry } from '../algebra.js';
import { checkVector } from '../check.js';
import type { SparseMatrix } from '../matrix.js';
import { type Model, toProgram } from './model.js';
import { numbers, type Program } from './program.js';

/** An entry of a derivative that differs from differences of values. */
export interface WrongEntry {
  derivative: 'gradient' | 'jacobian' | 'hessian';
  /** Of the gradient: the variable. Of the Jacobian: the equation. */
  row: number;
  /** The variable; absent for the gradient. */
  column?: number;
  /** What the problem says. */
  value: number;
  /** What differences give. */
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
 * Jacobian with those of the constraints, the Hessian of L = f + multipliers^T c with those of the gradient of L. Also entries
 * that `jacobianEntries` or `hessianEntries` leave out are compared.
 *
 * ```ts
 * const { ok, message } = checkDerivatives(program, [1, 2]);
 * if (!ok) console.error(message); // jacobian[2, 0] = 3, differences give 5
 * ```
 *
 * It evaluates all functions 4 n times, on the calling thread. Choose x at random: at special points, such as 0, wrong derivatives
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
  const { multipliers } = options;
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
  /** Of L. */
  gradient: Float64Array;
}

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
    const jacobian = byColumn(program.jacobian(x));
    const hessian = byColumn(program.hessian(x, lambda), true);
    const here = this.#values(x);
    for (let j = 0; j < n; ++j) {
      const step = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(x[j] as number));
      const [near, far] = [this.#around(j, step), this.#around(j, 2 * step)];
      const compare = (
        derivative: WrongEntry['derivative'],
        [row, column]: [number, number?],
        value: number,
        of: (values: Values) => number,
      ) => {
        const slope = ([below, above]: [Values, Values], h: number) => (of(above) - of(below)) / (2 * h);
        const [difference, coarse] = [slope(near, step), slope(far, 2 * step)];
        if (!Number.isFinite(difference) || !Number.isFinite(coarse)) return;
        ++this.#compared;
        const rounding =
          (8 * Number.EPSILON * Math.max(1, Math.abs(of(here)), Math.abs(of(near[0])), Math.abs(of(near[1])))) / step;
        const doubt =
          1e-5 * Math.max(Math.abs(value), Math.abs(difference)) + 2 * Math.abs(difference - coarse) + rounding;
        if (Math.abs(value - difference) <= doubt) return;
        const place = column === undefined ? `${row}` : `${row}, ${column}`;
        const message = `${derivative}[${place}] = ${value}, differences give ${Number(difference.toPrecision(6))}`;
        this.#wrong.push({ derivative, row, ...(column !== undefined && { column }), value, difference, message });
      };
      compare('gradient', [j], gradient[j] as number, ({ objective }) => objective);
      for (let i = 0; i < m; ++i) {
        compare('jacobian', [i, j], jacobian(i, j), ({ constraints }) => constraints[i] as number);
      }
      for (let i = j; i < n; ++i) {
        compare('hessian', [i, j], hessian(i, j), (values) => values.gradient[i] as number);
      }
    }
    const lines = this.#wrong.slice(0, 10).map(({ message }) => message);
    const more = this.#wrong.length - lines.length;
    if (more > 0) lines.push(`and ${more} more`);
    return {
      ok: this.#wrong.length === 0,
      wrong: this.#wrong,
      compared: this.#compared,
      message: lines.length > 0 ? lines.join('\n') : `${this.#compared} entries agree with differences.`,
    };
  }

  #around(j: number, step: number): [Values, Values] {
    const [below, above] = [this.x.slice(), this.x.slice()];
    below[j] = (below[j] as number) - step;
    above[j] = (above[j] as number) + step;
    return [this.#values(below), this.#values(above)];
  }

  #values(x: Float64Array): Values {
    const { program, lambda } = this;
    const gradient = program.gradient(x);
    program.jacobianTransposedProduct(x, lambda).forEach((value, j) => {
      gradient[j] = (gradient[j] as number) + value;
    });
    return { objective: program.objective(x), constraints: program.constraints(x), gradient };
  }
}

/** Entries of a matrix, 0 where there are none. */
function byColumn(A: SparseMatrix, symmetric = false): (i: number, j: number) => number {
  const columns: Map<number, number>[] = Array.from({ length: A.columns }, () => new Map());
  eachEntry(A, (i, j, value) => {
    (columns[j] as Map<number, number>).set(i, value);
    if (symmetric) (columns[i] as Map<number, number>).set(j, value);
  });
  return (i, j) => (columns[j] as Map<number, number>).get(i) ?? 0;
}
