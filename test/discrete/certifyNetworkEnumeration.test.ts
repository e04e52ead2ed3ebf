// Smallest margins of networks with several inputs by enumeration. A margin is linear between the planes on which a neuron is 0, so that its minimum
// over a box is at a point where as many of these planes and faces meet as there are inputs. Over a ball it is at such a point of planes alone, or
// where a linear piece is least on the part of the sphere that lies in some planes. All such points are evaluated: those that are of no use do no
// harm, as they are admissible.
import { expect, it } from 'vitest';
import { certifyNetwork } from '../../src/discrete/index.js';
import { dot, norm as length, normals, solved, table } from '../algebra.js';

interface Plane {
  a: number[];
  b: number;
}

/** Subsets of `count` of the numbers below n. */
function* subsets(n: number, count: number, from = 0): Generator<number[]> {
  if (count === 0) return yield [];
  for (let k = from; k < n; ++k) for (const rest of subsets(n, count - 1, k + 1)) yield [k, ...rest];
}

/** The point nearest to x on some planes, and v projected onto their directions. */
function onto(
  planes: readonly Plane[],
  x: readonly number[],
  v: readonly number[],
): { point: number[]; along: number[] } {
  const gram = planes.map(({ a }) => planes.map((other) => dot(a, other.a)));
  const less = (from: readonly number[], values: number[]): number[] => {
    if (planes.length === 0) return [...from];
    const t = solved(gram, values);
    return from.map((each, i) => each - planes.reduce((sum, { a }, k) => sum + (t[k] as number) * (a[i] as number), 0));
  };
  return {
    point: less(
      x,
      planes.map(({ a, b }) => dot(a, x) - b),
    ),
    along: less(
      v,
      planes.map(({ a }) => dot(a, v)),
    ),
  };
}

class Judge {
  readonly #W: number[][]; // a row for each neuron
  readonly #planes: Plane[];

  constructor(
    W1: readonly number[][],
    readonly b: readonly number[],
    readonly W2: readonly number[][],
    readonly right: number,
  ) {
    this.#W = b.map((_, k) => W1.map((row) => row[k] as number));
    this.#planes = b.map((bias, k) => ({ a: this.#W[k] as number[], b: -bias }));
  }

  margin(x: readonly number[]): number {
    const h = this.#W.map((w, k) => Math.max(0, dot(w, x) + (this.b[k] as number)));
    const f = (this.W2[0] as number[]).map((_, c) => h.reduce((sum, z, k) => sum + z * (this.W2[k]?.[c] as number), 0));
    return (f[this.right] as number) - Math.max(...f.filter((_, c) => c !== this.right));
  }

  inBox(x: readonly number[], radius: number): number {
    const faces = x.flatMap((at, i) =>
      [-1, 1].map((sign) => ({ a: x.map((_, j) => Number(i === j)), b: at + sign * radius })),
    );
    const all = [...this.#planes, ...faces];
    let least = this.margin(x);
    for (const chosen of subsets(all.length, x.length)) {
      const meeting = chosen.map((k) => all[k] as Plane);
      const point = solved(
        meeting.map(({ a }) => a),
        meeting.map(({ b }) => b),
      );
      const far = point.some((each, i) => !(Math.abs(each - (x[i] as number)) <= radius * (1 + 1e-12)));
      if (!far) least = Math.min(least, this.margin(point));
    }
    return least;
  }

  inBall(x: readonly number[], radius: number): number {
    let least = this.margin(x);
    const others = (this.W2[0] as number[]).map((_, c) => c).filter((c) => c !== this.right);
    const slopes = Array.from({ length: 2 ** this.b.length }, (_, pattern) =>
      others.map((c) =>
        x.map((_, i) =>
          this.#W.reduce((sum, w, k) => {
            const v = (this.W2[k]?.[this.right] as number) - (this.W2[k]?.[c] as number);
            return sum + ((pattern >> k) & 1) * v * (w[i] as number);
          }, 0),
        ),
      ),
    ).flat();
    for (let count = 0; count <= x.length; ++count) {
      for (const chosen of subsets(this.#planes.length, count)) {
        const meeting = chosen.map((k) => this.#planes[k] as Plane);
        for (const slope of count === x.length ? [x] : slopes) {
          const { point, along } = onto(meeting, x, slope);
          const left = radius ** 2 - point.reduce((sum, each, i) => sum + (each - (x[i] as number)) ** 2, 0);
          if (!(left >= 0)) break;
          const size = length(along);
          const step = count === x.length || size < 1e-12 ? 0 : Math.sqrt(left) / size;
          least = Math.min(least, this.margin(point.map((each, i) => each - step * (along[i] as number))));
        }
      }
    }
    return least;
  }
}

it('finds the smallest margins of 120 random networks with two to four inputs, in both norms', async () => {
  let split = 0;
  for (let seed = 1; seed <= 60; ++seed) {
    const draw = normals(seed);
    const d = 2 + (seed % 3);
    const m = d === 4 ? 6 : 8;
    const classes = 2 + (seed % 2);
    const [W1, W2] = [table(d, m, draw), table(m, classes, draw)];
    const b = Array.from({ length: m }, () => draw());
    const x = table(2, d, draw);
    const radius = [0.1, 0.4, 1.2][seed % 3] as number;
    const network = { layers: [{ weights: W1, biases: b }, { weights: W2 }] };
    for (const norm of ['inf', 'two'] as const) {
      const settings = { norm, radius, goal: 'margin', tolerance: 1e-6 } as const;
      const { status, rows } = await certifyNetwork({ network, x, y: [0, 1] }, settings);
      // The sign of a tie is unknown.
      if (rows.every(({ margin }) => Math.abs(margin) > 1e-6)) expect(status).toBe('solved');
      for (const [i, { margin, bound, nodes }] of rows.entries()) {
        const judge = new Judge(W1, b, W2, i);
        const least = norm === 'inf' ? judge.inBox(x[i] as number[], radius) : judge.inBall(x[i] as number[], radius);
        expect(Math.abs(margin - least), `seed ${seed}, row ${i}, ${norm}`).toBeLessThan(2e-6);
        expect(bound).toBeLessThanOrEqual(least + 1e-9);
        split += Number(nodes > classes - 1);
      }
    }
  }
  expect(split).toBeGreaterThan(100);
});
