// Random small assignments, all of which are looked at by code that shares nothing with the solver.
import { assign } from '../../src/discrete/index.js';
import { uniforms } from '../algebra.js';
import type { Claim, Trial } from '../contract/problem.js';
import { type Costs, leastSum, refutedAssignment } from './assignJudge.js';

/** Ways to draw a cost. */
const kinds: Record<string, (uniform: () => number) => number> = {
  real: (uniform) => 2 * uniform() - 1,
  ties: (uniform) => Math.floor(4 * uniform()),
  sizes: (uniform) => (uniform() - 0.5) * 10 ** Math.round(16 * uniform() - 8),
  'nearly equal': (uniform) => 1e6 + 1e-9 * uniform(),
};

function drawn(seed: number, how: keyof typeof kinds, forbidden: number): { cost: number[][]; maximize: boolean } {
  const uniform = uniforms(seed + 1);
  const [n, m] = [1 + Math.floor(6 * uniform()), 1 + Math.floor(6 * uniform())];
  const maximize = uniform() < 0.3;
  const kind = kinds[how] as (typeof kinds)[string];
  const none = maximize ? -Infinity : Infinity;
  const cost = Array.from({ length: n }, () =>
    Array.from({ length: m }, () => (uniform() < forbidden ? none : kind(uniform))),
  );
  return { cost, maximize };
}

async function tried({ cost, maximize }: { cost: Costs; maximize: boolean }, limits = {}): ReturnType<Trial> {
  const result = await assign(cost as number[][], { maximize, ...limits });
  const { status, objective = Number.NaN, certificate } = result;
  const wrong = refutedAssignment(cost, result, maximize);
  const turned = (value: number) => (maximize ? -value : value);
  const least = leastSum(cost.map((row) => row.map(turned)));
  if ((status === 'infeasible') !== (least === Infinity) && status !== 'iterationLimit')
    wrong.push(`${status}, least sum ${least}`);
  if (status === 'solved' && certificate.kind !== 'global') wrong.push(`solved, ${certificate.kind}`);
  const gap = turned(objective) - least;
  const slack = 2e-9 * (certificate.gapScale ?? 0);
  if (status === 'solved' && !(gap <= slack)) wrong.push(`objective ${objective}, least ${turned(least)}`);
  if (
    turned((maximize ? certificate.upperBound : certificate.lowerBound) ?? turned(-Infinity)) >
    least + 1e-15 * Math.abs(least)
  ) {
    wrong.push('a bound above the least sum');
  }
  return { status, wrong };
}

const names = Object.keys(kinds);

export const trial: Trial = (seed) =>
  tried(drawn(seed, names[seed % names.length] as string, seed % 3 === 0 ? 0.3 : 0));

export const claims: Record<string, Claim> = {
  infeasible: { trial: (seed) => tried(drawn(seed, 'ties', 0.75)), cases: 400, shows: 'infeasible' },
  ties: { trial: (seed) => tried(drawn(seed, 'ties', 0.2)), cases: 400 },
  'cut short': {
    trial: (seed) => tried(drawn(seed, 'real', 0.1), { maxIterations: seed % 2 }),
    cases: 400,
    shows: 'iterationLimit',
  },
};
