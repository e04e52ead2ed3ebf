// Models of rows by batches.
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../src/core/matrix.js';
import { uniforms } from '../../src/core/random.js';
import {
  add,
  crossEntropy,
  dot,
  evaluate,
  glorot,
  Model,
  matvec,
  max,
  mul,
  relu,
  softmax,
  square,
  sub,
  sumSquares,
} from '../../src/expressions/index.js';
import { logisticRegression, minimize } from '../../src/nlp/index.js';
import { minimizeSum } from '../flat.js';

const N = 400;
const random = uniforms(11);
const X = { data: Float64Array.from({ length: 2 * N }, () => 2 * random() - 1), rows: N, columns: 2 };
/** Two classes that no line separates: by the sign of x_0 x_1. */
const crossed = Array.from({ length: N }, (_, i) =>
  (X.data[2 * i] as number) * (X.data[2 * i + 1] as number) > 0 ? 1 : 0,
);

function network() {
  const model = new Model();
  const rows = model.rows({ x: X, y: crossed });
  const [W1, b1] = [model.variable([16, 2], { start: glorot() }), model.variable(16)];
  const [W2, b2] = [model.variable([2, 16], { start: glorot() }), model.variable(2)];
  const logits = add(matvec(W2, relu(add(matvec(W1, rows.x), b1))), b2);
  model.minimize(rows.mean(crossEntropy(logits, rows.y)));
  model.output('chances', softmax(logits));
  return { model, rows };
}

describe('minimizeSum of a model', () => {
  it('trains a network without any setting', async () => {
    const { model } = network();
    const { status, x, objective } = await minimizeSum(model, { batchSize: 16, maxEpochs: 40 });
    expect(status).toBe('epochLimit');
    expect(objective).toBeLessThan(0.1);
    expect(objective).toBeCloseTo(model.compile().objective(x), 6);
    const chances = (await evaluate(model, x)).chances as Matrix;
    const right = crossed.filter((label, i) => (chances.data[2 * i + label] as number) > 0.5).length;
    expect(right / N).toBeGreaterThan(0.95);
  });

  it('gives the same bits for any number of threads', async () => {
    const { model } = network();
    const [one, four] = await Promise.all(
      [1, 4].map((threads) => minimizeSum(model, { batchSize: 300, maxEpochs: 3, threads })),
    );
    expect(one?.x).toEqual(four?.x);
  });

  it('comes to the solution of minimize where all rows are looked at', async () => {
    const model = new Model();
    const w = model.variable(2, { start: 0.5 });
    const labels = Array.from({ length: N }, (_, i) => ((X.data[2 * i] as number) + random() > 0.5 ? 1 : 0));
    const rows = model.rows({ x: X, y: labels });
    model.minimize(add(rows.mean(crossEntropy(dot(w, rows.x), rows.y)), mul(0.05, sumSquares(w))));
    const [whole, sums, known] = await Promise.all([
      minimize(model, { tolerance: 1e-10 }),
      minimizeSum(model, { method: 'oasis', batchSize: 'full', maxEpochs: 2000, tolerance: 1e-9 }),
      minimize(logisticRegression({ x: X, y: labels, ridge: 0.1 }), { tolerance: 1e-10 }),
    ]);
    expect(sums.status).toBe('solved');
    expect(sums.objective).toBeCloseTo(whole.objective, 10);
    expect(whole.objective).toBeCloseTo(known.objective, 10);
  });

  it('refuses models that are no such sums', async () => {
    const plain = new Model();
    plain.minimize(square(plain.variable()));
    await expect(minimizeSum(plain)).rejects.toThrow('problem: expected an objective with a mean over rows of data');
    await expect(minimizeSum({ x: [[1]], y: [1] } as never)).rejects.toThrow(
      "problem = { x, y }: has data, but not which loss to minimise: expected logisticRegression({ x, y }), or generalizedLinearModel({ loss: 'squared', x, y }) for least squares",
    );
    const { model, rows } = network();
    const w = model.variable(2);
    model.minimize(rows.max(dot(w, rows.x)));
    await expect(minimizeSum(model)).rejects.toThrow('objective: has rows.max');
    model.minimize(square(rows.mean(max(sub(dot(w, rows.x), 1), 0))));
    await expect(minimizeSum(model)).rejects.toThrow('objective: is no linear function of its means');
    model.minimize(rows.mean(dot(w, rows.x)));
    model.equal(w, 1);
    await expect(minimizeSum(model)).rejects.toThrow('problem: has 2 constraints');
  });
});
