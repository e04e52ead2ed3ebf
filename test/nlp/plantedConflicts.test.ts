// Linear and convex quadratic programs of which a combination of the rows contradicts another row: each is called infeasible, with a vector
// that plain sums confirm.
import { describe, expect, it } from 'vitest';
import { uniforms } from '../../src/core/random.js';
import { minimize, type NlpResult, quadraticProgram } from '../../src/nlp/index.js';
import { chosen } from '../long.js';

/** A point meets all rows but the last one, which asks that a combination of them is below the least that they allow. */
function plantedConflict(seed: number) {
  const uniform = uniforms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const n = 2 + Math.floor(10 * uniform());
  const m = 1 + Math.floor(12 * uniform());
  const vector = (size: number) => Array.from({ length: size }, () => normal());
  const roots = Array.from({ length: Math.floor(n * uniform()) }, () => vector(n));
  const Q = vector(n).map((_, i) =>
    vector(n).map((_, j) => roots.reduce((sum, r) => sum + (r[i] ?? 0) * (r[j] ?? 0), 0)),
  );
  const G = Array.from({ length: m }, () =>
    vector(n).map((value) => (uniform() < 0.5 ? 0 : Math.round(3 * value) || 1)),
  );
  const x = vector(n).map(Math.round);
  const values = G.map((row) => row.reduce((sum, g, j) => sum + g * (x[j] as number), 0));
  const kinds = values.map(() => Math.floor(3 * uniform()));
  const atLeast = values.map((value, i) => (kinds[i] === 2 ? Number.NEGATIVE_INFINITY : value - (kinds[i] ?? 0)));
  const atMost = values.map((value, i) => (kinds[i] === 1 ? Number.POSITIVE_INFINITY : value + (kinds[i] ?? 0)));
  const weights = kinds.map((kind) => (kind === 2 ? -1 : 1) * (1 + Math.floor(2 * uniform())));
  const least = weights.reduce((sum, w, i) => sum + w * ((w > 0 ? atLeast[i] : atMost[i]) as number), 0);
  const row = x.map((_, j) => weights.reduce((sum, w, i) => sum + w * ((G[i] as number[])[j] as number), 0));
  return {
    Q,
    c: vector(n),
    G: [...G, row],
    atLeast: [...atLeast, Number.NEGATIVE_INFINITY],
    atMost: [...atMost, least - 1],
    lower: x.map((value) => (uniform() < 0.3 ? value - 1 : Number.NEGATIVE_INFINITY)),
    upper: x.map((value) => (uniform() < 0.3 ? value + 1 : Number.POSITIVE_INFINITY)),
  };
}

/** Expects that the proof of a result shows that no x meets the problem: for all x within bounds and rows, least <= y^T G x <= most. */
function expectProof(problem: ReturnType<typeof plantedConflict>, proof: NlpResult['certificate']['proof']) {
  const { y = [], lower = [], upper = [] } = proof ?? {};
  const times = (factor: number, side: number) => (factor === 0 ? 0 : factor * side);
  let [least, most] = [0, 0];
  for (let j = 0; j < problem.c.length; ++j) {
    const terms = problem.G.map((row, i) => (y[i] as number) * (row[j] as number));
    const d = (lower[j] as number) - (upper[j] as number);
    const off = Math.abs(terms.reduce((sum, term) => sum + term, 0) - d);
    expect(off).toBeLessThanOrEqual(1e-12 * terms.reduce((sum, term) => sum + Math.abs(term), 0));
    least += times(d, (d > 0 ? problem.lower[j] : problem.upper[j]) as number) - 1e3 * off;
  }
  for (let i = 0; i < y.length; ++i) {
    const factor = y[i] as number;
    most += times(factor, (factor > 0 ? problem.atMost[i] : problem.atLeast[i]) as number);
  }
  expect(least).toBeGreaterThan(most);
}

const batches = Array.from({ length: 20 }, (_, k) => Array.from({ length: 50 }, (_, i) => 50 * k + i));

describe('planted conflicts', () => {
  it.each(chosen(batches, 10).map((seeds) => ({ first: seeds[0], seeds })))('from $first', async ({ seeds }) => {
    for (const seed of seeds) {
      const problem = plantedConflict(seed);
      const { status, certificate } = await minimize(quadraticProgram(problem));
      expect({ seed, status }).toEqual({ seed, status: 'infeasible' });
      expectProof(problem, certificate.proof);
    }
  });
});
