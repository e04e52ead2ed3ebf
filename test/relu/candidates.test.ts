// Networks that are to predict well: the weight, and the model, by rows left out.
import { describe, expect, it } from 'vitest';
import { predict, ReluClassifier, ReluRegressor, type ReluResult, trainReluNetwork } from '../../src/relu/index.js';
import { normals } from '../problems/relu.js';

const normal = normals(7);
const x = Array.from({ length: 120 }, () => [normal(), normal(), normal()]);
const bent = x.map(([a, b]) => Math.abs(a as number) + Math.max(0, b as number) + 0.05 * normal());
const line = x.map(([a, b]) => 3 + (a as number) - 2 * (b as number) + 0.3 * normal());
const noise = x.map(() => normal());
const rough = line.map((value, i) => value + 3 * (noise[i] as number));
const kinds = x.map(([a, b]) => (Math.abs(a as number) > Math.abs(b as number) ? 'wide' : 'tall'));

const compared = ({ crossValidation }: ReluResult) => crossValidation as NonNullable<ReluResult['crossValidation']>;

describe('nothing set', () => {
  it.each([
    ['values', bent, ReluRegressor],
    ['classes', kinds, ReluClassifier],
  ] as const)('trains what the estimators train, %s', async (_, y, Estimator) => {
    const result = await trainReluNetwork({ x, y: y as number[] });
    const estimator = await new Estimator().fit(x, y as number[]);
    expect(estimator.result.network).toEqual(result.network);
    expect(result.lambdaFrom).toBe('crossValidated');
    expect(result.gap).toBeLessThanOrEqual(1e-2);
  });

  it('takes of three models the one whose data they are, and says how all did', async () => {
    for (const [y, model] of [
      [bent, 'network'],
      [line, 'affine'],
      [noise, 'constant'],
    ] as const) {
      const result = await trainReluNetwork({ x, y });
      const { scores, chosen, affine, constant, best, model: taken } = compared(result);
      expect(taken).toBe(model);
      const of = { network: scores[chosen], affine, constant };
      expect(best).toBe(of[model]);
      const losses = Object.values(of).map((each) => each?.loss as number);
      expect(best?.loss).toBe(Math.min(...losses));
      // Standardised values have the variance 1, and the loss of their mean is half of it.
      expect(constant?.loss).toBeGreaterThan(0.4);
      expect(constant?.loss).toBeLessThan(0.6);
    }
  });

  it('predicts the mean where x says nothing, and for classes the one that most rows have', async () => {
    const { network, crossValidation } = await trainReluNetwork({ x, y: noise });
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    expect(crossValidation?.model).toBe('constant');
    for (const value of predict(network, x) as Float64Array) expect(value).toBeCloseTo(mean, 6);
    for (const labels of [
      ['rare', 'often'],
      ['often', 'rare'],
      ['often', 'rare', 'never'],
    ]) {
      const place = labels.indexOf('often');
      const y = x.map(
        (_, i) => labels[i % 5 === 0 ? (place + 1 + (i % labels.length)) % labels.length : place] as string,
      );
      const result = await trainReluNetwork({ x, y });
      expect(compared(result).constant?.score).toBeGreaterThan(0.75);
      expect(compared(result).model).toBe('constant');
      expect(new Set(predict(result.network, x) as string[])).toEqual(new Set(['often']));
    }
  });

  it('compares no others where a choice is given, nor affine functions without a bias', async () => {
    const without = await trainReluNetwork({ x, y: bent }, { bias: false });
    expect(compared(without)).not.toHaveProperty('affine');
    expect(compared(without)).not.toHaveProperty('constant');
    const gated = await trainReluNetwork({ x, y: bent }, { activation: 'gated' });
    expect([gated.lambdaFrom, gated.crossValidation]).toEqual(['auto', undefined]);
  });

  it('ends with a network when time is out, or it is aborted', async () => {
    const late = await trainReluNetwork({ x, y: bent }, { timeLimit: 0 });
    expect(late.status).toBe('timeLimit');
    const aborted = await trainReluNetwork({ x, y: bent }, { signal: AbortSignal.abort() });
    expect(aborted.status).toBe('aborted');
  });
});

describe("patterns: 'refine'", () => {
  const patterns = { refine: { rounds: 2, restarts: 0, estimate: false } };

  it('chooses the weight that is left open by networks of descents', async () => {
    const open = await trainReluNetwork({ x, y: rough }, { patterns });
    const { scores, chosen, model } = compared(open);
    expect([open.lambdaFrom, model]).toEqual(['crossValidated', 'network']);
    expect(open.lambda).toBe(scores[chosen]?.lambda);
    const asked = await trainReluNetwork({ x, y: rough }, { patterns, lambda: 'crossValidated' });
    expect(asked.network).toEqual(open.network);
    const share = await trainReluNetwork({ x, y: rough }, { patterns, lambda: 'auto' });
    expect(share.lambdaFrom).toBe('auto');
    // A line with noise wants a larger weight than the share that is taken without a look at it.
    expect(open.lambda).toBeGreaterThan(share.lambda);
  });

  it('ends for predictions where rounds gain little, and for a given weight where they gain next to nothing', async () => {
    const wide = x.map((row) => [...row, ...Array.from({ length: 5 }, normal)]);
    const three = x.map(([a, b]) =>
      Math.hypot(a as number, b as number) < 1 ? 'in' : (a as number) > 0 ? 'right' : 'left',
    );
    const open = await trainReluNetwork({ x: wide, y: three }, { patterns: 'refine', loss: 'squared' });
    expect([open.status, open.certificate?.over]).toEqual(['solved', 'ownPatterns']);
    expect(open.gap).toBeLessThanOrEqual(1e-2);
    const { lambda } = open;
    const settings = { lambda, loss: 'squared', standardize: true, patterns: 'refine' } as const;
    const given = await trainReluNetwork({ x: wide, y: three }, settings);
    expect(given.certificate?.over).not.toBe('ownPatterns');
    expect(given.iterations).toBeGreaterThan(open.iterations);
    expect(given.objective).toBeLessThan(open.objective);
  });
});
