// Probabilities by their formulas, and partial dependence where it has a closed form.
import { describe, expect, it } from 'vitest';
import * as relu from '../../src/relu/index.js';

/** f(x) = ((x_0)_+ a_0k + (-x_1)_+ a_1k) of two columns. */
function networkOf(loss: 'squared' | 'logistic' | 'softmax', outputs: number[][], classes?: string[]) {
  return relu.fromJSON({
    format: 'nonconvex',
    kind: 'reluNetwork',
    version: 1,
    activation: 'relu',
    loss,
    bias: false,
    inputScale: [1, 1],
    hiddenWeights: { rows: 2, columns: 2, data: [1, 0, 0, -1] },
    biases: [0, 0],
    outputWeights: { rows: 2, columns: outputs[0]?.length as number, data: outputs.flat() },
    pattern: [0, 0],
    ...(classes && { classes }),
  });
}

const x = [
  [1, 2],
  [-3, -0.5],
  [0.25, -4],
];
const hidden = x.map(([a, b]) => [Math.max(0, a as number), Math.max(0, -(b as number))] as const);

describe('predictProbabilities', () => {
  it('of two classes is the logistic function, first class first', () => {
    const { data, rows, columns } = relu.predictProbabilities(networkOf('logistic', [[2], [-1]], ['no', 'yes']), x);
    expect([rows, columns]).toEqual([3, 2]);
    hidden.forEach(([a, b], i) => {
      const p = 1 / (1 + Math.exp(-(2 * a - b)));
      expect(data[2 * i + 1]).toBeCloseTo(p, 14);
      expect(data[2 * i]).toBeCloseTo(1 - p, 14);
    });
  });

  it('of several classes has sum 1', () => {
    const outputs = [
      [1, -2, 0.5],
      [3, 0, -1],
    ];
    for (const loss of ['logistic', 'softmax'] as const) {
      const { data } = relu.predictProbabilities(networkOf(loss, outputs, ['a', 'b', 'c']), x);
      hidden.forEach(([a, b], i) => {
        const f = [0, 1, 2].map((k) => a * (outputs[0]?.[k] as number) + b * (outputs[1]?.[k] as number));
        const odds = f.map((value) => (loss === 'softmax' ? Math.exp(value) : 1 / (1 + Math.exp(-value))));
        const total = odds.reduce((s, p) => s + p, 0);
        odds.forEach((p, k) => {
          expect(data[3 * i + k]).toBeCloseTo(p / total, 14);
        });
      });
    }
  });

  it('of large outputs is a number', () => {
    const { data } = relu.predictProbabilities(
      networkOf(
        'softmax',
        [
          [1e4, -1e4],
          [0, 0],
        ],
        ['a', 'b'],
      ),
      x,
    );
    expect(Array.from(data.slice(0, 2))).toEqual([1, 0]);
  });

  it('is refused for losses without probabilities', () => {
    expect(() => relu.predictProbabilities(networkOf('squared', [[1], [1]]), x)).toThrow("network.loss = 'squared'");
  });
});

describe('partialDependence', () => {
  it('of a sum of functions of one column each is that function and the mean of the others', () => {
    const network = networkOf('squared', [[2], [-1]]);
    const mean = hidden.reduce((s, [, b]) => s - b, 0) / 3;
    const { grid, values } = relu.partialDependence(network, x, 0, { grid: [-1, 0, 0.5, 3] });
    expect(Array.from(grid)).toEqual([-1, 0, 0.5, 3]);
    expect([values.rows, values.columns]).toEqual([4, 1]);
    grid.forEach((v, i) => {
      expect(values.data[i]).toBeCloseTo(2 * Math.max(0, v) + mean, 13);
    });
  });

  it('goes from the 5th to the 95th percentile, and leaves x as it is', () => {
    const column = Array.from({ length: 101 }, (_, i) => [i, -i]);
    const { grid } = relu.partialDependence(networkOf('squared', [[1], [1]]), column, 1);
    expect(grid).toHaveLength(50);
    expect([grid[0], grid[49]]).toEqual([-95, -5]);
    expect(column[7]).toEqual([7, -7]);
  });

  it('refuses columns that are not there', () => {
    const network = networkOf('squared', [[1], [1]]);
    expect(() => relu.partialDependence(network, x, 2)).toThrow('column = 2: expected an integer in [0, 1]');
    expect(() => relu.partialDependence(network, [], 0)).toThrow();
  });
});
