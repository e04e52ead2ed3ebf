// Filters for patches, and networks on their features.
import { describe, expect, it } from 'vitest';
import { learnPatches, type PatchLayer, patchFeatures, score, trainReluNetwork } from '../../src/relu/index.js';
import { normals, table } from '../algebra.js';

/** Images of 8 x 8 pixels with a line across or along anywhere, and noise: a sum of pixels tells nothing of the class. */
function lines(n: number, seed: number): { x: number[][]; y: string[] } {
  const draw = normals(seed);
  const y = Array.from({ length: n }, (_, i) => (i % 2 ? 'across' : 'along'));
  const x = y.map((name) => {
    const place = Math.min(7, Math.max(0, Math.floor(4 + 2 * draw())));
    return table(8, 8, (i, j) => Number((name === 'across' ? i : j) === place) + 0.2 * draw()).flat();
  });
  return { x, y };
}

const layer: PatchLayer = {
  filters: [[-0.5, 0.5, -0.5, 0.5]],
  ...{ shape: [3, 3], size: 2, cells: 1, threshold: 0, contrast: 0 },
};

describe('learnPatches', () => {
  it('has features that tell what pixels do not', async () => {
    const [train, test] = [lines(200, 1), lines(200, 2)];
    const { layer, status, certificate } = await learnPatches(
      { x: train.x, shape: [8, 8] },
      { count: 8, size: 3, cells: 1 },
    );
    expect([status, certificate.kind]).toEqual(['solved', 'coordinateWise']);
    expect(layer.filters.map((filter) => filter.length)).toEqual(new Array(8).fill(9));
    const features = await patchFeatures(layer, train.x);
    expect([features.rows, features.columns]).toEqual([200, 8]);
    const result = await trainReluNetwork({ x: features, y: train.y }, { lambda: 0.01 });
    expect(score(result.network, await patchFeatures(layer, test.x), test.y)).toBeGreaterThan(0.95);
  });

  it('has the same filters for a seed, and a layer that JSON keeps', async () => {
    const { x } = lines(30, 3);
    const settings = { count: 5, size: 3, cells: 2, sample: 200, seed: 4 };
    const [first, second] = [
      await learnPatches({ x, shape: [8, 8, 1] }, settings),
      await learnPatches({ x, shape: [8, 8] }, settings),
    ];
    expect(second.layer).toEqual(first.layer);
    const read = JSON.parse(JSON.stringify(first.layer)) as PatchLayer;
    expect((await patchFeatures(read, x)).data).toEqual((await patchFeatures(first.layer, x)).data);
  });

  it('takes images without contrast', async () => {
    const { layer, objective } = await learnPatches(
      { x: [[1, 1, 1, 1]], shape: [2, 2] },
      { size: 1, cells: 2, count: 2, sample: 3 },
    );
    expect([layer.contrast, objective]).toEqual([0, 1]);
    expect(Array.from((await patchFeatures(layer, [[1, 2, 3, 4]])).data)).toEqual(new Array(8).fill(0));
    const whole = await learnPatches({ x: [[1, 2, 3, 4]], shape: [2, 2] }, { size: 9, cells: 1, count: 1, sample: 1 });
    expect([whole.layer.size, whole.objective]).toEqual([2, expect.closeTo(1 - 1 / Math.sqrt(1.1), 12)]);
  });

  it.each([
    [{ shape: [3, 3] }, {}, 'columns of x = 4: expected height times width times channels of shape, 9'],
    [{ shape: [2] }, {}, 'shape: expected [height, width] or [height, width, channels]'],
    [{ shape: [2, 2.5] }, {}, 'shape[1] = 2.5: expected an integer >= 1'],
    [{ shape: [2, 2] }, { size: 2, cells: 2 }, 'cells = 2: expected an integer in [1, 1]'],
    [{ shape: [2, 2] }, { threshold: -1 }, 'threshold = -1: expected a finite number >= 0'],
  ])('refuses %j with %j', async (data, settings, message) => {
    const refused = learnPatches({ x: [[1, 2, 3, 4]], ...data }, { size: 1, cells: 1, ...settings });
    await expect(refused).rejects.toThrow(message);
  });
});

describe('patchFeatures', () => {
  it('are means over parts', async () => {
    // Patches less their means: (0, 1, 0, 1) - 1/2 and (1, 0, 1, 0) - 1/2, of length 1, above and below.
    const { data } = await patchFeatures(layer, [[0, 1, 0, 0, 1, 0, 0, 1, 0]]);
    expect(Array.from(data)).toEqual([0.5]);
    const { data: parts } = await patchFeatures({ ...layer, cells: 2 }, [[0, 1, 0, 0, 1, 0, 0, 1, 0]]);
    expect(Array.from(parts)).toEqual([1, 0, 1, 0]);
    const { data: less } = await patchFeatures({ ...layer, cells: 2, threshold: 0.25 }, [[0, 1, 0, 0, 1, 0, 0, 1, 0]]);
    expect(Array.from(less)).toEqual([0.75, 0, 0.75, 0]);
  });

  it('end where they are aborted, and let other events run', async () => {
    const large: PatchLayer = {
      filters: table(200, 49, normals(1)),
      ...{ shape: [28, 28], size: 7, cells: 2, threshold: 0.2, contrast: 0.1 },
    };
    const x = table(100, 784, normals(2));
    const controller = new AbortController();
    let turns = 0;
    const timer = setInterval(() => ++turns === 3 && controller.abort(new Error('enough')), 1);
    await expect(patchFeatures(large, x, { signal: controller.signal })).rejects.toThrow('enough');
    clearInterval(timer);
  });

  it.each([
    [{ filters: [[1]] }, 'layer.filters: expected rows of size^2 channels = 4 numbers, got 1'],
    [{ size: 4 }, 'layer.size = 4: expected an integer in [1, 3]'],
    [{ cells: 3 }, 'layer.cells = 3: expected an integer in [1, 2]'],
    [{ contrast: Number.NaN }, 'layer.contrast = NaN: expected a finite number >= 0'],
  ])('refuse %j', async (change, message) => {
    await expect(patchFeatures({ ...layer, ...change }, [new Array(9).fill(0)])).rejects.toThrow(message);
  });

  it('refuse images of another size', async () => {
    await expect(patchFeatures(layer, [[1, 2]])).rejects.toThrow('columns of x = 2');
    await expect(patchFeatures(layer, [[1, 2, 3, 4, 5, 6, 7, 8, Number.NaN]])).rejects.toThrow('x[0][8] = NaN');
  });
});
