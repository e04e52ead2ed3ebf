// Random small networks, all orders of which are looked at by code that shares nothing with the solver.
import { alignNetworks } from '../../src/discrete/index.js';
import { uniforms } from '../algebra.js';
import type { Claim, Trial } from '../contract/problem.js';
import { asGiven, asLists, distance, drawnNetwork, hidden, inOrder, orders } from './alignJudge.js';

async function tried(
  seed: number,
  widths: readonly number[],
  by: 'weights' | 'activations',
  limits = {},
): ReturnType<Trial> {
  const [a, b] = [drawnNetwork(widths, 2 * seed + 1), drawnNetwork(widths, 2 * seed + 2)];
  const uniform = uniforms(seed + 3);
  const x = Array.from({ length: 9 }, () => Array.from({ length: widths[0] as number }, () => 2 * uniform() - 1));
  const settings = { by, balance: false, starts: 3, ...limits };
  const result = await alignNetworks({ a: asGiven(a), b: asGiven(b), ...(by === 'activations' && { x }) }, settings);
  const { status, objective = Number.NaN, permutations, certificate } = result;
  const wrong: string[] = [];
  const distanceOf = (order: readonly ArrayLike<number>[]): number => {
    if (by === 'weights') return distance(a, inOrder(b, order));
    const moved = inOrder(b, order);
    return x.reduce((sum, row) => {
      const [za, zb] = [hidden(a, row).flat(), hidden(moved, row).flat()];
      return sum + za.reduce((total, value, k) => total + (value - (zb[k] as number)) ** 2, 0) / x.length;
    }, 0);
  };
  for (const [l, order] of permutations.entries()) {
    const sorted = Array.from(order).sort((p, q) => p - q);
    if (sorted.length !== widths[l + 1] || sorted.some((j, k) => j !== k)) wrong.push(`order ${order}`);
  }
  if (distance(asLists(result.network), inOrder(b, permutations)) !== 0) wrong.push('another network than b in order');
  if (status !== 'solved') return { status, wrong };
  const found = distanceOf(permutations);
  if (!(Math.abs(found - objective) <= 1e-12 * (1 + found))) wrong.push(`objective ${objective}, which is ${found}`);
  const least = Math.min(...Array.from(orders(widths.slice(1, -1)), distanceOf));
  const slack = 1e-9 * (certificate.gapScale ?? 0);
  if (certificate.kind === 'global' && !(found <= least + slack)) wrong.push(`${found} above ${least}`);
  if ((certificate.lowerBound ?? -Infinity) > least + 1e-12)
    wrong.push(`bound ${certificate.lowerBound} above ${least}`);
  if (certificate.kind === 'coordinateWise') wrong.push(...betterLayers(permutations, found, distanceOf));
  return { status: certificate.kind, wrong };
}

/** Orders of one layer alone that are better. */
function betterLayers(
  permutations: readonly ArrayLike<number>[],
  found: number,
  distanceOf: (order: readonly ArrayLike<number>[]) => number,
): string[] {
  return permutations.flatMap((own, l) => {
    const others = Array.from(orders([own.length]), ([one = []]) =>
      distanceOf(permutations.map((each, k) => (k === l ? one : each))),
    );
    return others.some((value) => value < found - 1e-10) ? [`another order of layer ${l} is better`] : [];
  });
}

export const trial: Trial = async (seed) => {
  const { wrong } = await tried(seed, seed % 2 ? [2, 4, 3, 2] : [3, 5, 2], 'weights');
  return { status: 'solved', wrong };
};

export const claims: Record<string, Claim> = {
  'one hidden layer': { trial: (seed) => tried(seed, [3, 5, 2], 'weights'), cases: 200, shows: 'global' },
  'several hidden layers': {
    trial: (seed) => tried(seed, [2, 4, 3, 2], 'weights'),
    cases: 200,
    shows: 'coordinateWise',
  },
  activations: { trial: (seed) => tried(seed, [2, 4, 3, 2], 'activations'), cases: 200, shows: 'global' },
  'cut short': {
    trial: (seed) => tried(seed, [2, 4, 3, 2], 'weights', { maxIterations: seed % 3 }),
    cases: 200,
    shows: 'iterationLimit',
  },
};
