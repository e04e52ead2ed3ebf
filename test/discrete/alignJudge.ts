// Judges orders of units by code that shares nothing with the solver: networks as plain lists, all orders by enumeration.
import type { AlignNetworksResult } from '../../src/discrete/index.js';
import { matrix } from '../../src/index.js';
import { uniforms } from '../algebra.js';

export interface Layer {
  /** weights[k][j] from input k to unit j. */
  weights: number[][];
  biases: number[];
}

export interface Lists {
  layers: Layer[];
}

export function drawnNetwork(widths: readonly number[], seed: number): Lists {
  const uniform = uniforms(seed);
  const one = () => uniform() - 0.5;
  const layers = widths.slice(1).map((units, l) => ({
    weights: Array.from({ length: widths[l] as number }, () => Array.from({ length: units }, one)),
    biases: Array.from({ length: units }, one),
  }));
  return { layers };
}

/** The network with unit order[l][i] of hidden layer l at place i. */
export function inOrder({ layers }: Lists, order: readonly ArrayLike<number>[]): Lists {
  return {
    layers: layers.map(({ weights, biases }, l) => {
      const rows = l > 0 ? Array.from(order[l - 1] as ArrayLike<number>, (k) => weights[k] as number[]) : weights;
      const own = order[l];
      if (!own) return { weights: rows, biases };
      const pick = (row: number[]) => Array.from(own, (j) => row[j] as number);
      return { weights: rows.map(pick), biases: pick(biases) };
    }),
  };
}

export function outputs({ layers }: Lists, x: readonly number[]): number[] {
  return layers.reduce<number[]>(
    (z, { weights, biases }, l) =>
      biases.map((b, j) => {
        const sum = z.reduce((total, value, k) => total + value * (weights[k]?.[j] as number), b);
        return l === layers.length - 1 ? sum : Math.max(0, sum);
      }),
    [...x],
  );
}

/** Values of hidden units. */
export function hidden(network: Lists, x: readonly number[]): number[][] {
  return network.layers.slice(0, -1).map((_, l) => {
    const part = { layers: network.layers.slice(0, l + 1) };
    return outputs(part, x).map((value) => Math.max(0, value));
  });
}

export function distance(a: Lists, b: Lists): number {
  const all = (network: Lists) => network.layers.flatMap(({ weights, biases }) => [...weights.flat(), ...biases]);
  const others = all(b);
  return all(a).reduce((sum, value, k) => sum + (value - (others[k] as number)) ** 2, 0);
}

export function* permutations(count: number, begun: number[] = []): Generator<number[]> {
  if (begun.length === count) yield begun;
  for (let j = 0; j < count; ++j) if (!begun.includes(j)) yield* permutations(count, [...begun, j]);
}

/** All orders of the units of several layers. */
export function* orders(units: readonly number[]): Generator<number[][]> {
  const [first, ...rest] = units;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const one of permutations(first)) for (const others of orders(rest)) yield [one, ...others];
}

/** A network as the package takes it. */
export const asGiven = ({ layers }: Lists) => ({
  layers: layers.map(({ weights, biases }) => ({
    weights: matrix(weights.length, biases.length, Float64Array.from(weights.flat())),
    biases: Float64Array.from(biases),
  })),
});

/** The lists of a network of a result. */
export function asLists(network: AlignNetworksResult['network']): Lists {
  const { layers } = network as unknown as ReturnType<typeof asGiven>;
  return {
    layers: layers.map(({ weights: { data, rows, columns }, biases }) => ({
      weights: Array.from({ length: rows }, (_, k) => Array.from(data.subarray(k * columns, (k + 1) * columns))),
      biases: Array.from(biases),
    })),
  };
}
