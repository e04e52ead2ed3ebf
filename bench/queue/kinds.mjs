// Kinds of the workers of bench/queue/index.ts beside those of the package, and the solve that they are asked for.
import { trainReluNetwork } from 'nonconvex';

// A network that takes some five milliseconds of one thread.
const x = Array.from({ length: 80 }, (_, i) => Float64Array.from({ length: 3 }, (_, j) => Math.sin(i * (j + 1.3) + j)));
export const settings = { lambda: 0.02, tolerance: 1e-5 };

/** The k-th of many. */
export function problem(k) {
  return { x, y: Float64Array.from(x, ([a = 0], i) => Math.sin(3 * a + 1e-3 * k) + 0.1 * Math.cos(i * i)) };
}

/** Solves some, one after the other. */
export async function solve({ from, count }) {
  let answer;
  for (let k = from; k < from + count; ++k) answer = await trainReluNetwork(problem(k), settings);
  return answer;
}

const answer = await solve({ from: 0, count: 1 });
const after = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export const kinds = {
  /** The request. */
  echo: (problem) => problem,
  /** An answer as of a solve, without one: at once, or after as long as one takes. */
  answer: () => answer,
  slowAnswer: () => after(5).then(() => answer),
  solves: (some) => solve(some).then(() => null),
};
