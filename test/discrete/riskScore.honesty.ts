// Random small problems, all cards of which are looked at by code that shares nothing with the solver.
import { riskScore } from '../../src/discrete/index.js';
import { type Change, uniforms } from '../algebra.js';
import type { Claim, Trial } from '../contract/problem.js';
import { degenerateRows, roughened } from '../contract/rough.js';
import { allCards, lossOf, smallProblem } from './riskScoreJudge.js';

const asItIs: Change = (x) => x;

/** Returns true if column j is constant, equal to column k, or the same constant less it. */
function standsFor(x: readonly number[][], j: number, k: number | undefined): boolean {
  const pairs = x.map((row) => [row[j] as number, k === undefined ? 0 : (row[k] as number)] as const);
  const [first = [0, 0]] = pairs;
  return (
    pairs.every(([a, b]) => a - b === first[0] - first[1]) || pairs.every(([a, b]) => a + b === first[0] + first[1])
  );
}

async function tried(seed: number, changed: Change, limits = {}): ReturnType<Trial> {
  const problem = smallProblem(seed);
  const { data, settings } = problem;
  data.x = changed(data.x, seed);
  const w = data.sampleWeight ?? data.y.map(() => 1);
  const result = await riskScore(data, { ...settings, ...limits });
  const { status, objective = Number.NaN, intercept, scale, points, certificate } = result;
  const wrong: string[] = [];
  // Of equal columns one is looked at, which the certificate says.
  const out = new Set(result.leftOut.map(({ name }) => name));
  const { names } = data;
  const cards = allCards(problem).filter(({ points }) =>
    points.every((v, j) => v === 0 || !out.has(names[j] as string)),
  );
  const best = cards[0]?.objective ?? Number.NaN;
  for (const { name, sameAs } of result.leftOut) {
    if (!standsFor(data.x, names.indexOf(name), sameAs === undefined ? undefined : names.indexOf(sameAs))) {
      wrong.push(`${name} is not the same as ${sameAs}`);
    }
    if (sameAs !== undefined && certificate.over !== 'distinctColumns') wrong.push(`over ${certificate.over}`);
  }
  const { lowerBound = -Infinity } = certificate;
  if (lowerBound > best + 1e-9) wrong.push(`bound ${lowerBound} above ${best}`);
  if (!Number.isFinite(objective)) return { status, wrong };
  const totals = data.x.map((row) => row.reduce((sum, value, j) => sum + value * (points[j] as number), 0));
  const size = Array.from(points).filter((v) => v !== 0).length;
  const found = lossOf(totals, data.y, w, scale, intercept) + settings.price * size;
  // Scores are as accurate as their terms.
  const largest = totals.reduce((most, total) => Math.max(most, Math.abs(scale * total)), Math.abs(intercept));
  if (!(Math.abs(found - objective) <= 1e-11 * (1 + objective) + 1e-15 * largest))
    wrong.push(`objective ${objective}, which is ${found}`);
  if (size > settings.maxSize) wrong.push(`${size} features instead of ${settings.maxSize}`);
  if (Array.from(points).some((v) => v !== 0 && !settings.points.includes(v))) wrong.push(`points ${points}`);
  if (status === 'solved' && !(objective <= best + 1.01e-8)) wrong.push(`objective ${objective} above ${best}`);
  return { status, wrong };
}

export const trial: Trial = (seed) => tried(seed, asItIs);

export const claims: Record<string, Claim> = {
  ...degenerateRows(tried),
  'far columns': {
    trial: (seed) => tried(seed, (x) => roughened(x, seed, uniforms(seed + 3), ['columns plus a power of two']).x),
    cases: 200,
  },
  units: {
    trial: (seed) =>
      tried(
        seed,
        (x) => roughened(x, seed, uniforms(seed + 3), ['columns times powers of ten', 'all times a power of ten']).x,
      ),
    cases: 30,
  },
  'cut short': { trial: (seed) => tried(seed, asItIs, { maxNodes: 1, tolerance: 0 }), cases: 200 },
};
