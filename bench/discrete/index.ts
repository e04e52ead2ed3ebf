// How the time of a proved score card grows with rows and columns.
//
//   npm run bench -- discrete
import { riskScore } from '../../src/discrete/index.js';

/** Numbers in (0, 1). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

for (const [n, p] of [
  [500, 15],
  [5000, 15],
  [5000, 30],
] as const) {
  const draw = uniforms(n + p);
  const x = Array.from({ length: n }, () => Array.from({ length: p }, () => Number(draw() < 0.4)));
  const y = x.map((row) =>
    Number(draw() < 1 / (1 + Math.exp(1 - 2 * (row[0] ?? 0) + (row[1] ?? 0) - 3 * (row[2] ?? 0)))),
  );
  const { status, seconds, objective, certificate } = await riskScore({ x, y }, { maxSize: 4, timeLimit: 60 });
  const proved = `${certificate.kind}, loss ${objective?.toFixed(6)}`;
  console.log(`${n} rows, ${p} columns: ${status}, ${proved}, ${(1e3 * seconds).toFixed(1)} ms`);
}
