// The problems by which the contract tests hold `alignNetworks` to its promises.
import { matrix } from '../../src/index.js';
import { type Fixture, limitless, numbers } from '../contract/problem.js';

const network = (widths: readonly number[], seed: number) => ({
  layers: widths.slice(1).map((units, l) => ({
    weights: matrix(widths[l] as number, units, numbers((widths[l] as number) * units, seed + l)),
    biases: numbers(units, seed + 7 * l),
  })),
});
const small = { a: network([3, 6, 5, 2], 1), b: network([3, 6, 5, 2], 40) };
const rows = { x: matrix(20, 3, numbers(60, 5)), y: Float64Array.from({ length: 20 }, (_, i) => i % 2) };

export const fixture: Fixture = {
  small: { solver: 'discrete/alignNetworks', data: { ...small, ...rows }, settings: { starts: 3, points: 3 } },
  endless: {
    solver: 'discrete/alignNetworks',
    data: { a: network([8, 24, 24, 2], 3), b: network([8, 24, 24, 2], 70) },
    settings: { ...limitless, starts: 1_000_000 },
  },
  arrays: {
    rows: { solver: 'discrete/alignNetworks', data: { ...small, ...rows }, settings: { by: 'activations', points: 3 } },
  },
  objective: 'sometimes',
  wrong: {
    a: { layers: [{ weights: [[1]] }, { weights: [[1]] }] },
    b: { layers: [{ weights: [[1]] }, { weights: [[1]] }] },
    x: [[Number.NaN]],
  },
};
