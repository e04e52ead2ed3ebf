// Refinement of the problems whose best networks are known, where they are at hand.
import './refine.test.js';
import { describe, expect, it } from 'vitest';
import { ReluClassifier, trainReluNetwork } from '../../src/relu/index.js';
import { available, bestKnown, dot, knownProblem, norm, normals, table, toMatrix } from '../problems/relu.js';

if (!available) console.warn('skipped: problems with known optima, as ../shared/problems/relu is not there');

describe.skipIf(!available)('refinement of problems with best known networks', () => {
  it.each(
    available
      ? [
          ['synth', 0.01] as const,
          ['synth', 0.001] as const,
          ['bc', 0.01] as const,
          ['bc', 0.001] as const,
          ['digits', 0.01] as const,
        ]
      : [],
  )(
    '%s, lambda of a row %d: below the best of 50 local runs',
    async (name, perRow) => {
      const { x, y } = knownProblem(name);
      const best = bestKnown(name, perRow);
      const result = await trainReluNetwork(
        { x: toMatrix(x), y },
        { task: 'regression', bias: false, lambda: perRow * y.length, patterns: { refine: { rounds: 3 } } },
      );
      expect(result.status).toBe('solved');
      expect(result.certificate.over).toBe('patterns');
      expect(result.objective).toBeLessThanOrEqual(best.bestOfLocalRuns);
      expect(result.objective).toBeGreaterThanOrEqual(best.estimatedLowerBound * 0.99);
      expect(result.estimate?.lowerBound).toBeLessThanOrEqual(result.objective);
    },
    60_000,
  );
});

describe('refinement of planted networks', () => {
  it.each([
    [200, 5, 4],
    [300, 10, 6],
  ])(
    '%d x %d, %d neurons: an objective no larger than that of the network that made the data',
    async (n, d, neurons) => {
      const draw = normals(n + d);
      const x = table(n, d, draw);
      const planted = table(neurons, d, draw);
      const y = x.map((row) =>
        planted.reduce((sum, u, j) => sum + (j % 2 === 0 ? 1 : -1) * Math.max(0, dot(row, u)), 0),
      );
      const lambda = 1e-3 * n;
      const result = await trainReluNetwork(
        { x: toMatrix(x), y },
        { task: 'regression', bias: false, lambda, patterns: 'refine' },
      );
      // The planted network has no loss, and its balanced weights the penalty sum ||u_j|| |a_j|.
      const objective = lambda * planted.reduce((sum, u) => sum + norm(u), 0);
      expect(result.objective).toBeLessThanOrEqual(objective);
      expect(result.estimate?.lowerBound).toBeLessThanOrEqual(result.objective);
      expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThan(1e-8);
    },
    120_000,
  );
});

describe('refinement of several outputs of large data', () => {
  const [rows, columns, outputs] = [2000, 252, 6];
  const normal = normals(8);
  const x = { rows, columns, data: Float64Array.from({ length: rows * columns }, normal) };
  const hidden = Array.from({ length: 2 * outputs * columns }, normal);
  const targets = { rows, columns: outputs, data: new Float64Array(outputs * rows) };
  for (let i = 0; i < rows; ++i) {
    for (let h = 0; h < 2 * outputs; ++h) {
      let z = 0;
      for (let j = 0; j < columns; ++j) z += (x.data[columns * i + j] as number) * (hidden[columns * h + j] as number);
      const at = outputs * i + (h % outputs);
      targets.data[at] = (targets.data[at] as number) + Math.max(0, z) / Math.sqrt(columns) - (h < outputs ? 0 : 0.8);
    }
  }
  const settings = { lambda: 0.01 * rows, tolerance: 1e-2 };

  it('solves a program for each output over patterns of its own, as if each was alone', async () => {
    const reports: { objective?: number; lowerBound?: number }[] = [];
    const result = await trainReluNetwork(
      { x, y: targets },
      {
        ...settings,
        patterns: { refine: { rounds: 0, estimate: false } },
        onProgress: (report) => void reports.push(report),
      },
    );
    expect(result.certificate.over).toBe('ownPatterns');
    expect(result.status).toBe('solved');
    expect(result.gap).toBeLessThanOrEqual(1e-2);
    expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThan(1e-8);
    // The start, a report for each output, and the end: neither the objective nor the bound gets worse.
    expect(reports.length).toBeGreaterThanOrEqual(outputs + 1);
    reports.slice(1).forEach(({ objective, lowerBound }, k) => {
      expect(objective).toBeLessThanOrEqual((reports[k]?.objective as number) * (1 + 1e-12));
      expect(lowerBound).toBeGreaterThanOrEqual((reports[k]?.lowerBound as number) * (1 - 1e-12));
    });
    // Each output alone, over the patterns that its neurons have: what it finds is no worse than what the bound allows.
    const { gates } = result.convex;
    const { outputWeights, pattern } = result.network;
    let alone = 0;
    for (let k = 0; k < outputs; ++k) {
      const own = Array.from(pattern).filter((_, j) => outputWeights.data[outputs * j + k] !== 0);
      const chosen = [...new Set(own)];
      const data = new Float64Array(gates.rows * chosen.length);
      for (let i = 0; i < gates.rows; ++i) {
        chosen.forEach((p, to) => {
          data[i * chosen.length + to] = gates.data[i * gates.columns + p] as number;
        });
      }
      const y = Float64Array.from({ length: rows }, (_, i) => targets.data[outputs * i + k] as number);
      const patterns = { gates: { rows: gates.rows, columns: chosen.length, data } };
      alone += (await trainReluNetwork({ x, y }, { ...settings, patterns })).objective;
    }
    expect(alone).toBeGreaterThanOrEqual(result.lowerBound * (1 - 1e-9));
    expect(Math.abs(alone / result.objective - 1)).toBeLessThan(2e-2);
  });

  it('descends by batches without a program, which estimators take', async () => {
    const largest = (i: number) => {
      const of = targets.data.subarray(outputs * i, outputs * (i + 1));
      return String(of.indexOf(Math.max(...of)));
    };
    const classes = Array.from({ length: rows }, (_, i) => largest(i));
    const { result } = await new ReluClassifier().fit(x, classes);
    expect(result.lambdaFrom).toBe('crossValidated');
    expect(result.certificate.over).toBe('ownPatterns');
    expect(result.message).toContain('patterns.refine.program = false');
    expect(result.lowerBound).toBeLessThanOrEqual(result.objective);
  });

  it('bounds a coupled loss, too', async () => {
    const classes = Array.from({ length: rows }, (_, i) => String(i % outputs));
    const result = await trainReluNetwork(
      { x, y: classes },
      { loss: 'softmax', lambda: 5, patterns: { refine: { rounds: 0, program: false, estimate: false } } },
    );
    expect(result.certificate.over).toBe('ownPatterns');
    expect(result.lowerBound).toBeGreaterThan(0);
    expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThan(1e-8);
  });
});
