// Sums of many kinds, on which a default is tried: badly scaled, sparse, imbalanced, few rows, many, outliers, deep, embeddings.

import { uniforms } from '../../src/core/random.js';
import {
  add,
  crossEntropy,
  dot,
  glorot,
  huber,
  Model,
  matvec,
  mul,
  relu,
  row,
  square,
  sub,
  sumSquares,
  tanh,
} from '../../src/expressions/index.js';
import type { SparseMatrix } from '../../src/index.js';
import { generalizedLinearModel, logisticRegression } from '../../src/nlp/index.js';
import type { minimizeSum } from '../../test/flat.js';
import { network, readDigits } from '../../test/smooth/digits.js';

export interface Case {
  name: string;
  problem: Parameters<typeof minimizeSum>[0];
  batchSize: number;
  /** True if minimize() finds the least value, with which gaps are known. */
  convex: boolean;
  epochs?: number;
}

function random(seed: number) {
  const uniform = uniforms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal, below: (n: number) => Math.min(n - 1, Math.floor(n * uniform())) };
}

/** Rows of normal numbers, columns times `scale(j)`, and their products with coefficients of order 1 over the scales. */
function linear(rows: number, columns: number, seed: number, scale: (j: number) => number = () => 1) {
  const { normal, uniform } = random(seed);
  const scales = Array.from({ length: columns }, (_, j) => scale(j));
  const data = Float64Array.from({ length: rows * columns }, normal);
  const truth = Array.from({ length: columns }, normal);
  const link = Float64Array.from({ length: rows }, (_, i) => {
    let t = 0;
    for (let j = 0; j < columns; ++j) t += (data[i * columns + j] as number) * (truth[j] as number);
    return t / Math.sqrt(columns);
  });
  for (let k = 0; k < data.length; ++k) data[k] = (data[k] as number) * (scales[k % columns] as number);
  return { x: { data, rows, columns }, link, normal, uniform };
}

function badlyScaled(): Case {
  const { x, link, normal } = linear(2000, 20, 1, (j) => 10 ** (-3 + (6 * j) / 19));
  const y = Array.from(link, (t) => Number(t + 0.5 * normal() > 0));
  return {
    name: 'logistic, columns from 1e-3 to 1e3',
    problem: logisticRegression({ x, y }),
    batchSize: 64,
    convex: true,
  };
}

function correlated(): Case {
  const { x, normal } = linear(2000, 20, 2);
  // Columns that are running sums: a condition number of some 1e3 in any units.
  for (let i = 0; i < x.rows; ++i) {
    for (let j = 1; j < 20; ++j)
      x.data[20 * i + j] = (x.data[20 * i + j] as number) + (x.data[20 * i + j - 1] as number);
  }
  const y = Array.from({ length: x.rows }, (_, i) => Math.sin(x.data[20 * i + 19] as number) + 0.3 * normal());
  return {
    name: 'least squares, columns correlated',
    problem: generalizedLinearModel({ loss: 'squared', x, y }),
    batchSize: 32,
    convex: true,
  };
}

function sparseText(): Case {
  const { uniform, normal } = random(3);
  const [rows, columns] = [3000, 2000];
  const truth = Array.from({ length: columns }, normal);
  const [offsets, indices, values, y] = [[0], [] as number[], [] as number[], [] as number[]];
  for (let i = 0; i < rows; ++i) {
    const words = new Set(Array.from({ length: 30 }, () => Math.floor(columns ** uniform()) - 1));
    let t = 0;
    for (const j of [...words].sort((a, b) => a - b)) {
      indices.push(j);
      values.push(1);
      t += truth[j] as number;
    }
    offsets.push(indices.length);
    y.push(Number(t + normal() > 0));
  }
  const x: SparseMatrix = {
    ...{ format: 'csr', rows, columns },
    ...{ offsets: Int32Array.from(offsets), indices: Int32Array.from(indices), values: Float64Array.from(values) },
  };
  return {
    name: 'logistic, sparse, words by rank',
    problem: logisticRegression({ x, y, ridge: 1e-4 }),
    batchSize: 64,
    convex: true,
  };
}

function imbalanced(): Case {
  const { x, link, normal } = linear(5000, 10, 4);
  const y = Array.from(link, (t) => Number(t + 0.7 * normal() > 2.4));
  return {
    name: 'logistic, one class in a hundred',
    problem: logisticRegression({ x, y, ridge: 1e-5, intercept: true }),
    batchSize: 64,
    convex: true,
  };
}

function separable(): Case {
  const { x, link } = linear(1000, 10, 5);
  const y = Array.from(link, (t) => Number(t > 0));
  return {
    name: 'logistic, separable',
    problem: logisticRegression({ x, y, ridge: 1e-6 }),
    batchSize: 32,
    convex: true,
  };
}

function fewRows(): Case {
  const { x, link, normal } = linear(20, 5, 6);
  const y = Array.from(link, (t) => t + 0.1 * normal());
  return {
    name: 'least squares, 20 rows',
    problem: generalizedLinearModel({ loss: 'squared', x, y }),
    batchSize: 4,
    convex: true,
    epochs: 40,
  };
}

function manyRows(): Case {
  const { x, link, normal } = linear(100_000, 20, 7);
  const y = Array.from(link, (t) => Number(t + normal() > 0));
  return {
    name: 'logistic, 100,000 rows',
    problem: logisticRegression({ x, y }),
    batchSize: 64,
    convex: true,
    epochs: 5,
  };
}

function farAway(): Case {
  const { x, link, normal } = linear(2000, 5, 8);
  const y = Array.from(link, (t) => 1000 + 10 * t + normal());
  return {
    name: 'least squares, targets about 1000',
    problem: generalizedLinearModel({ loss: 'squared', x, y, intercept: true }),
    batchSize: 64,
    convex: true,
  };
}

function tinyTargets(): Case {
  const { x, link, normal } = linear(2000, 5, 14);
  const y = Array.from(link, (t) => 1e-6 * (t + 0.1 * normal()));
  return {
    name: 'least squares, targets about 1e-6',
    problem: generalizedLinearModel({ loss: 'squared', x, y }),
    batchSize: 64,
    convex: true,
  };
}

function offCentre(): Case {
  const { x, link, normal } = linear(2000, 10, 15);
  x.data.forEach((value, k) => {
    x.data[k] = value + 50;
  });
  const y = Array.from(link, (t) => t + 0.1 * normal());
  return {
    name: 'least squares, columns far from 0',
    problem: generalizedLinearModel({ loss: 'squared', x, y, intercept: true }),
    batchSize: 64,
    convex: true,
  };
}

function outliers(): Case {
  const { x, link, normal, uniform } = linear(2000, 10, 9);
  const y = Float64Array.from(link, (t) => t + 0.1 * normal() + (uniform() < 0.05 ? 200 * normal() : 0));
  return {
    name: 'least squares, outliers of 200',
    problem: generalizedLinearModel({ loss: 'squared', x, y }),
    batchSize: 32,
    convex: true,
  };
}

function robust(): Case {
  const { x, link, normal, uniform } = linear(2000, 10, 9);
  const y = Float64Array.from(link, (t) => t + 0.1 * normal() + (uniform() < 0.05 ? 200 * normal() : 0));
  const model = new Model();
  const w = model.variable(10);
  const rows = model.rows({ x, y });
  model.minimize(rows.mean(huber(sub(dot(w, rows.x), rows.y), 0.5)));
  return { name: 'Huber, outliers of 200', problem: model, batchSize: 32, convex: true };
}

function counts(): Case {
  const { x, link, uniform } = linear(3000, 8, 10);
  const y = Array.from(link, (t) => {
    const rate = Math.exp(2 + 0.5 * t);
    let [k, p] = [0, uniform()];
    while (p > Math.exp(-rate)) {
      p *= uniform();
      ++k;
    }
    return k;
  });
  return {
    name: 'Poisson',
    problem: generalizedLinearModel({ loss: 'poisson', x, y, intercept: true }),
    batchSize: 64,
    convex: true,
  };
}

function spirals(sizes: number[], activation: typeof tanh, name: string): Case {
  const { normal, uniform } = random(11);
  const rows = 1000;
  const x = { data: new Float64Array(2 * rows), rows, columns: 2 };
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const radius = Math.sqrt(uniform());
    const angle = 7 * radius + Math.PI * (i % 2);
    x.data[2 * i] = radius * Math.cos(angle) + 0.02 * normal();
    x.data[2 * i + 1] = radius * Math.sin(angle) + 0.02 * normal();
    return i % 2;
  });
  const model = new Model();
  const table = model.rows({ x, y });
  let found = table.x as Parameters<typeof matvec>[1];
  const all = [2, ...sizes, 2];
  all.slice(1).forEach((size, k) => {
    const scores = add(
      matvec(model.variable([size, all[k] as number], { start: glorot() }), found),
      model.variable(size),
    );
    found = k === all.length - 2 ? scores : activation(scores);
  });
  model.minimize(table.mean(crossEntropy(found as never, table.y)));
  return { name, problem: model, batchSize: 32, convex: false, epochs: 60 };
}

function deepRegression(): Case {
  const { x, link, normal } = linear(2000, 8, 12);
  const y = Float64Array.from(link, (t) => 5 * Math.sin(2 * t) + t * t + 0.1 * normal());
  const model = new Model();
  const table = model.rows({ x, y });
  let hidden = table.x as Parameters<typeof matvec>[1];
  for (const [size, from] of [
    [32, 8],
    [32, 32],
    [32, 32],
  ] as const) {
    hidden = relu(add(matvec(model.variable([size, from], { start: glorot() }), hidden), model.variable(size)));
  }
  const w = model.variable(32, { start: glorot() });
  model.minimize(table.mean(square(sub(dot(w, hidden), table.y))));
  return { name: 'regression by a net 8-32-32-32-1, relu', problem: model, batchSize: 32, convex: false, epochs: 40 };
}

function ratings(): Case {
  const { normal, below } = random(13);
  const [users, items, rank, count] = [300, 200, 5, 20_000];
  const [U, V] = [users, items].map((size) => Array.from({ length: size }, () => Array.from({ length: rank }, normal)));
  const user = Int32Array.from({ length: count }, () => below(users));
  const item = Int32Array.from({ length: count }, () => Math.floor((below(items) * below(items)) / items)); // some often
  const rating = Float64Array.from({ length: count }, (_, k) => {
    const [a, b] = [U?.[user[k] as number] as number[], V?.[item[k] as number] as number[]];
    return 3.5 + a.reduce((total, value, j) => total + value * (b[j] as number), 0) / 2 + 0.3 * normal();
  });
  const model = new Model();
  const rows = model.rows({ user, item, rating });
  const [P, Q] = [
    model.variable([users, rank], { start: glorot() }),
    model.variable([items, rank], { start: glorot() }),
  ];
  const [b, c, mean] = [model.variable([users, 1]), model.variable([items, 1]), model.variable()];
  const ofRow = (table: typeof P, id: never) => row(table, id);
  const biases = add(dot(ofRow(b, rows.user as never), [1]), dot(ofRow(c, rows.item as never), [1]));
  const predicted = add(add(dot(ofRow(P, rows.user as never), ofRow(Q, rows.item as never)), biases), mean);
  model.minimize(add(rows.mean(square(sub(predicted, rows.rating))), mul(1e-5, add(sumSquares(P), sumSquares(Q)))));
  return { name: 'embeddings of 300 users and 200 items', problem: model, batchSize: 64, convex: false, epochs: 20 };
}

function deepDigits(): Case {
  const data = readDigits('train');
  const [rows, columns] = [2000, 784];
  const part = {
    images: { data: data.images.data.subarray(0, rows * columns), rows, columns },
    labels: data.labels.subarray(0, rows),
  };
  return {
    name: '2,000 digits, 784-64-64-64-10, relu',
    problem: network(part, [784, 64, 64, 64, 10], 'relu'),
    batchSize: 32,
    convex: false,
    epochs: 20,
  };
}

/** A network of fully connected layers, sizes from the first to the last, whose last layer is without `activation`. */
function layers(
  x: Parameters<typeof matvec>[1],
  model: Model,
  sizes: number[],
  activation: typeof tanh,
): Parameters<typeof matvec>[1] {
  let found = x;
  sizes.slice(1).forEach((size, k) => {
    const W = model.variable([size, sizes[k] as number], { start: glorot() });
    const scores = add(matvec(W, found), model.variable(size));
    found = k === sizes.length - 2 ? scores : activation(scores);
  });
  return found;
}

/** Five clouds that overlap, a tenth of their labels wrong. */
function noisyLabels(): Case {
  const { normal, below, uniform } = random(16);
  const [rows, columns, classes] = [3000, 20, 5];
  const centres = Array.from({ length: 2 * classes * columns }, () => 0.8 * normal());
  const x = { data: new Float64Array(rows * columns), rows, columns };
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const cloud = below(2 * classes);
    for (let j = 0; j < columns; ++j) x.data[columns * i + j] = (centres[columns * cloud + j] as number) + normal();
    return uniform() < 0.1 ? below(classes) : cloud % classes;
  });
  const model = new Model();
  const table = model.rows({ x, y });
  model.minimize(table.mean(crossEntropy(layers(table.x, model, [20, 64, 5], relu as typeof tanh) as never, table.y)));
  return { name: 'five classes, wrong labels, 20-64-5, relu', problem: model, batchSize: 64, convex: false };
}

/** Targets in the thousands and columns from 1e-3 to 1e3. */
function unscaledNet(): Case {
  const { x, link, normal } = linear(2000, 10, 17, (j) => 10 ** (-3 + (6 * j) / 9));
  const y = Float64Array.from(link, (t) => 1000 * Math.sin(2 * t) + 3000 + 10 * normal());
  const model = new Model();
  const table = model.rows({ x, y });
  const mean = model.variable();
  const hidden = layers(table.x, model, [10, 32, 32], tanh);
  model.minimize(
    table.mean(square(sub(add(dot(model.variable(32, { start: glorot() }), tanh(hidden)), mean), table.y))),
  );
  return {
    name: 'targets of thousands by a net 10-32-32-1, tanh',
    problem: model,
    batchSize: 64,
    convex: false,
    epochs: 40,
  };
}

function deepTanh(): Case {
  const { x, link, normal } = linear(2000, 10, 18);
  const y = Float64Array.from(link, (t) => Number(Math.sin(4 * t) + 0.1 * normal() > 0));
  const model = new Model();
  const table = model.rows({ x, y });
  const scores = layers(table.x, model, [10, 32, 32, 32, 32, 32, 2], tanh);
  model.minimize(table.mean(crossEntropy(scores as never, table.y)));
  return { name: 'stripes by a net of 6 layers of 32, tanh', problem: model, batchSize: 32, convex: false, epochs: 40 };
}

function autoencoder(): Case {
  const data = readDigits('train');
  const [rows, columns] = [1000, 784];
  const model = new Model();
  const table = model.rows({ x: { data: data.images.data.subarray(0, rows * columns), rows, columns } });
  model.minimize(table.mean(sumSquares(sub(layers(table.x, model, [784, 64, 16, 64, 784], tanh), table.x))));
  return { name: '1,000 digits through 784-64-16-64-784, tanh', problem: model, batchSize: 32, convex: false };
}

/** Yes or no of users and items, by embeddings. */
function choices(): Case {
  const { normal, below, uniform } = random(19);
  const [users, items, rank, count] = [200, 300, 4, 15_000];
  const [U, V] = [users, items].map((size) => Array.from({ length: size }, () => Array.from({ length: rank }, normal)));
  const user = Int32Array.from({ length: count }, () => below(users));
  const item = Int32Array.from({ length: count }, () => below(items));
  const taken = Float64Array.from({ length: count }, (_, k) => {
    const [a, b] = [U?.[user[k] as number] as number[], V?.[item[k] as number] as number[]];
    const t = a.reduce((total, value, j) => total + value * (b[j] as number), -1);
    return Number(uniform() < 1 / (1 + Math.exp(-t)));
  });
  const model = new Model();
  const rows = model.rows({ user, item, taken });
  const [P, Q] = [
    model.variable([users, rank], { start: glorot() }),
    model.variable([items, rank], { start: glorot() }),
  ];
  const score = add(dot(row(P, rows.user as never), row(Q, rows.item as never)), model.variable());
  model.minimize(add(rows.mean(crossEntropy(score, rows.taken)), mul(1e-4, add(sumSquares(P), sumSquares(Q)))));
  return { name: 'choices of 200 users among 300 items', problem: model, batchSize: 64, convex: false };
}

/** Least squares of a sigmoid's output: quasar-convex, of a system that is to be identified. */
function sigmoids(): Case {
  const { x, link } = linear(2000, 20, 20);
  const model = new Model();
  const table = model.rows({ x, y: Float64Array.from(link, (t) => Math.tanh(2 * t)) });
  model.minimize(table.mean(square(sub(tanh(dot(model.variable(20), table.x)), table.y))));
  return { name: 'squares of one tanh', problem: model, batchSize: 32, convex: false };
}

/** Squares of products with a vector that is to be found but for its sign. */
function phases(): Case {
  const { x, link } = linear(1000, 20, 21);
  const model = new Model();
  const table = model.rows({ x, y: Float64Array.from(link, (t) => t * t) });
  const w = model.variable(20, { start: glorot() });
  model.minimize(table.mean(square(sub(square(dot(w, table.x)), table.y))));
  return { name: 'phases of 20 numbers', problem: model, batchSize: 32, convex: false };
}

function shortRun(): Case {
  const data = readDigits('train');
  const [rows, columns] = [4000, 784];
  const part = {
    images: { data: data.images.data.subarray(0, rows * columns), rows, columns },
    labels: data.labels.subarray(0, rows),
  };
  return {
    name: '4,000 digits, 784-64-10, two epochs of batches of 8',
    problem: network(part, [784, 64, 10], 'relu'),
    batchSize: 8,
    convex: false,
    epochs: 2,
  };
}

export const cases: readonly (() => Case)[] = [
  badlyScaled,
  correlated,
  sparseText,
  imbalanced,
  separable,
  fewRows,
  manyRows,
  farAway,
  tinyTargets,
  offCentre,
  outliers,
  robust,
  counts,
  () => spirals([32], tanh, 'two spirals, 2-32-2, tanh'),
  () => spirals([32, 32, 32], relu as typeof tanh, 'two spirals, 2-32-32-32-2, relu'),
  deepRegression,
  ratings,
  deepDigits,
  noisyLabels,
  unscaledNet,
  deepTanh,
  autoencoder,
  choices,
  sigmoids,
  phases,
  shortRun,
];
