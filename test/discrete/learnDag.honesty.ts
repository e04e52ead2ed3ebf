// Random small problems, all graphs of which are looked at by code that shares nothing with the solver.
import { type LearnDagResult, type LearnDagSettings, learnDag } from '../../src/discrete/index.js';
import { type Change, uniforms } from '../algebra.js';
import type { Claim, Trial } from '../contract/problem.js';
import { roughened } from '../contract/rough.js';
import { allDags, members, restOf, type Scoring, scoreTable } from './learnDagJudge.js';

const asItIs: Change = (x) => x;

const dagsOf = new Map<number, number[][]>();
const dags = (d: number): number[][] => {
  if (!dagsOf.has(d)) dagsOf.set(d, allDags(d));
  return dagsOf.get(d) as number[][];
};

interface Problem {
  x: number[][];
  scoring: Scoring;
  settings: LearnDagSettings;
  allowed(parents: readonly number[]): boolean;
}

/** Three or four columns that depend on one another, and conditions on the graph. */
function smallProblem(seed: number, changed: Change): Problem {
  const draw = uniforms(seed + 1);
  const d = 3 + Number(draw() < 0.5);
  const n = 8 + Math.floor(60 * draw());
  const score = (['bic', 'equalVariance', 'logistic'] as const)[Math.floor(3 * draw())] ?? 'bic';
  const binary = score === 'logistic';
  const weights = Array.from({ length: d * d }, () => (draw() < 0.5 ? 3 * draw() - 1.5 : 0));
  let x = Array.from({ length: n }, () => {
    const row: number[] = [];
    for (let j = 0; j < d; ++j) {
      const sum = row.reduce((all, value, i) => all + value * (weights[i * d + j] as number), 0);
      row.push(binary ? Number(draw() + 0.2 * sum > 0.5) : sum + draw() + draw() - 1);
    }
    return row;
  });
  if (!binary) x = changed(x, seed);
  const scoring = { score, gamma: Math.floor(2 * draw()), variance: draw() < 0.5 ? Number.NaN : 0.2 + draw() };
  const cut = draw();
  const forbidden: [number, number][] = cut < 0.4 ? [[0, 1 + Math.floor(draw() * (d - 1))]] : [];
  const required: [number, number][] = cut > 0.7 ? [[1, 0]] : [];
  const maxParents = draw() < 0.3 ? 1 : 1000;
  const settings = { score, gamma: scoring.gamma, forbidden, required, maxParents } as LearnDagSettings;
  if (score === 'equalVariance' && scoring.variance > 0) settings.variance = scoring.variance;
  const has = (parents: readonly number[], [from, to]: [number, number]): boolean =>
    (((parents[to] as number) >> from) & 1) === 1;
  const allowed = (parents: readonly number[]): boolean =>
    !forbidden.some((edge) => has(parents, edge)) &&
    required.every((edge) => has(parents, edge)) &&
    parents.every((set) => members(set, d).length <= maxParents);
  return { x, scoring, settings, allowed };
}

/** The score of a graph; with a free variance that of the best one. */
function totalOf(table: Float64Array[], parents: readonly number[], n: number, penalty: number, free: boolean): number {
  const sum = parents.reduce((all, set, j) => all + ((table[j] as Float64Array)[set] as number), 0);
  if (!free) return sum;
  const d = parents.length;
  const edges = parents.reduce((all, set) => all + members(set, d).length, 0);
  return ((n * d) / 2) * (1 + Math.log((2 * (sum - penalty * edges)) / (n * d))) + penalty * edges;
}

/** Columns are refused where nothing is left of one beside those that the message names: next to nothing of its variance. */
function refusedWrongly(x: number[][], message: string): string[] {
  const [j, ...others] = [...message.matchAll(/column (\d+) of x/g)].map(([, k]) => Number(k));
  if (j === undefined) return [message];
  const size = x.reduce((sum, row) => sum + (row[j] as number) ** 2, 0) / x.length;
  const constant = message.includes('is constant');
  const left = constant ? restOf(x, j, []) / size : restOf(x, j, others) / restOf(x, j, []);
  return left <= 1e-7 ? [] : [`${message}, but ${left} of its variance is left`];
}

async function tried(seed: number, changed: Change, more: LearnDagSettings = {}): ReturnType<Trial> {
  const { x, scoring, settings, allowed } = smallProblem(seed, changed);
  const [n, d] = [x.length, x[0]?.length ?? 0];
  let result: LearnDagResult;
  try {
    result = await learnDag({ x }, { ...settings, ...more, seed });
  } catch (error) {
    return { status: 'none', wrong: refusedWrongly(x, (error as Error).message) };
  }
  const { status, objective = Number.NaN, parents, certificate, edges } = result;
  const free = scoring.score === 'equalVariance' && !(scoring.variance > 0);
  const judged = { ...scoring, variance: free ? 1 : scoring.variance };
  const penalty = Math.log(n) / 2 + scoring.gamma * Math.log(d);
  const table = scoreTable(x, judged);
  const total = (of: readonly number[]): number => totalOf(table, of, n, penalty, free);
  const best = Math.min(...dags(d).filter(allowed).map(total));
  const wrong: string[] = [];
  const near = 1e-7 * (1 + Math.abs(best));
  const { lowerBound = -Infinity } = certificate;
  if (lowerBound > best + near) wrong.push(`bound ${lowerBound} above ${best}`);
  if (!Number.isFinite(objective)) return { status, wrong };
  const own = parents.map((list) => list.reduce((set, i) => set | (1 << i), 0));
  if (!dags(d).some((dag) => dag.every((set, j) => set === own[j])))
    wrong.push(`${JSON.stringify(parents)} has a cycle`);
  if (!allowed(own)) wrong.push(`${JSON.stringify(parents)} does not meet the conditions`);
  if (Math.abs(total(own) - objective) > near) wrong.push(`score ${objective}, which is ${total(own)}`);
  if (certificate.kind === 'global' && objective > best + 2e-7 * (1 + Math.abs(best))) {
    wrong.push(`score ${objective} above ${best}`);
  }
  const positions = result.order.map((_, j) => result.order.indexOf(j));
  parents.forEach((list, j) => {
    for (const i of list) {
      if ((positions[i] as number) > (positions[j] as number)) wrong.push(`${j} stands before its parent ${i}`);
    }
  });
  for (const { from, to, gain } of edges) {
    const j = result.names.indexOf(to);
    const without = own.map((set, k) => (k === j ? set & ~(1 << result.names.indexOf(from)) : set));
    if (Math.abs(total(without) - total(own) - gain) > near) wrong.push(`gain of ${from} -> ${to}: ${gain}`);
  }
  return { status, wrong };
}

export const trial: Trial = (seed) => tried(seed, asItIs);

export const claims: Record<string, Claim> = {
  units: {
    trial: (seed) => tried(seed, (x) => roughened(x, seed, uniforms(seed + 3), ['columns times powers of ten']).x),
    cases: 40,
  },
  'far columns': {
    trial: (seed) => tried(seed, (x) => roughened(x, seed, uniforms(seed + 3), ['columns plus a power of two']).x),
    cases: 100,
  },
  'orders alone': { trial: (seed) => tried(seed, asItIs, { method: 'orderSearch', restarts: 1 }), cases: 100 },
  'cut short': { trial: (seed) => tried(seed, asItIs, { maxIterations: 3 }), cases: 100, shows: 'iterationLimit' },
};
