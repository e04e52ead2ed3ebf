// Training problems for tests, and what can be said about a network or convex weights without the solver.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Matrix, matrix, type ReluResult } from '../../src/index.js';

export type Rows = number[][];
export type LossName = 'squared' | 'logistic' | 'hinge' | 'softmax' | 'huber';

/** A convex program with its patterns, as the oracle reads it. */
export interface Instance {
  loss: LossName;
  activation: 'relu' | 'gated';
  coupling: 'oneVsAll' | 'frobenius';
  /** The data, with a column of ones where there is a bias. */
  x: Rows;
  y: Rows;
  /** n x P, of 0 and 1. */
  patterns: Rows;
  lambda: number;
  delta: number;
}

/** Numbers from 0 to 1 by a small generator of our own. */
export function uniforms(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Standard normal numbers. */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function table(rows: number, columns: number, entry: (i: number, j: number) => number): Rows {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => entry(i, j)));
}

export const toMatrix = (rows: Rows): Matrix => matrix(rows.length, rows[0]?.length ?? 0, rows.flat());
export const toRows = ({ rows, columns, data }: Matrix): Rows =>
  table(rows, columns, (i, j) => data[i * columns + j] as number);
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
export const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
export const column = (rows: Rows, j: number): number[] => rows.map((row) => row[j] as number);
export const withOnes = (x: Rows): Rows => x.map((row) => [...row, 1]);
export const patternsOf = (x: Rows, gates: Rows): Rows =>
  x.map((row) => (gates[0] ?? []).map((_, i) => (dot(row, column(gates, i)) >= 0 ? 1 : 0)));

/** Targets that a small network with noise gives, in the form that the loss needs. */
export function targets(x: Rows, outputs: number, loss: LossName, draw: () => number): Rows {
  const hidden = table(3 * outputs, x[0]?.length ?? 0, draw);
  return x.map((row) => {
    const f = table(outputs, 1, (k) => {
      const [a, b, c] = hidden.slice(3 * k, 3 * k + 3).map((u) => Math.max(0, dot(row, u))) as [number, number, number];
      return a - b + 0.5 * c + 0.3 * draw();
    }).flat();
    const best = f.indexOf(Math.max(...f));
    if (loss === 'softmax') return f.map((_, k) => (k === best ? 1 : 0));
    return loss === 'logistic' || loss === 'hinge' ? f.map((value) => (value > 0.2 ? 1 : -1)) : f;
  });
}

export function lossValue(loss: LossName, delta: number, f: Rows, y: Rows): number {
  const each = (a: number, b: number): number => {
    const r = Math.abs(a - b);
    switch (loss) {
      case 'squared':
        return (r * r) / 2;
      case 'huber':
        return r <= delta ? (r * r) / 2 : delta * (r - delta / 2);
      case 'hinge':
        return Math.max(0, 1 - a * b);
      default:
        return Math.log1p(Math.exp(-Math.abs(a * b))) + Math.max(0, -a * b);
    }
  };
  return f.reduce((sum, row, i) => {
    const target = y[i] as number[];
    if (loss !== 'softmax') return sum + row.reduce((s, value, k) => s + each(value, target[k] as number), 0);
    const top = Math.max(...row);
    return sum + top + Math.log(row.reduce((s, value) => s + Math.exp(value - top), 0)) - dot(row, target);
  }, 0);
}

/** Minus the gradient of a smooth loss at f. */
export function negativeGradient(loss: LossName, delta: number, f: Rows, y: Rows): Rows {
  return f.map((row, i) => {
    const target = y[i] as number[];
    const top = Math.max(...row);
    const total = row.reduce((s, value) => s + Math.exp(value - top), 0);
    return row.map((value, k) => {
      const t = target[k] as number;
      switch (loss) {
        case 'squared':
          return t - value;
        case 'huber':
          return Math.min(delta, Math.max(-delta, t - value));
        case 'logistic':
          return t / (1 + Math.exp(t * value));
        case 'softmax':
          return t - Math.exp(value - top) / total;
        default:
          throw new Error('the hinge has no gradient');
      }
    });
  });
}

/** A network of ReLU neurons: u_j with the bias last, and a_j. */
export interface Neurons {
  u: Rows;
  a: Rows;
}

export function neuronsOf({ network }: Pick<ReluResult, 'network'>): Neurons {
  const hidden = toRows(network.hiddenWeights);
  const u = Array.from(network.biases, (bias, j) => [...column(hidden, j), ...(network.bias ? [bias] : [])]);
  return { u, a: toRows(network.outputWeights) };
}

export function forward({ u, a }: Neurons, x: Rows, outputs: number): Rows {
  return x.map((row) => {
    const f = new Array<number>(outputs).fill(0);
    u.forEach((weights, j) => {
      const z = Math.max(0, dot(row, weights));
      for (let k = 0; k < outputs; ++k) f[k] = (f[k] as number) + z * (a[j]?.[k] as number);
    });
    return f;
  });
}

/** The non-convex objective: loss and lambda / 2 times the squares of all weights. */
export function networkObjective(neurons: Neurons, { loss, delta, x, y, lambda }: Instance): number {
  const squares = [...neurons.u, ...neurons.a].reduce((sum, weights) => sum + dot(weights, weights), 0);
  return lossValue(loss, delta, forward(neurons, x, y[0]?.length as number), y) + (lambda / 2) * squares;
}

export interface Group {
  sign: 1 | -1;
  output: number;
  pattern: number;
  weights: number[];
}

/** The columns of the convex weights: all patterns of output 0, 1, ..., first of v, then of w. */
export function groupsOf({ convex }: Pick<ReluResult, 'convex'>, outputs: number): Group[] {
  const patterns = convex.gates.columns;
  const weights = toRows(convex.weights);
  return Array.from({ length: convex.weights.columns }, (_, j) => ({
    sign: j < patterns * outputs ? 1 : -1,
    output: Math.floor(j / patterns) % outputs,
    pattern: j % patterns,
    weights: column(weights, j),
  }));
}

/** Predictions sum_i D_i X (v_i - w_i). */
export function convexPredictions(groups: readonly Group[], x: Rows, patterns: Rows, outputs: number): Rows {
  return x.map((row, i) => {
    const f = new Array<number>(outputs).fill(0);
    for (const { sign, output, pattern, weights } of groups) {
      if (patterns[i]?.[pattern] === 1) f[output] = (f[output] as number) + sign * dot(row, weights);
    }
    return f;
  });
}

/** The projection of q onto {v : n v >= 0 for all normals n}, by Hildreth's method on the multipliers. */
export function projection(normalsOfCone: Rows, q: readonly number[], tolerance = 1e-13): number[] {
  const units = normalsOfCone.filter((row) => norm(row) > 0).map((row) => row.map((value) => value / norm(row)));
  const mu = new Array<number>(units.length).fill(0);
  const p = [...q];
  for (let sweep = 0; sweep < 50_000; ++sweep) {
    let moved = 0;
    units.forEach((unit, k) => {
      const change = Math.max(-(mu[k] as number), -dot(unit, p));
      mu[k] = (mu[k] as number) + change;
      moved = Math.max(moved, Math.abs(change));
      unit.forEach((value, j) => {
        p[j] = (p[j] as number) + change * value;
      });
    });
    if (moved <= tolerance * norm(q)) break;
  }
  return p;
}

/** Every pattern of the rows of a two-column x: they change only where a row vanishes, so the middle of each arc between such
 * angles sees all of them. Returned as gates, one a column. */
export function gatesBySweep(x: Rows): Rows {
  const turns = x
    .filter((row) => norm(row) > 0)
    .flatMap(([a, b]) =>
      [0.5, 1.5].map((t) => (Math.atan2(b as number, a as number) + t * Math.PI + 4 * Math.PI) % (2 * Math.PI)),
    );
  const angles = [0, ...turns.sort((a, b) => a - b), 2 * Math.PI];
  const gates = angles.slice(1).flatMap((angle, i) => {
    const before = angles[i] as number;
    const middle = (angle + before) / 2;
    return angle - before > 1e-12 ? [[Math.cos(middle), Math.sin(middle)]] : [];
  });
  return [0, 1].map((j) => column(gates, j));
}

/** One of the problems with known optima beside the repository, if it is there. */
export const folder = new URL('../../../shared/problems/relu/', import.meta.url);
export const available = existsSync(new URL('reference.json', folder));

function csv(name: string): Rows {
  const text = gunzipSync(readFileSync(new URL(`${name}.csv.gz`, folder))).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
}

export function knownProblem(name: string): { x: Rows; y: number[]; gates: Rows } {
  const data = csv(name);
  return {
    x: data.map((row) => row.slice(0, -1)),
    y: data.map((row) => row.at(-1) as number),
    gates: csv(`${name}-gates`),
  };
}

export function knownOptima(): Record<string, Record<string, number>> {
  return JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')).optimum;
}

/** The best networks known, and the best that 50 local runs found, of the problem of the network itself. */
export function bestKnown(
  name: string,
  perRow: number,
): Record<'objective' | 'bestOfLocalRuns' | 'estimatedLowerBound', number> {
  return JSON.parse(readFileSync(new URL('best-known.json', folder), 'utf8')).problems[name][String(perRow)];
}
