// The largest Sharpe ratio within bounds, by an active-set method.
import { dot, multiply } from '../core/algebra.js';
import { warmStartPoint } from '../core/warmStart.js';
import {
  clamped,
  cornerAt,
  isWithin,
  largest,
  type Market,
  noReturn,
  objectiveAt,
  type Polytope,
  resultAt,
} from './portfolio.js';
import { type Limited, Sequence } from './sequence.js';
import type { FractionalResult } from './solver.js';
import { affineSquared, nonNegative, quadratic } from './terms.js';

/**
 * Some assets are held at their other bound, all others may have any y >= 0: scaled to any sum that is one ratio of non-negative
 * numbers. Of its minimiser, assets beyond their other bound get held, and assets that are held but had better have less are freed,
 * until there are neither: the optimality conditions, which for this ratio are sufficient. When a choice of assets comes again,
 * every step is cut at the bounds and one asset changes at a time, so that the ratio only rises.
 */
export async function withinBounds(market: Market, polytope: Polytope, settings: Limited): Promise<FractionalResult> {
  const method = new ActiveSet(market, polytope, settings);
  for (;;) {
    const result = await method.step();
    if (result) return result;
  }
}

/** Bounds seen from those that are all finite: w = base + sign y with y >= 0, up to `other`. */
interface Side {
  sign: 1 | -1;
  base: Float64Array;
  other: Float64Array;
}

/** The best portfolio of a choice of held assets. */
interface Face {
  w: Float64Array;
  /** How much risk falls, relative to all of it, for each unit of weight that moves from an asset to those that are free. */
  gain: Float64Array;
  result: FractionalResult;
}

/** Least gain for which a held asset is freed. */
const worthFreeing = 1e-6;

class ActiveSet {
  readonly #market: Market;
  readonly #polytope: Polytope;
  readonly #side: Side;
  readonly #solves: Sequence;
  /** Assets whose two bounds are equal. */
  readonly #fixed: readonly boolean[];
  /** The best portfolio so far. */
  #w: Float64Array;
  /** Assets that are held at their other bound. */
  #held: readonly boolean[];
  /** Choices of held assets that were tried. */
  readonly #tried = new Set<string>();
  /** True if one asset changes at a time, since a choice has come again. */
  #cautious = false;
  /** The objective when an asset was last freed cautiously. */
  #objectiveBefore = Number.POSITIVE_INFINITY;

  constructor(market: Market, polytope: Polytope, settings: Limited) {
    const { lower, upper } = polytope;
    const fromBelow = lower.every(Number.isFinite);
    this.#market = market;
    this.#polytope = polytope;
    this.#side = fromBelow ? { sign: 1, base: lower, other: upper } : { sign: -1, base: upper, other: lower };
    this.#solves = new Sequence(settings);
    this.#fixed = Array.from(this.#side.base, (value, i) => value === this.#side.other[i]);
    this.#w = cornerAt(
      market.excess.map((value) => -value),
      polytope,
    );
    const earned = dot(market.excess, this.#w);
    if (!(earned > 0)) throw noReturn(earned);
    const given = warmStartPoint(settings.warmStart, { length: market.excess.length, per: 'as many as mu' });
    const usable = given && isWithin(given, polytope) && dot(market.excess, given) > 0;
    if (usable) this.#w = clamped(given, polytope);
    this.#held = usable ? this.#atOther() : this.#fixed;
  }

  /** Solves for the assets that are held now, and holds and frees others; the result, where there are none. */
  async step(): Promise<FractionalResult | undefined> {
    const face = await this.#solve();
    if (face === undefined) {
      this.#cautious = true;
      this.#held = this.#atOther();
      return undefined;
    }
    const beyond = this.#beyond(face.w);
    const { step, blocking } = cutAt(this.#w, face.w, beyond, this.#side.other);
    this.#moveTowards(face.w, step, blocking);
    if (face.result.status !== 'solved') return this.#end(face.result, face.result.message);

    const gains = Float64Array.from(face.gain, (gain, i) => (this.#held[i] && !this.#fixed[i] ? gain : 0));
    const worst = largest(gains);
    if (beyond.length === 0 && !((gains[worst] as number) > worthFreeing)) return this.#optimal(face.result);
    if (this.#cautious) return beyond.length > 0 ? this.#hold(blocking) : this.#free(worst, face.result);
    this.#held = this.#held.map((is, i) => beyond.includes(i) || (is && !((gains[i] as number) > worthFreeing)));
    return undefined;
  }

  /** The best portfolio of the assets held; undefined where it was tried before, or none has a return. */
  async #solve(): Promise<Face | undefined> {
    const choice = this.#held.map(Number).join('');
    const again = this.#tried.has(choice);
    this.#tried.add(choice);
    if (again && !this.#cautious) return undefined;
    return bestOnFace(this.#market, this.#side, this.#held, this.#w, this.#solves);
  }

  /** Assets that are at their other bound in the best portfolio so far. */
  #atOther(): boolean[] {
    return Array.from(this.#w, (value, i) => value === this.#side.other[i]);
  }

  /** Free assets that are beyond their other bound. */
  #beyond(w: Float64Array): number[] {
    const { sign, other } = this.#side;
    return Array.from(w.keys()).filter(
      (i) => !this.#held[i] && sign * ((w[i] as number) - (other[i] as number)) > 1e-12,
    );
  }

  /** Goes a part of the way to `target`, up to the bound of the blocking asset, unless that is no better. */
  #moveTowards(target: Float64Array, step: number, blocking: number): void {
    const next = this.#w.map((value, i) =>
      blocking === i ? (this.#side.other[i] as number) : value + step * ((target[i] as number) - value),
    );
    if (this.#cautious || objectiveAt(next, this.#market) < objectiveAt(this.#w, this.#market)) {
      this.#w = clamped(next, this.#polytope);
    }
  }

  #hold(blocking: number): undefined {
    this.#held = this.#held.map((is, i) => is || i === blocking);
  }

  /** Frees one asset; the result, where that has not helped the last time. */
  #free(worst: number, result: FractionalResult): FractionalResult | undefined {
    const objective = objectiveAt(this.#w, this.#market);
    if (!(objective < this.#objectiveBefore)) {
      const message = `Stopped where rounding hides what would be better: letting go of weight ${worst} changes nothing.`;
      return this.#end({ ...result, status: 'stalled' }, message);
    }
    this.#objectiveBefore = objective;
    this.#held = this.#held.map((is, i) => is && i !== worst);
    return undefined;
  }

  #optimal(result: FractionalResult): FractionalResult {
    const bound = this.#held.filter((is, i) => is && !this.#fixed[i]).length;
    const which = this.#side.sign > 0 ? 'upper' : 'lower';
    return this.#end(result, `${bound} weights at their ${which} bounds, ${this.#tried.size} choices of them tried.`);
  }

  #end(result: FractionalResult, message: string): FractionalResult {
    return resultAt(this.#w, this.#market, this.#solves.total(result, message));
  }
}

/** A ratio of non-negative numbers x, whose sum does not matter, for the portfolios of a face. */
interface FaceRatio {
  /** The weights at x = 0: of held assets at `other`, of free ones at `base`. */
  anchor: Float64Array;
  /** The rest of the sum 1 for the free assets. */
  room: number;
  free: readonly number[];
  /** True if nothing is left: x is a multiple of the anchor. */
  corner: boolean;
  Q: Float64Array;
  earned: Float64Array;
  start: Float64Array;
}

/** The ratio on a face; undefined where no weights sum to 1 on it. */
function ratioOnFace(
  { excess, covariance, exposure }: Market,
  { sign, base, other }: Side,
  held: readonly boolean[],
  near: Float64Array,
): FaceRatio | undefined {
  const n = excess.length;
  const anchor = base.map((value, i) => (held[i] ? (other[i] as number) : value));
  const room = anchor.reduce((left, value) => left - sign * value, sign);
  if (room < -1e-12) return undefined;
  const free = Array.from(base.keys()).filter((i) => !held[i]);
  const corner = !(room > 1e-12);
  // x = p sum(y) + sign y with p = anchor / room, for any sum(y); at a corner x is a multiple of the anchor.
  const p = corner ? anchor : anchor.map((value) => value / room);
  const gross = p.reduce((sum, value) => sum + value, 0);
  const product = multiply(covariance, p).map((value) => value + exposure * gross);
  const own = dot(p, product);
  const F = corner ? 1 : free.length;
  const Q = new Float64Array(F * F).fill(own);
  const earned = new Float64Array(F).fill(dot(p, excess));
  const start = new Float64Array(F).fill(1);
  if (!corner) {
    free.forEach((i, k) => {
      earned[k] = (earned[k] as number) + sign * (excess[i] as number);
      start[k] = Math.max(0, sign * ((near[i] as number) - (base[i] as number)));
      free.forEach((j, l) => {
        const entry = (covariance.data[Math.max(i, j) * n + Math.min(i, j)] as number) + exposure;
        Q[k * F + l] = own + sign * ((product[i] as number) + (product[j] as number)) + entry;
      });
    });
  }
  return { anchor, room, free, corner, Q, earned, start };
}

/** The best w with the held assets at `other`, none beyond `base`; undefined if there is none with a return. */
async function bestOnFace(
  market: Market,
  side: Side,
  held: readonly boolean[],
  near: Float64Array,
  solves: Sequence,
): Promise<Face | undefined> {
  const ratio = ratioOnFace(market, side, held, near);
  if (ratio === undefined) return undefined;
  const { anchor, room, free, corner, Q, earned, start } = ratio;
  if (!(dot(earned, start) > 0)) start.fill(0)[largest(earned)] = 1;
  if (!(dot(earned, start) > 0)) return undefined;
  const result = await solves.next({
    numerator: [quadratic({ data: Q, rows: earned.length, columns: earned.length }), nonNegative()],
    denominator: affineSquared(earned.map((value) => value * Math.SQRT1_2)),
    start,
  });

  const sum = result.x.reduce((total, value) => total + value, 0);
  const w = anchor.slice();
  if (!corner) {
    free.forEach((i, k) => {
      w[i] = (w[i] as number) + (side.sign * room * (result.x[k] as number)) / sum;
    });
  }
  const slope = slopesAt(w, market, side.sign);
  const level = corner
    ? Math.min(...free.map((i) => slope[i] as number))
    : free.reduce((mean, i, k) => mean + ((slope[i] as number) * (result.x[k] as number)) / sum, 0);
  return { w, gain: slope.map((value) => value - level), result };
}

/** How the logarithm of the ratio rises with each y at w. */
function slopesAt(w: Float64Array, { excess, covariance, exposure }: Market, sign: 1 | -1): Float64Array {
  const total = w.reduce((all, value) => all + value, 0);
  const pull = multiply(covariance, w).map((value) => value + exposure * total);
  const [variance, earned] = [dot(w, pull), dot(excess, w)];
  return pull.map((value, i) => sign * (value / variance - (excess[i] as number) / earned));
}

/** How far one can go from w to the target, at most 1, and which of the assets beyond their bounds is blocking. */
function cutAt(
  w: Float64Array,
  target: Float64Array,
  beyond: readonly number[],
  other: Float64Array,
): { step: number; blocking: number } {
  let [step, blocking] = [1, -1];
  for (const i of beyond) {
    const reach = ((other[i] as number) - (w[i] as number)) / ((target[i] as number) - (w[i] as number));
    if (reach < step) [step, blocking] = [Math.max(0, reach), i];
  }
  return { step, blocking };
}
