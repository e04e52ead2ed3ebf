// The problems by which the contract tests hold `matrixCompletion` to its promises.
import { countless, type Fixture, limitless, numbers } from '../contract/problem.js';

const known = 80;
const entries = {
  rows: 12,
  columns: 10,
  rowIndices: Int32Array.from({ length: known }, (_, k) => (7 * k) % 12),
  columnIndices: Int32Array.from({ length: known }, (_, k) => (3 * k + Math.floor(k / 12)) % 10),
  values: numbers(known, 6),
};

export const fixture: Fixture = {
  small: { solver: 'sparse/matrixCompletion', data: entries, settings: { lambda: 0.5 } },
  endless: {
    solver: 'sparse/matrixCompletion',
    data: { ...entries, rows: 200, columns: 150 },
    settings: { lambdas: countless, ...limitless },
  },
  objective: 'sometimes',
  wrong: { ...entries, rowIndices: [99] },
};
