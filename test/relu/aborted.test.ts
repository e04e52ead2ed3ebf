// Trainings that are aborted before they have read their data.
import { expect, it } from 'vitest';
import { fromJSON, predict, toJSON, trainReluNetwork } from '../../src/relu/index.js';
import { regression } from '../contract/problem.js';

const data = regression(60, 3);
const squares = data.y.reduce((sum, value) => sum + value ** 2, 0);
const signal = AbortSignal.abort();
const settings = { lambda: 0.1, patterns: { sample: 20 }, tolerance: 1e-3 } as const;

it.each([
  ['patterns that are sampled', settings, 1],
  ['refinement', { lambda: 0.1, patterns: 'refine' }, 1],
  ['an adversary', { ...settings, adversary: { norm: 'two', radius: 0.1 } }, 1],
  ['weights', settings, 2],
] as const)('with %s: gives the network without neurons, and has not looked at x', async (_, of, weight) => {
  const sampleWeights = weight === 1 ? undefined : new Float64Array(60).fill(weight);
  const reports: number[] = [];
  const onProgress = ({ objective }: { objective?: number }) => void reports.push(objective ?? Number.NaN);
  const result = await trainReluNetwork({ ...data, sampleWeights }, { ...of, signal, onProgress });
  expect(result).toMatchObject({
    status: 'aborted',
    iterations: 0,
    lowerBound: 0,
    gap: 1,
    activeNeurons: 0,
    patterns: 0,
  });
  expect(result.objective).toBeCloseTo((weight * squares) / 2, 12);
  expect(result.networkObjective).toBe(result.objective);
  expect(reports).toEqual([result.objective]);
  expect(result.convex.dual.data.every((value) => value === 0)).toBe(true);
  const network = fromJSON(JSON.parse(JSON.stringify(toJSON(result.network))));
  expect(predict(network, data.x)).toEqual(new Float64Array(60));
});

it('another solve begins with it as with nothing', async () => {
  const warmStart = await trainReluNetwork(data, { ...settings, signal });
  const again = await trainReluNetwork(data, { ...settings, patterns: { sample: 20 }, warmStart });
  const { objective, network } = await trainReluNetwork(data, settings);
  expect(again.status).toBe('solved');
  expect(again.objective).toBe(objective);
  expect(again.network.hiddenWeights).toEqual(network.hiddenWeights);
});

it('a refinement that is out of time within its first convex program answers the network of the descent', async () => {
  const large = regression(400, 20);
  const patterns = { refine: { rounds: 0, restarts: 0, estimate: false, neurons: 30 } };
  // The descent takes some time, the program to a gap of 0 much more.
  const after = async (timeLimit: number): Promise<Awaited<ReturnType<typeof trainReluNetwork>>> => {
    const result = await trainReluNetwork(large, {
      lambda: 1e-3,
      tolerance: 0,
      maxIterations: 1e9,
      patterns,
      timeLimit,
    });
    return result.activeNeurons > 0 || timeLimit > 30 ? result : after(2 * timeLimit);
  };
  const result = await after(0.1);
  expect(result.status).toBe('timeLimit');
  expect(result.iterations).toBe(0);
  expect(result.activeNeurons).toBeGreaterThan(0);
  expect(result.objective).toBeLessThan(large.y.reduce((sum, value) => sum + value ** 2, 0) / 2);
});
