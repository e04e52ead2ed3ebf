// Scores of a prototype that shares nothing with the package, on tables of R and on generated rows.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { learnDag } from '../../src/discrete/index.js';
import { long } from '../long.js';
import { type Generator, generated, localScore, type Scoring } from './learnDagJudge.js';

const folder = new URL('../../../shared/problems/discrete/dag/', import.meta.url);
const isThere = existsSync(new URL('reference.json', folder));
if (!isThere) console.warn('skipped: graphs with known scores, as ../shared/problems/discrete/dag is not there');

interface Reference {
  data?: string;
  generator?: Generator;
  score: 'bic' | 'equalVariance';
  gamma: number;
  truth?: { score: number; edges: number };
  exact?: { score: number; edges: number };
}

const references: Reference[] = isThere ? JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')) : [];

const read = (name: string): number[][] =>
  readFileSync(new URL(`${name}.csv`, folder), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map(Number));

const nameOf = ({ data, generator: g }: Reference): string =>
  data ?? `${g?.type}${g?.edgesPerNode}, ${g?.d} columns, seed ${g?.seed}${g?.standardized ? ', standardised' : ''}`;

describe.skipIf(!isThere)('graphs with known scores', () => {
  const tried = references.filter(({ exact, generator }) => exact && (long || !generator || generator.d <= 15));
  it.each(tried.map((each) => [nameOf(each), each.score, each] as const))('%s, %s', async (_, score, reference) => {
    const { data, generator, gamma, truth, exact } = reference;
    const made = generator && generated(generator);
    const x = made?.x ?? read(data as string);
    const scoring: Scoring = { score, gamma, variance: 1 };
    if (made && truth) {
      const own = made.parents.reduce((sum, parents, j) => sum + localScore(x, j, parents, scoring), 0);
      expect(Math.abs(own - truth.score)).toBeLessThan(1e-6 * Math.abs(truth.score));
    }
    const result = await learnDag({ x }, { score, gamma, ...(score === 'equalVariance' && { variance: 1 }) });
    expect(result).toMatchObject({ status: 'solved', certificate: { kind: 'global' } });
    const { score: best } = exact as { score: number };
    expect(Math.abs((result.objective as number) - best)).toBeLessThan(1e-6 * Math.abs(best));
    expect(result.certificate.lowerBound).toBeLessThanOrEqual(best + 1e-7 * Math.abs(best));
  });
});
