// A small two-layer network trained by Adam on clean or attacked rows, to compare with: plain loops, nothing of the package.
import type { ReluNetwork } from '../../src/relu/index.js';

export interface Rows {
  x: number[][];
  /** -1 or +1. */
  y: number[];
}

export interface Training {
  neurons: number;
  steps: number;
  /** Weight of (lambda / 2) of all squared weights, beside the mean of the logistic losses. */
  lambda: number;
  seed: number;
  /** Steps of an attack of this radius, in the largest entry, before each step of Adam; 0: none, 1: FGSM. */
  attack: { radius: number; steps: number };
}

/** Inputs are kept within the range of pixels. */
const clamp = (value: number): number => Math.min(1, Math.max(0, value));

export class PlainNetwork {
  readonly #d: number;
  readonly #m: number;
  /** The d + 1 weights of each neuron, the bias last, then all output weights. */
  readonly #weights: Float64Array;

  constructor(d: number, m: number, seed: number) {
    this.#d = d;
    this.#m = m;
    let state = seed * 7919 + 12345;
    const uniform = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const count = m * (d + 1);
    this.#weights = Float64Array.from({ length: count + m }, (_, k) => normal() * (k < count ? Math.sqrt(2 / d) : 0.3));
  }

  train({ x, y }: Rows, { steps, lambda, attack }: Training): void {
    const w = this.#weights;
    const [first, second] = [new Float64Array(w.length), new Float64Array(w.length)];
    const slope = new Float64Array(w.length);
    for (let step = 1; step <= steps; ++step) {
      for (let k = 0; k < w.length; ++k) slope[k] = lambda * (w[k] as number);
      const rows = attack.steps > 0 ? this.attacked({ x, y }, attack) : x;
      for (let i = 0; i < x.length; ++i) this.#addGradient(rows[i] as number[], y[i] as number, 1 / x.length, slope);
      const rate = 0.02 * Math.min(1, 2 * (1 - (step - 1) / steps));
      for (let k = 0; k < w.length; ++k) {
        const g = slope[k] as number;
        first[k] = 0.9 * (first[k] as number) + 0.1 * g;
        second[k] = 0.999 * (second[k] as number) + 0.001 * g * g;
        const mean = (first[k] as number) / (1 - 0.9 ** step);
        const size = Math.sqrt((second[k] as number) / (1 - 0.999 ** step)) + 1e-8;
        w[k] = (w[k] as number) - (rate * mean) / size;
      }
    }
  }

  /** Rows after signed steps against the margin; several are each 2.5 radius / steps long. */
  attacked({ x, y }: Rows, { radius, steps }: { radius: number; steps: number }): number[][] {
    const length = steps === 1 ? radius : (2.5 * radius) / steps;
    const slope = new Float64Array(this.#d);
    return x.map((row, i) => {
      let at = row;
      for (let step = 0; step < steps; ++step) {
        this.#inputGradient(at, slope);
        at = at.map((value, k) => {
          const moved = value - length * (y[i] as number) * Math.sign(slope[k] as number);
          const from = row[k] as number;
          return clamp(Math.min(from + radius, Math.max(from - radius, moved)));
        });
      }
      return at;
    });
  }

  /** The network as the package has them. */
  network(classes: readonly string[]): ReluNetwork {
    const [d, m, w] = [this.#d, this.#m, this.#weights];
    const hidden = new Float64Array(d * m);
    for (let i = 0; i < d; ++i) for (let j = 0; j < m; ++j) hidden[i * m + j] = w[j * (d + 1) + i] as number;
    return {
      activation: 'relu',
      loss: 'logistic',
      bias: true,
      hiddenWeights: { data: hidden, rows: d, columns: m },
      biases: Float64Array.from({ length: m }, (_, j) => w[j * (d + 1) + d] as number),
      outputWeights: { data: w.slice(m * (d + 1)), rows: m, columns: 1 },
      pattern: new Int32Array(m),
      inputScale: new Float64Array(d).fill(1),
      classes,
    };
  }

  #hidden(row: readonly number[], j: number): number {
    const begin = j * (this.#d + 1);
    let z = this.#weights[begin + this.#d] as number;
    for (let i = 0; i < this.#d; ++i) z += (row[i] as number) * (this.#weights[begin + i] as number);
    return z;
  }

  #addGradient(row: readonly number[], y: number, share: number, slope: Float64Array): void {
    const outputs = this.#m * (this.#d + 1);
    const z = Array.from({ length: this.#m }, (_, j) => this.#hidden(row, j));
    const f = z.reduce((sum, each, j) => sum + Math.max(0, each) * (this.#weights[outputs + j] as number), 0);
    const theta = (share * y) / (1 + Math.exp(y * f));
    z.forEach((each, j) => {
      if (each <= 0) return;
      slope[outputs + j] = (slope[outputs + j] as number) - theta * each;
      const back = theta * (this.#weights[outputs + j] as number);
      const begin = j * (this.#d + 1);
      for (let i = 0; i < this.#d; ++i) slope[begin + i] = (slope[begin + i] as number) - back * (row[i] as number);
      slope[begin + this.#d] = (slope[begin + this.#d] as number) - back;
    });
  }

  #inputGradient(row: readonly number[], slope: Float64Array): void {
    const outputs = this.#m * (this.#d + 1);
    slope.fill(0);
    for (let j = 0; j < this.#m; ++j) {
      if (this.#hidden(row, j) <= 0) continue;
      const alpha = this.#weights[outputs + j] as number;
      for (let i = 0; i < this.#d; ++i) {
        slope[i] = (slope[i] as number) + alpha * (this.#weights[j * (this.#d + 1) + i] as number);
      }
    }
  }
}
