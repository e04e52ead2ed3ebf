// Random small models, whose formulas are evaluated here on fine grids: a claim is wrong where a point of the grid refutes it.
import { add, cos, div, exp, log, Model, mul, pow, sin, sqrt, square, sub, tanh } from '../../src/expressions/index.js';
import { minimizeGlobally } from '../../src/nlp/index.js';
import type { Trial } from '../contract/problem.js';
import { globalClaims } from './globalClaims.js';

type Expression = Parameters<typeof sin>[0];
/** A formula: as the package has it, and as a function. */
interface Formula {
  stated: (x: readonly Expression[]) => Expression;
  at: (x: readonly number[]) => number;
}

/** Numbers in (0, 1), one after the other. */
function uniforms(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

const unaries: { stated: (a: Expression) => Expression; at: (a: number) => number }[] = [
  { stated: (a) => square(a), at: (a) => a * a },
  { stated: (a) => sin(a), at: Math.sin },
  { stated: (a) => cos(a), at: Math.cos },
  { stated: (a) => tanh(a), at: Math.tanh },
  { stated: (a) => exp(mul(0.3, a)), at: (a) => Math.exp(0.3 * a) },
  { stated: (a) => pow(a, 3), at: (a) => a ** 3 },
  { stated: (a) => sqrt(add(square(a), 1)), at: (a) => Math.sqrt(a * a + 1) },
  { stated: (a) => log(add(square(a), 0.5)), at: (a) => Math.log(a * a + 0.5) },
  { stated: (a) => div(1, add(square(a), 0.7)), at: (a) => 1 / (a * a + 0.7) },
];

function formula(draw: () => number, n: number, depth: number): Formula {
  const pick = Math.floor(draw() * (depth === 0 ? 2 : 7));
  const c = Math.round((draw() - 0.5) * 40) / 10;
  const j = Math.floor(draw() * n);
  if (pick < 2) return { stated: (x) => add(mul(c, x[j] as Expression), 0.5), at: (x) => c * (x[j] as number) + 0.5 };
  if (pick < 4) {
    const f = unaries[Math.floor(draw() * unaries.length)] as (typeof unaries)[number];
    const a = formula(draw, n, depth - 1);
    return { stated: (x) => f.stated(a.stated(x)), at: (x) => f.at(a.at(x)) };
  }
  const [a, b] = [formula(draw, n, depth - 1), formula(draw, n, depth - 1)];
  if (pick === 4) return { stated: (x) => add(a.stated(x), b.stated(x)), at: (x) => a.at(x) + b.at(x) };
  if (pick === 5) return { stated: (x) => sub(a.stated(x), b.stated(x)), at: (x) => a.at(x) - b.at(x) };
  return { stated: (x) => mul(a.stated(x), b.stated(x)), at: (x) => a.at(x) * b.at(x) };
}

/** All points of a grid over the box. */
function grid(lower: readonly number[], upper: readonly number[], points: number): number[][] {
  const at = (j: number, k: number) =>
    (lower[j] as number) + (((upper[j] as number) - (lower[j] as number)) * k) / points;
  const line = Array.from({ length: points + 1 }, (_, k) => k);
  if (lower.length === 1) return line.map((k) => [at(0, k)]);
  return line.flatMap((k) => line.map((i) => [at(0, k), at(1, i)]));
}

export const claims = globalClaims(minimizeGlobally);

export const trial: Trial = async (seed) => {
  const draw = uniforms(seed + 1);
  const n = 1 + (seed % 2);
  const lower = Array.from({ length: n }, () => -Math.round(draw() * 30) / 10);
  const upper = lower.map((low) => low + 0.5 + Math.round(draw() * 30) / 10);
  const objective = formula(draw, n, 3);
  const row = seed % 3 === 0 ? formula(draw, n, 2) : undefined;
  const model = new Model();
  const x = lower.map((low, j) => model.variable({ lower: low, upper: upper[j] as number }));
  model.minimize(objective.stated(x));
  const side = Math.round((draw() - 0.5) * 40) / 10;
  if (row) model.atMost(row.stated(x), side);
  const result = await minimizeGlobally(model, { timeLimit: 20, maxNodes: 20_000, seed });
  const points = grid(lower, upper, n === 1 ? 4000 : 120);
  const slack = 1e-9 * (1 + Math.abs(side));
  const best = Math.min(...points.filter((p) => !row || row.at(p) <= side - slack).map((p) => objective.at(p)));
  const { status, bound, lowerBound } = result;
  const wrong: string[] = [];
  if (lowerBound !== undefined && lowerBound !== bound) wrong.push(`bound ${bound} and lowerBound ${lowerBound}`);
  if (bound > best + 1e-9 * Math.max(1, Math.abs(best))) wrong.push(`bound ${bound} above a point with ${best}`);
  if (status === 'infeasible' && best < Number.POSITIVE_INFINITY) wrong.push(`infeasible, but a point has ${best}`);
  if (status !== 'solved') return { status, wrong };
  const found = Array.from(result.x);
  const size = Math.max(1, Math.abs(result.objective));
  if (!(Math.abs(objective.at(found) - result.objective) <= 1e-9 * size)) {
    wrong.push(`objective ${result.objective}, which is ${objective.at(found)}`);
  }
  if (!(result.objective <= best + 1.01e-4 * size)) wrong.push(`objective ${result.objective} above ${best}`);
  if (row && row.at(found) > side + 1e-7 * Math.max(1, Math.abs(side)))
    wrong.push(`constraint ${row.at(found)} > ${side}`);
  if (found.some((v, j) => v < (lower[j] as number) || v > (upper[j] as number)))
    wrong.push(`x ${found} out of bounds`);
  return { status, wrong };
};
