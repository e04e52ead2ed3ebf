// Learners of streams: a play, then the gradient of the loss there, over and over. In TypeScript, since a step costs less than a call of
// native code.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber, checkOneOf, checkVector, show } from '../core/check.js';
import { requireMemory } from '../core/memory.js';
import { type PlayingSet, type Projection, projectionOf, squaredNorm } from './sets.js';

const methods = ['ogd', 'optimistic', 'unbounded', 'drift'] as const;
export type OnlineMethod = (typeof methods)[number];

export interface OnlineSettings {
  /** How many numbers a play has. */
  n: number;
  /**
   * - `'ogd'` (default): gradient descent, x = Pi(x - eta g), eta = D / sqrt(sum ||g||^2)
   * - `'optimistic'`: mirror descent that foretells the last gradient M, x = Pi(h - eta M), h = Pi(h - eta g), eta = D / sqrt(1 + sum ||g - M||^2)
   * - `'unbounded'`: no diameter is needed; regret against any u of order (G ||u|| + L ||u||^2) sqrt(T), up to the root of
   *   a logarithm
   * - `'drift'`: least squares whose solution moves; the step comes from the noise and the speed
   */
  method?: OnlineMethod | undefined;
  /** The set that plays lie in: `{ lower, upper }`, `{ radius }` or `'simplex'`. Default: anywhere. Of `'ogd'` and `'optimistic'`. */
  set?: PlayingSet | undefined;
  /** D, about the distance from the start to the best play. Default: 1. Of `'ogd'` and `'optimistic'`. */
  diameter?: number | undefined;
  /** mu where losses are strongly convex: then eta = 1 / (mu t). Default: 0, not known. Of `'ogd'` and `'optimistic'`. */
  strongConvexity?: number | undefined;
  /** G, which ||g|| does not exceed near 0. Default: 1. Of `'unbounded'`. */
  lipschitz?: number | undefined;
  /** L: ||g|| is at most G + L ||x||. Default: 0. Of `'unbounded'`. */
  growth?: number | undefined;
  /** Standard deviation of the responses' noise. Of `'drift'`, which needs it. */
  noise?: number | undefined;
  /** How far the solution moves in a step, in the 2-norm. Default: learned from the gradients. Of `'drift'`. */
  drift?: number | undefined;
  /** Rows in the mean that a gradient is of. Default: 1. Of `'drift'`. */
  batchSize?: number | undefined;
  /** The squared distance of the start from the solution, as expected. Default: 1. Of `'drift'`. */
  uncertainty?: number | undefined;
}

/** Which settings a method has, beside n and method. */
const known: Record<OnlineMethod, readonly (keyof OnlineSettings)[]> = {
  ogd: ['set', 'diameter', 'strongConvexity'],
  optimistic: ['set', 'diameter', 'strongConvexity'],
  unbounded: ['lipschitz', 'growth'],
  drift: ['noise', 'drift', 'batchSize', 'uncertainty'],
};

/** A learner as JSON. */
export interface OnlineState {
  version: 1;
  settings: OnlineSettings;
  state: Record<string, number | number[]>;
}

/**
 * A learner of a stream: `x` is what it plays, `update(g)` tells it a (sub)gradient of the loss there.
 *
 * Gradients of one step are kept no longer than that step: memory is a few times n.
 *
 * ```ts
 * const learner = onlineLearner({ n: 20, method: 'unbounded', lipschitz: 1 });
 * const prediction = dot(learner.x, features);
 * learner.update(features.map((f) => f * (prediction - y)));
 * ```
 *
 * @throws TypeError or RangeError that names the setting.
 */
export function onlineLearner(settings: OnlineSettings): OnlineLearner {
  const checked = checkSettings(settings);
  return new OnlineLearner(checked, ruleOf(checked));
}

/** A learner that goes on where the one was that wrote this, bit for bit. */
onlineLearner.fromJSON = (json: OnlineState): OnlineLearner => {
  const { version, settings, state } = checkMembers('json', json, ['version', 'settings', 'state']);
  if (version !== 1) throw rangeError(`json.version = ${show(version)}: expected 1`);
  const learner = onlineLearner(withInfinities(settings));
  learner.restore(state);
  return learner;
};

type Checked = Required<Omit<OnlineSettings, 'set' | 'drift'>> & {
  set: PlayingSet | undefined;
  drift: number | undefined;
  projection: Projection;
};

function checkSettings(settings: OnlineSettings): Checked {
  const all = [...new Set(Object.values(known).flat())];
  checkMembers('settings', settings, ['n', 'method', ...all], 'setting');
  const { method = 'ogd', n, set, diameter = 1, strongConvexity = 0, lipschitz = 1, growth = 0 } = settings;
  const { batchSize = 1, uncertainty = 1 } = settings;
  checkOneOf('method', method, methods);
  for (const name of all) {
    if (settings[name] === undefined || known[method].includes(name)) continue;
    throw typeError(
      `unknown setting '${name}' of method '${method}'. Known settings: n, method, ${known[method].join(', ')}`,
    );
  }
  checkInteger('n', n, 1);
  const vectors = 6; // vectors of a method's state and of a play
  requireMemory(8 * vectors * n, () => `n = ${n}: a learner of so many numbers needs`);
  const positive = { lower: 0, open: true };
  const needed = method === 'drift';
  return {
    ...{ method, n, set },
    diameter: checkNumber('diameter', diameter, positive),
    strongConvexity: checkNumber('strongConvexity', strongConvexity, { lower: 0 }),
    lipschitz: checkNumber('lipschitz', lipschitz, positive),
    growth: checkNumber('growth', growth, { lower: 0 }),
    noise: needed ? checkNumber('noise', settings.noise, { lower: 0 }) : 0,
    drift: settings.drift === undefined ? undefined : checkNumber('drift', settings.drift, { lower: 0 }),
    batchSize: checkInteger('batchSize', batchSize, 1),
    uncertainty: checkNumber('uncertainty', uncertainty, positive),
    projection: projectionOf(set, n),
  };
}

/** How a method goes from one play to the next; numbers and vectors in `state` are all that it knows. */
interface Rule {
  readonly state: Record<string, number | Float64Array>;
  /** Changes x, given the gradient there, which is step `t`, from 1 on. */
  next(x: Float64Array, g: Float64Array, t: number): void;
}

function ruleOf(settings: Checked): Rule {
  switch (settings.method) {
    case 'optimistic':
      return optimistic(settings);
    case 'unbounded':
      return unbounded(settings);
    case 'drift':
      return drifting(settings);
    default:
      return descent(settings);
  }
}

/** M. Zinkevich, "Online convex programming and generalized infinitesimal gradient ascent", ICML 2003, with steps by the gradients so far. */
function descent({ projection, diameter, strongConvexity }: Checked): Rule {
  const state = { squares: 0 };
  return {
    state,
    next(x, g, t) {
      state.squares += squaredNorm(g);
      const eta = strongConvexity > 0 ? 1 / (strongConvexity * t) : diameter / Math.sqrt(state.squares);
      if (state.squares > 0) subtract(x, eta, g);
      projection.project(x);
    },
  };
}

/** A. Rakhlin, K. Sridharan, "Online learning with predictable sequences", COLT 2013. */
function optimistic({ n, projection, diameter, strongConvexity }: Checked): Rule {
  const state = { surprises: 0, center: projection.start(n), foretold: new Float64Array(n) };
  const { center, foretold } = state;
  return {
    state,
    next(x, g, t) {
      let surprise = 0;
      for (let j = 0; j < n; ++j) surprise += ((g[j] as number) - (foretold[j] as number)) ** 2;
      state.surprises += surprise;
      const eta = strongConvexity > 0 ? 1 / (strongConvexity * t) : diameter / Math.sqrt(1 + state.surprises);
      subtract(center, eta, g);
      projection.project(center);
      foretold.set(g);
      x.set(center);
      subtract(x, eta, foretold);
      projection.project(x);
    },
  };
}

/**
 * Follows the regularised leader: x = -(S / ||S||) r, psi'(r) = ||S||, with S the sum of the gradients and
 * psi'(r) = 3 min over eta <= 1/G of (ln(r + 1) / eta + eta V) + 2 L sqrt(t) r, V = G^2 + sum min(||g||, G)^2.
 * The regulariser has the order of A. Jacobsen, A. Cutkosky, "Unconstrained online learning with unbounded losses", ICML 2023; its constants
 * are ours.
 */
function unbounded({ n, lipschitz, growth }: Checked): Rule {
  const state = { variance: lipschitz ** 2, gradients: new Float64Array(n) };
  const slope = (r: number, t: number): number => {
    const log = Math.log1p(r);
    const { variance } = state;
    const least =
      Math.sqrt(log / variance) <= 1 / lipschitz
        ? 2 * Math.sqrt(variance * log)
        : lipschitz * log + variance / lipschitz;
    return 3 * least + 2 * growth * Math.sqrt(t) * r;
  };
  return {
    state,
    next(x, g, t) {
      state.variance += Math.min(squaredNorm(g), lipschitz ** 2);
      for (let j = 0; j < n; ++j) state.gradients[j] = (state.gradients[j] as number) + (g[j] as number);
      const size = Math.sqrt(squaredNorm(state.gradients));
      const r = size > 0 ? inverse((at) => slope(at, t), size) : 0;
      for (let j = 0; j < n; ++j) x[j] = r === 0 ? 0 : (-(state.gradients[j] as number) / size) * r;
    },
  };
}

/**
 * Least squares over rows of independent standard normal numbers, whose solution moves by `drift` a step: the step eta that makes the expected
 * squared error r least, r = (1 - 2 eta + eta^2 c) r + eta^2 n s^2 / B + d^2, c = 1 + (n + 1) / B.
 *
 * As E ||g||^2 = c r + n s^2 / B, a gradient observes r: z = (||g||^2 - n s^2 / B) / c. A d that is not given is learned by these, d^2 :=
 * max(0, d^2 + eta^2 / 4 (z - r)), which with r' = (1 - eta) r + d^2 is damped critically; and a z that is eight standard deviations above
 * what is expected is a jump of the solution, after which r is z.
 */
function drifting({ n, noise, drift, batchSize, uncertainty }: Checked): Rule {
  const state = { error: uncertainty, ...(drift === undefined && { speed: 0 }) };
  const c = 1 + (n + 1) / batchSize;
  const ofNoise = (n * noise ** 2) / batchSize;
  const deviation = Math.sqrt(2 / n + 2 / batchSize); // about that of ||g||^2 over its mean
  const stepOf = (r: number) => (r > 0 ? r / (c * r + ofNoise) : 0);
  return {
    state,
    next(x, g) {
      let square = drift === undefined ? 0 : drift ** 2;
      if (state.speed !== undefined) {
        const found = squaredNorm(g);
        const seen = (found - ofNoise) / c;
        if (found > (1 + 8 * deviation) * (c * state.error + ofNoise)) state.error = seen;
        else state.speed = Math.max(0, state.speed + (stepOf(state.error) ** 2 / 4) * (seen - state.error));
        square = state.speed;
      }
      const r = state.error;
      const eta = stepOf(r);
      state.error = (1 - 2 * eta + eta ** 2 * c) * r + eta ** 2 * ofNoise + square;
      subtract(x, eta, g);
    },
  };
}

/** The r >= 0 with f(r) = value, of an increasing f. */
function inverse(f: (r: number) => number, value: number): number {
  if (f(0) >= value) return 0;
  let high = 1;
  while (f(high) < value && high < Number.MAX_VALUE / 2) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  for (let k = 0; k < 200 && high - low > 1e-15 * high; ++k) {
    const middle = (low + high) / 2;
    if (f(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function subtract(x: Float64Array, factor: number, g: Float64Array): void {
  for (let j = 0; j < x.length; ++j) x[j] = (x[j] as number) - factor * (g[j] as number);
}

/** JSON has no infinity: a side of a box that is null is none. */
function withInfinities(settings: OnlineSettings): OnlineSettings {
  const { set } = checkMembers('json.settings', settings, ['n', 'method', ...Object.values(known).flat()]);
  if (typeof set !== 'object' || set === null || 'radius' in set) return settings;
  const revived = (side: unknown, none: number): unknown =>
    Array.isArray(side) ? side.map((value) => value ?? none) : (side ?? none);
  const lower = revived(set.lower, Number.NEGATIVE_INFINITY) as number[];
  return { ...settings, set: { lower, upper: revived(set.upper, Number.POSITIVE_INFINITY) as number[] } };
}

/** The learner that {@link onlineLearner} makes. */
export class OnlineLearner {
  readonly #settings: Checked;
  readonly #rule: Rule;
  readonly #x: Float64Array;
  readonly #sum: Float64Array;
  #steps = 0;
  #played = 0;

  /** @internal */
  constructor(settings: Checked, rule: Rule) {
    this.#settings = settings;
    this.#rule = rule;
    this.#x = settings.projection.start(settings.n);
    this.#sum = new Float64Array(settings.n);
  }

  /** The learner's present point: n numbers, which the next `update` changes. */
  get x(): Float64Array {
    return this.#x;
  }

  /** How many gradients it was told. */
  get steps(): number {
    return this.#steps;
  }

  /** Tells a (sub)gradient, n finite numbers, of the loss at `x`, and makes the next play. @throws TypeError or RangeError that names the entry. */
  update(gradient: ArrayLike<number>): void {
    const g = checkVector('gradient', gradient, { length: this.#settings.n });
    this.#steps += 1;
    for (let j = 0; j < g.length; ++j) {
      this.#played += (g[j] as number) * (this.#x[j] as number);
      this.#sum[j] = (this.#sum[j] as number) + (g[j] as number);
    }
    this.#rule.next(this.#x, g, this.#steps);
  }

  /**
   * sum_t g_t . (x_t - u): of convex losses, at least by how much those of the plays exceed those of playing u all along.
   * @throws TypeError or RangeError that names the entry of `u`.
   */
  regret(u: ArrayLike<number>): number {
    const point = checkVector('u', u, { length: this.#settings.n });
    return this.#sum.reduce((left, value, j) => left - value * (point[j] as number), this.#played);
  }

  /** The learner as JSON, of which {@link onlineLearner.fromJSON} makes one that goes on in the same way. */
  toJSON(): OnlineState {
    const { n, method, set } = this.#settings;
    const own = Object.fromEntries(known[method].map((name) => [name, this.#settings[name]]));
    const numbers = { ...this.#rule.state, steps: this.#steps, played: this.#played, x: this.#x, sum: this.#sum };
    const state = Object.entries(numbers).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : Array.from(value),
    ]);
    return { version: 1, settings: { n, method, ...own, set }, state: Object.fromEntries(state) };
  }

  /** @internal Takes what `toJSON` wrote. */
  restore(state: OnlineState['state']): void {
    const places = { ...this.#rule.state, steps: 0, played: 0, x: this.#x, sum: this.#sum };
    checkMembers('json.state', state, Object.keys(places));
    for (const [name, place] of Object.entries(places)) {
      const value = state[name];
      if (typeof place !== 'number') place.set(checkVector(`json.state.${name}`, value, { length: place.length }));
      else if (name === 'steps') this.#steps = checkInteger('json.state.steps', value, 0);
      else if (name === 'played') this.#played = checkNumber('json.state.played', value);
      else this.#rule.state[name] = checkNumber(`json.state.${name}`, value);
    }
  }
}
