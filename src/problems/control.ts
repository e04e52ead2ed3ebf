// Optimal control of Poisson's equation on a grid.

import { addon } from '../core/addon.js';
import { rangeError } from '../core/argumentError.js';
import { type Bounds, checkBounds } from '../core/bounds.js';
import { checkInteger, checkMembers, checkNumber, checkObject, checkVector } from '../core/check.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, toFloat64, toMatrix } from '../core/matrix.js';
import { requireMemory } from '../core/memory.js';
import { compiled, FamilyProgram } from '../expressions/program.js';

export interface ControlOptions {
  /** The target of u, N x N or N^2 numbers row after row. Default: that of Hong et al., two waves. */
  target?: MatrixLike | ArrayLike<number> | undefined;
  /** Factor of ||z||^2 / 2. Default 0.1. */
  weight?: number | undefined;
  /** Right-hand side of the equation, as `target`. Default 0. */
  source?: MatrixLike | ArrayLike<number> | undefined;
  /** 2 N^2 numbers (u, z) to begin with. Default 0. */
  start?: ArrayLike<number> | undefined;
  /** Lower bounds of u: a number for all points, or one for each as in `target`; -Infinity for none. Default: none. */
  stateLower?: number | MatrixLike | ArrayLike<number> | undefined;
  /** Upper bounds of u, likewise; Infinity for none. Default: none. */
  stateUpper?: number | MatrixLike | ArrayLike<number> | undefined;
  /** Lower bounds of z, likewise. Default: none. */
  controlLower?: number | MatrixLike | ArrayLike<number> | undefined;
  /** Upper bounds of z, likewise. Default: none. */
  controlUpper?: number | MatrixLike | ArrayLike<number> | undefined;
}

const members = [
  ...['target', 'weight', 'source', 'start'],
  ...['stateLower', 'stateUpper', 'controlLower', 'controlUpper'],
];

/** The problem that {@link poissonControl} makes: x = (u, z), each N x N row after row. */
export class ControlProgram extends FamilyProgram {
  /** N. */
  readonly side: number;

  /** @internal */
  constructor(side: number, options: ControlOptions) {
    const { target, weight, source, start } = options;
    const points = side * side;
    const request = {
      side,
      target: target === undefined ? waves(side) : onGrid('target', target, side),
      weight: weight === undefined ? 0.1 : checkNumber('weight', weight, { lower: 0, open: true }),
      source: source === undefined ? new Float64Array(points) : onGrid('source', source, side),
    };
    const first =
      start === undefined
        ? new Float64Array(2 * points)
        : checkVector('start', start, { length: 2 * points, per: 'u and z at each point' }).slice();
    super({
      m: points,
      start: first,
      bounds: boundsOf(options, side),
      deviceSupport: { cpuOnly: 'control problems' },
      handle: compiled(() => addon().compileControl(request)),
    });
    this.side = side;
  }

  /** u in a result of {@link minimize}. */
  stateIn(result: { readonly x: ArrayLike<number> }): Matrix {
    return this.#part(result, 0);
  }

  /** z in a result of {@link minimize}. */
  controlIn(result: { readonly x: ArrayLike<number> }): Matrix {
    return this.#part(result, 1);
  }

  #part(result: { readonly x: ArrayLike<number> }, which: 0 | 1): Matrix {
    const x = checkVector('result.x', checkObject('result', result).x, { length: this.n });
    const points = this.n / 2;
    return { data: x.slice(which * points, (which + 1) * points), rows: this.side, columns: this.side };
  }
}

/**
 * Optimal control of Poisson's equation on N x N points inside the square (-1, 1)^2, as a problem for {@link minimize}:
 *
 *     minimise  1/2 ||u - target||^2 + weight/2 ||z||^2  subject to  Lap_h u + z = source,  u = 0 on the border,
 *     stateLower <= u <= stateUpper,  controlLower <= z <= controlUpper
 *
 * Lap_h is the five-point Laplacian, h = 2 / (N + 1); the n = 2 N^2 unknowns are (u, z), with m = N^2 equations.
 *
 * ```ts
 * const problem = poissonControl(64);
 * const result = await minimize(problem);
 * problem.stateIn(result); // 64 x 64
 * ```
 *
 * I. Hong, S. Na, M. W. Mahoney, M. Kolar, ICML 2023, section 4.3, of any size.
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function poissonControl(side: number, options: ControlOptions = {}): ControlProgram {
  checkInteger('side', side, 1);
  const most = 16384;
  if (side > most) throw rangeError(`side = ${side}: expected at most ${most}`);
  const ofPoint = 120; // bytes: target, source, start and bounds of two unknowns, here and as the addon has them, the entries of 12 derivatives
  requireMemory(ofPoint * side * side, () => `side = ${side}, ${2 * side * side} unknowns, needs`);
  return new ControlProgram(side, checkMembers('options', options, members));
}

/** Bounds of (u, z). */
function boundsOf({ stateLower, stateUpper, controlLower, controlUpper }: ControlOptions, side: number): Bounds {
  const none = [stateLower, stateUpper, controlLower, controlUpper].every((bound) => bound === undefined);
  if (none) return {};
  const shape = [side, side];
  const state = checkBounds(
    { name: 'stateLower', value: stateLower },
    { name: 'stateUpper', value: stateUpper },
    shape,
  );
  const control = checkBounds(
    { name: 'controlLower', value: controlLower },
    { name: 'controlUpper', value: controlUpper },
    shape,
  );
  return { lower: joined(state.lower, control.lower), upper: joined(state.upper, control.upper) };
}

function joined(u: Float64Array, z: Float64Array): Float64Array {
  const both = new Float64Array(u.length + z.length);
  both.set(u);
  both.set(z, u.length);
  return both;
}

function onGrid(name: string, value: MatrixLike | ArrayLike<number>, side: number): Float64Array {
  if (!looksLikeMatrix(value)) {
    return checkVector(name, value, { length: side * side, per: 'one for each point' });
  }
  const matrix = toMatrix(name, value);
  if (matrix.rows !== side || matrix.columns !== side) {
    throw rangeError(`${name}: expected ${side} x ${side}, got ${matrix.rows} x ${matrix.columns}`);
  }
  return checkVector(name, toFloat64(matrix));
}

function waves(side: number): Float64Array {
  const e = 0.1 / Math.sqrt(15);
  const from = (k: number) => e * (k + 1 - (side + 1) / 2);
  return Float64Array.from(
    { length: side * side },
    (_, k) => Math.sin(4 + from(Math.floor(k / side))) + Math.cos(3 + from(k % side)),
  );
}
