import { checkNumber } from '../../core/check.js';
import { fixDeadline } from '../../core/deadline.js';
import type { Status } from '../../core/solve.js';
import type { Label } from '../../core/targets.js';
import {
  type CertifiedRow,
  type CertifyNetworkData,
  type CertifyNetworkResult,
  type CertifyNetworkSettings,
  certifyNetwork,
} from '../certifyNetwork.js';

export type CertifiedRadiusSettings = Omit<CertifyNetworkSettings, 'radius' | 'goal' | 'proof'> & {
  /** The most by which `upper` may exceed `lower`, as a share of `upper`. Default: 0.01. Change it when radii are not accurate enough, or time counts. */
  precision?: number | undefined;
  /** The largest radius that is looked at. Default: 1000 times the largest entry of x, or 1000. Change it when larger changes are out of the question. */
  most?: number | undefined;
};

/** The ends between which the largest radius of a row lies. */
export interface CertifiedRadius {
  /** No change of this size or less makes the prediction wrong: a proof. */
  lower: number;
  /** The size of the change that leads to `x`; Infinity where no change up to `most` was found to matter. */
  upper: number;
  /** An input at the distance `upper` that is predicted wrong. */
  x?: Float64Array;
  /** The other class that it is taken for, as of {@link certifyNetwork}. */
  against?: Label;
}

export interface CertifiedRadiusResult {
  /** `'solved'`: all ends are within `precision`; `'stalled'`: some radii between them are unknown; or the limit that was met. */
  status: Status;
  message: string;
  seconds: number;
  rows: CertifiedRadius[];
}

/**
 * The largest change that provably leaves the prediction of each row as it is: bisection on {@link certifyNetwork}, whose proofs are the
 * lower ends and whose attacks are the upper ones.
 *
 * ```ts
 * const { rows } = await certifiedRadius({ network, x, y }, { norm: 'two' });
 * rows[0]; // { lower: 0.312, upper: 0.314, x, against }
 * ```
 *
 * A row that is predicted wrong as it stands has radius 0. `timeLimit` is for all together; an abort and limits leave ends that are valid.
 *
 * @throws (rejects) what {@link certifyNetwork} throws.
 */
export async function certifiedRadius(
  data: CertifyNetworkData,
  settings: CertifiedRadiusSettings,
): Promise<CertifiedRadiusResult> {
  const { precision = 0.01, most, ...others } = fixDeadline(settings);
  checkNumber('precision', precision, { lower: 0 });
  if (most !== undefined) checkNumber('most', most, { lower: 0 });
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const { timeLimit } = others;
  const certified = (radius: number | number[]): Promise<CertifyNetworkResult> => {
    const left = typeof timeLimit === 'number' ? { timeLimit: Math.max(0, timeLimit - seconds()) } : {};
    return certifyNetwork(data, { ...others, ...left, radius, goal: 'sign' });
  };
  let answer = await certified(0);
  const largest = answer.rows.reduce((all, { x }) => x.reduce((sum, entry) => Math.max(sum, Math.abs(entry)), all), 0);
  const brackets = answer.rows.map((row) => new Bracket(row, largest || 1, most));
  while (!ended(answer.status)) {
    const radii = brackets.map((each) => each.next(precision));
    if (radii.every((radius) => radius === 0)) break;
    answer = await certified(radii);
    for (const [i, row] of answer.rows.entries()) {
      if (radii[i] !== 0) (brackets[i] as Bracket).take(row, radii[i] as number, others.norm);
    }
  }
  const open = brackets.filter((each) => !each.isKnown(precision)).length;
  const found = { seconds: seconds(), rows: brackets.map((each) => each.ends) };
  if (ended(answer.status)) return { status: answer.status, message: answer.message, ...found };
  if (open === 0) return { status: 'solved', message: 'All radii are known to the precision.', ...found };
  const rows = open === 1 ? 'the radius of one row' : `the radii of ${open} rows`;
  return { status: 'stalled', message: `Not to the precision: ${rows}, by maxNodes or rounding.`, ...found };
}

const ended = (status: Status): boolean => status !== 'solved' && status !== 'stalled';

/** definition: the first radius beside the largest entry of x, and the factor between radii until an attack is found. */
const [first, factor] = [1 / 64, 4];

/** The ends of the radius of a row. Between them may lie radii for which neither a proof nor an attack was found. */
class Bracket {
  readonly ends: CertifiedRadius;
  readonly #start: Float64Array;
  readonly #scale: number;
  readonly #most: number;
  /** The least and the largest radius that stayed unknown. */
  #unknown: [number, number] | undefined;

  constructor(row: CertifiedRow, scale: number, most = 1000 * scale) {
    this.ends = { lower: 0, upper: Number.POSITIVE_INFINITY };
    this.#start = row.x;
    this.#scale = scale;
    this.#most = most;
    if (row.verdict === 'attacked') this.#keep(row, 0);
  }

  #keep({ x, against }: CertifiedRow, upper: number): void {
    Object.assign(this.ends, { upper, x, ...(against !== undefined && { against }) });
  }

  /** Returns true if nothing between the ends is left to look at. */
  isKnown(precision: number): boolean {
    return this.#isNarrow(this.ends.lower, this.ends.upper, precision);
  }

  #isNarrow(low: number, high: number, precision: number): boolean {
    if (high === Number.POSITIVE_INFINITY) return low >= this.#most;
    return high - low <= precision * high || high <= Number.EPSILON * this.#scale;
  }

  /** The radius to look at; 0 once there is none. */
  next(precision: number): number {
    const { lower, upper } = this.ends;
    if (!this.#unknown) return this.#between(lower, upper, precision);
    const [low, high] = this.#unknown;
    return this.#between(lower, low, precision) || this.#between(high, upper, precision);
  }

  /** A radius between two, or 0 where they are within the precision. */
  #between(low: number, high: number, precision: number): number {
    if (this.#isNarrow(low, high, precision)) return 0;
    if (high === Number.POSITIVE_INFINITY) return Math.min(this.#most, low === 0 ? first * this.#scale : factor * low);
    if (low === 0) return high / factor;
    const middle = (low + high) / 2;
    return middle > low && middle < high ? middle : 0;
  }

  take(row: CertifiedRow, radius: number, norm: 'inf' | 'two'): void {
    if (row.verdict === 'robust') this.ends.lower = Math.max(this.ends.lower, radius);
    else if (row.verdict === 'attacked') this.#keep(row, Math.min(radius, distance(row.x, this.#start, norm)));
    else
      this.#unknown = [Math.min(this.#unknown?.[0] ?? radius, radius), Math.max(this.#unknown?.[1] ?? radius, radius)];
  }
}

function distance(a: Float64Array, b: Float64Array, norm: 'inf' | 'two'): number {
  const moved = a.map((entry, i) => Math.abs(entry - (b[i] as number)));
  return norm === 'inf' ? moved.reduce((most, entry) => Math.max(most, entry), 0) : Math.hypot(...moved);
}
