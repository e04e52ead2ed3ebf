// Refinement: the objective never rises, ends near the best of any width, and where columns are few with a bound for all networks.
import { describe, expect, it } from 'vitest';
import { type ReluProgress, trainReluNetwork } from '../../src/index.js';
import { predict } from '../../src/relu/index.js';
import { long } from '../long.js';
import { normals } from '../problems/relu.js';

/** y of a planted network on x of d normal columns, with a constant one. */
function planted(rows: number, d: number, seed: number) {
  const normal = normals(seed);
  const neurons = Array.from({ length: 4 }, () => Array.from({ length: d + 1 }, normal));
  const x = Array.from({ length: rows }, () => Array.from({ length: d }, normal));
  const hidden = (row: number[]) =>
    neurons.map((u) =>
      Math.max(
        0,
        [...row, 1].reduce((sum, value, i) => sum + value * (u[i] as number), 0),
      ),
    );
  const y = x.map((row) => hidden(row).reduce((sum, h, j) => sum + (j % 2 === 0 ? h : -h), 0));
  return { x, y, neurons };
}

/** The objective of a network on x with a constant column, by plain loops. */
function objectiveOf(x: number[][], y: number[], lambda: number, neurons: { u: number[]; a: number }[]): number {
  const losses = x.map((row, k) => {
    const f = neurons.reduce(
      (sum, { u, a }) =>
        sum +
        a *
          Math.max(
            0,
            [...row, 1].reduce((z, value, i) => z + value * (u[i] as number), 0),
          ),
      0,
    );
    return (f - (y[k] as number)) ** 2 / 2;
  });
  const penalty = neurons.reduce((sum, { u, a }) => sum + u.reduce((s, w) => s + w * w, 0) + a * a, 0);
  return losses.reduce((a, b) => a + b) + (lambda / 2) * penalty;
}

describe('refinement', () => {
  it('ends with a bound for all networks of two inputs, below the planted network, and rounds never rise', async () => {
    const { x, y, neurons } = planted(80, 2, 5);
    const lambda = 0.05;
    const reports: ReluProgress[] = [];
    const result = await trainReluNetwork(
      { x, y },
      { lambda, patterns: 'refine', onProgress: (report) => void reports.push(report) },
    );
    expect(result.status).toBe('solved');
    expect(result.certificate.over).toBeUndefined();
    expect(['bounded', 'global']).toContain(result.certificate.kind);
    expect(result.gap).toBeLessThanOrEqual(1e-4);
    expect(result.lowerBound).toBeLessThanOrEqual(result.objective);
    expect(result.estimate?.lowerBound).toBe(result.lowerBound);
    const plantedObjective = objectiveOf(
      x,
      y,
      lambda,
      neurons.map((u, j) => {
        const root = Math.sqrt(Math.hypot(...u));
        return { u: u.map((w) => w / root), a: j % 2 === 0 ? root : -root };
      }),
    );
    expect(result.objective).toBeLessThanOrEqual(plantedObjective * (1 + 1e-9));
    for (let i = 1; i < reports.length; ++i) {
      expect(reports[i]?.objective).toBeLessThanOrEqual((reports[i - 1]?.objective as number) * (1 + 1e-12));
    }
    expect(reports.some((report) => (report.violation ?? 0) > 1)).toBe(true);
  });

  it('solves one convex program, to the tolerance, without rounds', async () => {
    const { x, y } = planted(20, 7, 12);
    const settings = { lambda: 0.1, tolerance: 1e-6 };
    const result = await trainReluNetwork({ x, y }, { ...settings, patterns: { refine: { rounds: 0, restarts: 0 } } });
    expect(result.status).toBe('solved');
    const first = result.history[0] as ReluProgress;
    expect((first.objective as number) - (first.lowerBound as number)).toBeLessThanOrEqual(1e-6 * result.objective);
    const again = await trainReluNetwork({ x, y }, { ...settings, patterns: { gates: result.convex.gates } });
    expect(Math.abs(again.objective - result.objective)).toBeLessThanOrEqual(2e-6 * result.objective);
  });

  it('gives the network that it says', async () => {
    const { x, y } = planted(60, 2, 9);
    const lambda = 0.1;
    const { network, networkObjective, objective, activeNeurons } = await trainReluNetwork(
      { x, y },
      { lambda, patterns: { refine: { rounds: 3 } } },
    );
    const { hiddenWeights, biases, outputWeights } = network;
    expect(activeNeurons).toBe(hiddenWeights.columns);
    const neurons = Array.from({ length: activeNeurons }, (_, j) => ({
      u: [0, 1].map((i) => hiddenWeights.data[i * activeNeurons + j] as number).concat(biases[j] as number),
      a: outputWeights.data[j] as number,
    }));
    expect(Math.abs(objectiveOf(x, y, lambda, neurons) / objective - 1)).toBeLessThan(1e-8);
    expect(Math.abs(networkObjective / objective - 1)).toBeLessThan(1e-9);
    const predicted = predict(network, x);
    expect(predicted).toHaveLength(60);
  });

  it('finds the network without neurons where lambda is large', async () => {
    const { x, y } = planted(40, 2, 3);
    const result = await trainReluNetwork({ x, y }, { lambda: 1e4, patterns: 'refine' });
    expect(result.status).toBe('solved');
    expect(result.activeNeurons).toBe(0);
    expect(result.gap).toBeLessThanOrEqual(1e-4);
    expect(predict(result.network, x)).toEqual(new Float64Array(40));
  });

  it.runIf(long)('serves several outputs and classes', async () => {
    const { x, y } = planted(40, 6, 7); // the bias makes more columns than have their largest price found exactly
    const labels = y.map((value) => (value > 0.5 ? 'high' : value < -0.5 ? 'low' : 'middle'));
    for (const loss of ['squared', 'logistic', 'softmax'] as const) {
      const settings = { lambda: 0.05, loss, patterns: { refine: { rounds: 1, restarts: 0 } } };
      const refined = await trainReluNetwork({ x, y: labels }, settings);
      const sampled = await trainReluNetwork({ x, y: labels }, { lambda: 0.05, loss });
      expect(refined.objective).toBeLessThan(sampled.objective);
      expect(Math.abs(refined.networkObjective / refined.objective - 1)).toBeLessThan(1e-8);
    }
  });

  it.runIf(long)('ends without a search where no estimate is wanted', async () => {
    const { x, y } = planted(40, 6, 7);
    const settings = { lambda: 0.05, patterns: { refine: { rounds: 0, restarts: 0 } } };
    const searched = await trainReluNetwork({ x, y }, settings);
    const quick = await trainReluNetwork(
      { x, y },
      { ...settings, patterns: { refine: { rounds: 0, restarts: 0, estimate: false } } },
    );
    expect([searched.estimate === undefined, quick.estimate === undefined]).toEqual([false, true]);
    expect(quick.objective).toBe(searched.objective);
    expect(quick.network).toEqual(searched.network);
    expect([quick.status, quick.gap]).toEqual([searched.status, searched.gap]);
  });

  it('says what the residual of one descent certifies, each output over patterns of its own', async () => {
    const { x, y } = planted(60, 3, 4);
    const targets = y.map((value) => [value, -value / 2]);
    const settings = { lambda: 0.2, patterns: { refine: { rounds: 0, restarts: 0, program: false, estimate: false } } };
    const result = await trainReluNetwork({ x, y: targets }, settings);
    expect(result.status).toBe('iterationLimit');
    expect(result.message).toContain('patterns.refine.program = false');
    expect(result.certificate.over).toBe('ownPatterns');
    expect(Math.abs(result.networkObjective / result.objective - 1)).toBeLessThan(1e-9);
    expect(result.lowerBound).toBeGreaterThan(0);
    // The dual point, by plain loops: feasible for the patterns of each output's own neurons, and worth the bound.
    const { network, convex } = result;
    const [m, c] = [network.outputWeights.rows, 2];
    const theta = (i: number, k: number) => convex.dual.data[c * i + k] as number;
    let bound = 0;
    x.forEach((_, i) => {
      for (let k = 0; k < c; ++k) {
        bound += theta(i, k) * (targets[i]?.[k] as number) - theta(i, k) ** 2 / 2;
      }
    });
    expect(Math.abs(bound / result.lowerBound - 1)).toBeLessThan(1e-9);
    for (let j = 0; j < m; ++j) {
      const k = network.outputWeights.data[c * j] === 0 ? 1 : 0;
      const slope = [0, 0, 0, 0];
      x.forEach((row, i) => {
        const z = row.reduce(
          (sum, value, l) => sum + value * (network.hiddenWeights.data[m * l + j] as number),
          network.biases[j] as number,
        );
        if (z < 0) return;
        [...row, 1].forEach((value, l) => {
          slope[l] = (slope[l] as number) + value * theta(i, k);
        });
      });
      expect(Math.hypot(...slope)).toBeLessThanOrEqual(settings.lambda * (1 + 1e-9));
    }
  });

  it('names the limit of time that it met', async () => {
    const { x, y } = planted(300, 8, 4);
    const settings = { lambda: 0.001, patterns: { refine: { timeLimit: 1e-6, estimate: false } } };
    const { status, message } = await trainReluNetwork({ x, y }, settings);
    expect(status).toBe('timeLimit');
    expect(message).toContain('patterns.refine.timeLimit = 1e-06 s');
    expect(message).not.toContain('Infinity');
  });

  it.runIf(long)('begins at an earlier result', async () => {
    const { x, y } = planted(50, 4, 11);
    const first = await trainReluNetwork({ x, y }, { lambda: 0.05, patterns: { refine: { rounds: 2 } } });
    const second = await trainReluNetwork(
      { x, y },
      { lambda: 0.05, patterns: { refine: { rounds: 1 } }, warmStart: first },
    );
    expect(second.objective).toBeLessThanOrEqual(first.objective * (1 + 1e-3));
  });

  it.runIf(long)('is the same for any number of threads', async () => {
    const { x, y } = planted(50, 3, 13);
    const [one, two] = await Promise.all(
      [1, 2].map((threads) =>
        trainReluNetwork({ x, y }, { lambda: 0.05, threads, patterns: { refine: { rounds: 1 } } }),
      ),
    );
    expect(one?.objective).toBe(two?.objective);
    expect(one?.network.hiddenWeights).toEqual(two?.network.hiddenWeights);
  });

  it('ends in time, and when aborted', async () => {
    const { x, y } = planted(1000, 30, 17);
    const timed = await trainReluNetwork({ x, y }, { lambda: 0.5, patterns: { refine: { timeLimit: 1e-3 } } });
    expect(timed.status).toBe('timeLimit');
    expect(Number.isFinite(timed.objective)).toBe(true);
    const controller = new AbortController();
    const running = trainReluNetwork({ x, y }, { lambda: 0.5, patterns: 'refine', signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    expect((await running).status).toBe('aborted');
  });

  it('says what it cannot do', async () => {
    const { x, y } = planted(20, 2, 1);
    const train = (settings: object) => trainReluNetwork({ x, y }, settings);
    await expect(train({ patterns: 'refine', activation: 'gated' })).rejects.toThrow("activation = 'gated'");
    await expect(train({ patterns: 'refine', method: 'sampled' })).rejects.toThrow("method = 'sampled'");
    await expect(train({ patterns: { refine: { rounds: 1.5 } } })).rejects.toThrow('patterns.refine.rounds = 1.5');
    await expect(train({ patterns: { refine: { restarts: -1 } } })).rejects.toThrow('patterns.refine.restarts = -1');
    const estimate = 1 as unknown as boolean;
    await expect(train({ patterns: { refine: { estimate } } })).rejects.toThrow('patterns.refine.estimate = 1');
    const program = 0 as unknown as boolean;
    await expect(train({ patterns: { refine: { program } } })).rejects.toThrow('patterns.refine.program = 0');
    await expect(train({ patterns: { refine: { round: 1 } } })).rejects.toThrow("did you mean 'rounds'");
    await expect(train({ patterns: 'refined' })).rejects.toThrow('patterns');
  });
});
