// Tables of RiskSLIM's paper with the objectives of a complete search that shares nothing with the package.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { riskScore } from '../../src/discrete/index.js';

const folder = new URL('../../../shared/problems/discrete/risk/', import.meta.url);
const isThere = existsSync(new URL('reference.json', folder));
if (!isThere) console.warn('skipped: score cards with known optima, as ../shared/problems/discrete/risk is not there');

interface Reference {
  data: string;
  maxSize: number;
  scale: 'free' | 1;
  largestScale: number;
  objective: number;
}

const references: Reference[] = isThere ? JSON.parse(readFileSync(new URL('reference.json', folder), 'utf8')) : [];

function read(name: string) {
  const plain = new URL(`${name}.csv`, folder);
  const text = existsSync(plain)
    ? readFileSync(plain, 'utf8')
    : gunzipSync(readFileSync(new URL(`${name}.csv.gz`, folder))).toString();
  const [head = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return {
    names: head.slice(1),
    y: rows.map(([label]) => Number(label)),
    x: rows.map((row) => row.slice(1).map(Number)),
  };
}

describe.skipIf(!isThere)('score cards with known optima', () => {
  const small = references.filter(({ data }) => data === 'mammo' || data === 'breastcancer');
  it.each(small)(
    '$data, $maxSize features, scale $scale',
    async ({ data, maxSize, scale, largestScale, objective }) => {
      const result = await riskScore(read(data), {
        maxSize,
        scale,
        ...(scale === 'free' && { maxScale: largestScale }),
      });
      expect(result.status).toBe('solved');
      expect(result.certificate.kind).toBe('global');
      expect(Math.abs((result.objective as number) - objective)).toBeLessThan(1e-7);
      expect(result.certificate.lowerBound).toBeLessThanOrEqual(objective + 1e-8);
    },
  );

  it('agrees with enumeration of all cards of two features', async () => {
    const points = { min: -3, max: 3 };
    const one = await riskScore(read('mammo'), { maxSize: 2, scale: 1, points });
    const free = await riskScore(read('mammo'), { maxSize: 2, points });
    expect(one.objective).toBeCloseTo(0.49414411, 7);
    expect(free.objective).toBeCloseTo(0.49184285, 7);
  });

  it.each(references.filter(({ data, maxSize }) => data === 'adult' && maxSize <= 4))(
    '$data, $maxSize features, scale $scale',
    async ({ data, maxSize, scale, objective }) => {
      const result = await riskScore(read(data), { maxSize, scale });
      expect(Math.abs((result.objective as number) - objective)).toBeLessThan(1e-7);
    },
  );

  it.each(references.filter(({ data, maxSize }) => data === 'mushroom' && maxSize === 5))(
    'has a bound of $data, scale $scale, that is below the optimum when the search is cut short',
    async ({ data, maxSize, scale, objective }) => {
      const result = await riskScore(read(data), { maxSize, scale, maxNodes: 40 });
      expect(result.status).toBe('iterationLimit');
      expect(result.certificate.lowerBound).toBeLessThanOrEqual(objective + 1e-8);
      expect(result.objective).toBeGreaterThanOrEqual(objective - 1e-7);
    },
  );
});
