// Adversarial attacks on trained networks: FGSM and projected gradient steps.
import { rangeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber, checkOneOf, checkSignal, checkVector, show } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import { Interrupted, Monitor } from '../core/iterate.js';
import { looksLikeMatrix, type Matrix, type MatrixLike, toFloat64, toMatrix } from '../core/matrix.js';
import { uniforms } from '../core/random.js';
import { checkedValues, type Targets } from '../core/targets.js';
import { imputed } from '../predict/products.js';
import { checkNetwork, type NetworkOrResult, norm2, type ReluNetwork, score, toTargetUnits } from './network.js';

/** The perturbations that an adversary may add to a row: anything of at most this norm, in the units of x. */
export interface ReluAdversary {
  /** `'inf'`: the largest entry; `'two'`: the Euclidean length. */
  norm: 'inf' | 'two';
  /** A number >= 0. */
  radius: number;
}

export interface AttackData {
  /** The network that is attacked, or a result with one. */
  network: NetworkOrResult;
  /** Rows. */
  x: MatrixLike;
  /** The targets of the rows, as for {@link score}. */
  y: Targets;
}

export interface AttackSettings extends ReluAdversary {
  /**
   * `'fgsm'`: one step of full length along the gradient (its signs for `'inf'`) at x (Goodfellow, Shlens, Szegedy 2015). `'pgd'`: steps
   * that are projected onto the ball, the best point met of all (Madry et al. 2018). Default: `'pgd'`.
   */
  method?: 'fgsm' | 'pgd' | undefined;
  /** Steps of `'pgd'` from each start, at most 10,000; fewer where a step moves nothing. Default: 40. */
  steps?: number | undefined;
  /** Length of a step of `'pgd'` in the norm. Default: 2.5 radius / steps. */
  stepSize?: number | undefined;
  /** Starts of `'pgd'` at random points of the ball, beside that at x itself; at most 10,000. 0: none. Default: 1. */
  restarts?: number | undefined;
  /** Smallest and largest value that an input may have, such as [0, 1] of pixels. Default: any. */
  range?: readonly [number, number] | undefined;
  /** Integer seed of the random starts. Default: 0. */
  seed?: number | undefined;
  /** Seconds after which the attack ends with what it has found. Default: none. */
  timeLimit?: number | undefined;
  /** Ends the attack when it is aborted, with what was found. */
  signal?: AbortSignal | undefined;
  /** Milliseconds from the call after which the attack ends with what it has found. Default: none. */
  deadline?: number | undefined;
}

export interface AttackResult {
  /** `'complete'`, or what ended the attack before: rows that it had not come to are as they were given. */
  status: 'complete' | 'timeLimit' | 'aborted';
  /** The rows as attacked, each within the radius of the row given. */
  x: Matrix;
  /**
   * How well each row of `x` is predicted: of classes the output of the right one less the largest other (with one output for two
   * classes y f), negative where the attack has its way; of numbers minus the largest error of an output.
   */
  margins: Float64Array;
  /** The {@link score} on the attacked rows. */
  score: number;
}

/**
 * Looks for perturbations of the rows of x, of at most a radius, under which a trained network predicts worst: of classes the smallest
 * margin, of numbers the largest error. What it finds is an upper bound on the worst case: a better search may find more. For what is
 * certified see the setting `adversary` of {@link trainReluNetwork}.
 *
 * I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015; A. Madry, A. Makelov, L. Schmidt,
 * D. Tsipras, A. Vladu, "Towards deep learning models resistant to adversarial attacks", ICLR 2018.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument.
 */
export async function attack(data: AttackData, settings: AttackSettings): Promise<AttackResult> {
  const { network: given, x, y } = checkMembers('data', data, ['network', 'x', 'y']);
  const wanted = checkedSettings(fixDeadline(settings));
  const network = checkNetwork(given);
  const rows = imputed(toMatrix('x', x), network.means);
  const { rows: d } = network.hiddenWeights;
  if (rows.columns !== d) throw rangeError(`columns of x = ${rows.columns}: expected ${d}, as the network has`);
  const judge = judgeOf(network, y, rows.rows);
  const found = { data: Float64Array.from(toFloat64(rows)), rows: rows.rows, columns: d };
  const margins = new Float64Array(rows.rows);
  const monitor = new Monitor(wanted.timeLimit, wanted);
  const attacker = new Attacker(network, judge, wanted, monitor);
  for (let i = 0; i < rows.rows; ++i) {
    margins[i] = await attacker.attack(i, found.data.subarray(i * d, (i + 1) * d));
  }
  return { status: attacker.status, x: found, margins, score: score(network, found, y) };
}

type Wanted = Required<{ [K in keyof Omit<AttackSettings, 'signal' | 'deadline'>]: NonNullable<AttackSettings[K]> }> &
  Pick<AttackSettings, 'signal' | 'deadline'>;

/** The most steps, and starts, that a row is attacked with. */
const most = 10_000;

function checkCount(name: string, value: unknown, least: number): number {
  const count = checkInteger(name, value, least);
  if (count > most) throw rangeError(`${name} = ${count}: expected an integer in [${least}, ${most}]`);
  return count;
}

function checkedSettings(settings: AttackSettings): Wanted {
  const names = ['norm', 'radius', 'method', 'steps', 'stepSize', 'restarts', 'range', 'seed'] as const;
  const given = checkMembers('settings', settings, [...names, 'timeLimit', 'signal', 'deadline'], 'setting');
  const { norm, method = 'pgd', steps = 40, restarts = 1, seed = 0, timeLimit = Number.POSITIVE_INFINITY } = given;
  checkOneOf('norm', norm, ['inf', 'two']);
  checkOneOf('method', method, ['fgsm', 'pgd']);
  const radius = checkNumber('radius', given.radius, { lower: 0 });
  checkCount('steps', steps, 1);
  if (timeLimit !== Number.POSITIVE_INFINITY) checkNumber('timeLimit', timeLimit, { lower: 0 });
  const range =
    given.range === undefined ? unlimited : checkVector('range', given.range, { length: 2, infinite: true });
  const [low, high] = range as unknown as [number, number];
  if (!(low < high)) throw rangeError(`range = [${low}, ${high}]: expected the smaller number first`);
  const stepSize = checkNumber('stepSize', given.stepSize ?? (2.5 * radius) / steps, { lower: 0 });
  return {
    ...{ norm, radius, method, steps: method === 'fgsm' ? 1 : steps },
    stepSize: method === 'fgsm' ? radius : stepSize,
    restarts: method === 'fgsm' ? 0 : checkCount('restarts', restarts, 0),
    range: [low, high],
    seed: checkInteger('seed', seed, 0),
    timeLimit,
    signal: checkSignal('signal', given.signal),
    deadline: given.deadline,
  };
}

const unlimited = Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

/** The margin of a row's outputs, and its derivative in them, which goes into `slope`. */
type Judge = (row: number, outputs: Float64Array, slope: Float64Array) => number;

function judgeOf(network: ReluNetwork, y: Targets, rows: number): Judge {
  const { classes, loss } = network;
  if (classes) {
    const numbers = Array.from(checkedValues(y, rows), (label) => classes.indexOf(label as never));
    const unknown = numbers.indexOf(-1);
    if (unknown >= 0) {
      throw rangeError(`y[${unknown}] = ${show((y as ArrayLike<unknown>)[unknown])}: expected a class of the network`);
    }
    if (network.outputWeights.columns === 1) return (row, f, slope) => signed(numbers[row] === 1 ? 1 : -1, f, slope);
    return (row, f, slope) => ofClass(numbers[row] as number, f, slope);
  }
  const columns = network.outputWeights.columns;
  const truth = looksLikeMatrix(y) ? toFloat64(toMatrix('y', y)) : checkVector('y', y);
  if (truth.length !== rows * columns) {
    throw rangeError(`y: expected ${rows} x ${columns} numbers, got ${truth.length}`);
  }
  const of = (row: number) => truth.subarray(row * columns, (row + 1) * columns);
  if (loss === 'softmax') return (row, f, slope) => ofClass(of(row).indexOf(Math.max(...of(row))), f, slope);
  if (loss === 'squared' || loss === 'huber') return (row, f, slope) => ofNumbers(of(row), f, slope);
  return (row, f, slope) => smallestOf(of(row), f, slope);
}

function signed(sign: number, f: Float64Array, slope: Float64Array): number {
  slope[0] = sign;
  return sign * (f[0] as number);
}

function ofClass(right: number, f: Float64Array, slope: Float64Array): number {
  let other = right === 0 ? 1 : 0;
  for (let j = 0; j < f.length; ++j) {
    if (j !== right && (f[j] as number) > (f[other] as number)) other = j;
  }
  slope.fill(0);
  slope[right] = 1;
  slope[other] = -1;
  return (f[right] as number) - (f[other] as number);
}

/** The smallest y f of several questions. */
function smallestOf(y: Float64Array, f: Float64Array, slope: Float64Array): number {
  let worst = 0;
  for (let j = 1; j < f.length; ++j) {
    if ((y[j] as number) * (f[j] as number) < (y[worst] as number) * (f[worst] as number)) worst = j;
  }
  slope.fill(0);
  slope[worst] = y[worst] as number;
  return (y[worst] as number) * (f[worst] as number);
}

function ofNumbers(y: Float64Array, f: Float64Array, slope: Float64Array): number {
  let worst = 0;
  const error = (j: number) => (f[j] as number) - (y[j] as number);
  for (let j = 1; j < f.length; ++j) if (Math.abs(error(j)) > Math.abs(error(worst))) worst = j;
  slope.fill(0);
  // At an error of zero either side is a way down.
  slope[worst] = error(worst) < 0 ? 1 : -1;
  return -Math.abs(error(worst));
}

/** Attacks rows one after the other. */
class Attacker {
  readonly #network: ReluNetwork;
  readonly #judge: Judge;
  readonly #wanted: Wanted;
  readonly #d: number;
  readonly #m: number;
  readonly #c: number;
  readonly #z: Float64Array;
  readonly #active: Uint8Array;
  readonly #outputs: Float64Array;
  readonly #slope: Float64Array;
  readonly #gradient: Float64Array;
  readonly #before: Float64Array;
  #uniform = uniforms(0);
  /** Tells when the attack is to end, and when other work of the process is due, which a step of a wide network may hold up by milliseconds. */
  readonly #monitor: Monitor;
  status: AttackResult['status'] = 'complete';

  constructor(network: ReluNetwork, judge: Judge, wanted: Wanted, monitor: Monitor) {
    this.#monitor = monitor;
    this.#network = network;
    this.#judge = judge;
    this.#wanted = wanted;
    this.#d = network.hiddenWeights.rows;
    this.#m = network.hiddenWeights.columns;
    this.#c = network.outputWeights.columns;
    this.#z = new Float64Array(this.#m);
    this.#active = new Uint8Array(this.#m);
    this.#outputs = new Float64Array(this.#c);
    this.#slope = new Float64Array(this.#c);
    this.#gradient = new Float64Array(this.#d);
    this.#before = new Float64Array(this.#d);
  }

  /** Replaces a row by the worst point found, where the attack has not ended; returns its margin. */
  async attack(row: number, x: Float64Array): Promise<number> {
    if (this.#ending) await this.#pause();
    if (this.status !== 'complete') return this.#evaluate(row, x);
    const { method, steps, restarts, seed } = this.#wanted;
    this.#uniform = uniforms(Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b));
    const center = Float64Array.from(x);
    const at = Float64Array.from(x);
    let worst = Number.POSITIVE_INFINITY;
    const consider = () => {
      const margin = this.#evaluate(row, at);
      if (margin < worst) {
        worst = margin;
        x.set(at);
      }
    };
    for (let start = 0; start <= restarts && this.status === 'complete'; ++start) {
      at.set(center);
      if (start > 0) this.#randomPoint(center, at);
      if (method === 'fgsm') this.#evaluate(row, at);
      else consider();
      for (let step = 0; step < steps; ++step) {
        if (this.#ending) await this.#pause();
        if (this.status !== 'complete' || !this.#descend(center, at)) break;
        consider();
      }
    }
    // FGSM may have moved nothing.
    return Number.isFinite(worst) ? worst : this.#evaluate(row, x);
  }

  /** Returns true if the attack is to end, or other work of the process is due. */
  get #ending(): boolean {
    return this.#monitor.due || this.#monitor.aborted || this.#monitor.outOfTime;
  }

  async #pause(): Promise<void> {
    try {
      await this.#monitor.pause();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.status = this.#monitor.aborted ? 'aborted' : 'timeLimit';
    }
  }

  /** The margin at x, with its gradient in x. */
  #evaluate(row: number, x: Float64Array): number {
    this.#forward(x);
    const margin = this.#judge(row, this.#outputs, this.#slope);
    const { hiddenWeights, outputWeights, inputScale, targetScale } = this.#network;
    this.#gradient.fill(0);
    for (let j = 0; j < this.#m; ++j) {
      if (!this.#active[j]) continue;
      let factor = 0;
      for (let k = 0; k < this.#c; ++k) {
        const scale = targetScale?.[k] ?? 1;
        factor += scale * (this.#slope[k] as number) * (outputWeights.data[j * this.#c + k] as number);
      }
      if (factor === 0) continue;
      for (let i = 0; i < this.#d; ++i) {
        this.#gradient[i] = (this.#gradient[i] as number) + factor * (hiddenWeights.data[i * this.#m + j] as number);
      }
    }
    for (let i = 0; i < this.#d; ++i) this.#gradient[i] = (this.#gradient[i] as number) / (inputScale[i] as number);
    return margin;
  }

  /** The outputs at x, and which neurons are active. */
  #forward(x: Float64Array): void {
    const { hiddenWeights, biases, outputWeights, gates, pattern } = this.#network;
    this.#z.set(biases);
    this.#addProducts(x, hiddenWeights, this.#z);
    let open: Float64Array | undefined;
    if (gates) {
      open = new Float64Array(gates.columns);
      if (gates.rows > this.#d) open.set(gates.data.subarray(this.#d * gates.columns, (this.#d + 1) * gates.columns));
      this.#addProducts(x, gates, open);
    }
    this.#outputs.fill(0);
    for (let j = 0; j < this.#m; ++j) {
      const z = this.#z[j] as number;
      this.#active[j] = (open ? (open[pattern[j] as number] as number) >= 0 : z > 0) ? 1 : 0;
      if (!this.#active[j]) continue;
      for (let k = 0; k < this.#c; ++k) {
        this.#outputs[k] = (this.#outputs[k] as number) + z * (outputWeights.data[j * this.#c + k] as number);
      }
    }
    toTargetUnits(this.#network, this.#outputs);
  }

  /** to += z W with z = (x - inputShift) / inputScale and the first d rows of W. */
  #addProducts(x: Float64Array, weights: Matrix, to: Float64Array): void {
    const { inputScale, inputShift } = this.#network;
    const { data, columns } = weights;
    for (let i = 0; i < this.#d; ++i) {
      const z = ((x[i] as number) - (inputShift?.[i] ?? 0)) / (inputScale[i] as number);
      if (z === 0) continue;
      for (let j = 0; j < columns; ++j) to[j] = (to[j] as number) + z * (data[i * columns + j] as number);
    }
  }

  /** A step against the gradient, back into the ball and the range; false where it moves nothing, as the next one would then. */
  #descend(center: Float64Array, at: Float64Array): boolean {
    const { norm, stepSize } = this.#wanted;
    this.#before.set(at);
    const length = norm === 'inf' ? 1 : norm2(this.#gradient);
    for (let i = 0; i < this.#d; ++i) {
      const slope = this.#gradient[i] as number;
      const direction = norm === 'inf' ? Math.sign(slope) : length > 0 ? slope / length : 0;
      at[i] = (at[i] as number) - stepSize * direction;
    }
    this.#project(center, at);
    return at.some((value, i) => value !== this.#before[i]);
  }

  #project(center: Float64Array, at: Float64Array): void {
    const { norm, radius, range } = this.#wanted;
    const moved = (i: number) => (at[i] as number) - (center[i] as number);
    let share = 1;
    if (norm === 'two') {
      let squares = 0;
      for (let i = 0; i < this.#d; ++i) squares += moved(i) ** 2;
      if (squares > radius * radius) share = radius / Math.sqrt(squares);
    }
    for (let i = 0; i < this.#d; ++i) {
      const step = norm === 'two' ? share * moved(i) : Math.min(radius, Math.max(-radius, moved(i)));
      const [low, high] = range;
      const from = center[i] as number;
      // Numbers outside of the range before the attack do not come in by it.
      at[i] = Math.min(Math.max(from + step, Math.min(low, from)), Math.max(high, from));
    }
  }

  /** A point of the ball: uniform in the cube, or in a random direction. */
  #randomPoint(center: Float64Array, at: Float64Array): void {
    const { norm, radius } = this.#wanted;
    for (let i = 0; i < this.#d; ++i) {
      const draw = norm === 'inf' ? 2 * this.#uniform() - 1 : this.#uniform() + this.#uniform() + this.#uniform() - 1.5;
      at[i] = (center[i] as number) + draw * radius;
    }
    this.#project(center, at);
  }
}
