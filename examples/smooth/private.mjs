// Logistic regression of which nobody learns whether somebody was among its 1,000 rows: accuracy beside the privacy that it costs.
import { logisticRegression } from 'nonconvex/nlp';
import { dpSgd, minimizeSum } from 'nonconvex/smooth';

// Standard normal numbers, the same at every run.
let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

const [rows, columns] = [3000, 10];
const truth = Array.from({ length: columns }, normal);
const x = Array.from({ length: rows }, () => Array.from({ length: columns }, normal));
const product = (row, w) => row.reduce((sum, value, j) => sum + value * w[j], 0);
const y = x.map((row) => (product(row, truth) + 1.5 * normal() > 0 ? 1 : 0));
const [train, test] = [
  { x: x.slice(0, 1000), y: y.slice(0, 1000) },
  { x: x.slice(1000), y: y.slice(1000) },
];
const accuracy = (w) => test.x.filter((row, i) => product(row, w) > 0 === (test.y[i] === 1)).length / test.y.length;

const problem = logisticRegression(train);
const points = [];
for (const noise of [0.7, 1, 2, 4, 8, 16]) {
  const { x: w, privacy } = await minimizeSum(problem, {
    method: dpSgd({ noise, stepSize: 0.5, schedule: 'linear', privacyDelta: 1e-5 }),
    batchSize: 50,
    maxEpochs: 10,
  });
  points.push({ noise, epsilon: privacy.epsilon, accuracy: accuracy(w) });
}
const { x: plain } = await minimizeSum(problem, { maxEpochs: 10 });
console.log(`without privacy: accuracy ${accuracy(plain).toFixed(2)}`);
for (const { noise, epsilon, accuracy } of points) {
  console.log(`noise ${noise}: epsilon ${epsilon.toFixed(2)}, accuracy ${accuracy.toFixed(2)}`);
}

// The picture of docs/gallery.md.
export const picture = {
  title: 'What privacy costs of accuracy',
  ...{ x: 'epsilon, at delta = 1e-5', y: 'accuracy on 2,000 other rows', logX: true },
  series: [
    {
      ...{ name: 'private steps', as: 'line', dots: true, colour: 1 },
      ...{ x: points.map(({ epsilon }) => epsilon), y: points.map((point) => point.accuracy) },
    },
  ],
  marks: [{ y: accuracy(plain), label: 'without privacy' }],
};

// heading: What privacy costs
// prints: /without privacy: accuracy 0\.[89]\d/
// prints: /noise 0.7: epsilon \d+\.\d\d, accuracy 0\.\d\d/
// prints: /noise 1: epsilon \d+\.\d\d, accuracy 0\.\d\d/
// prints: /noise 2: epsilon \d+\.\d\d, accuracy 0\.\d\d/
// prints: /noise 4: epsilon \d+\.\d\d, accuracy 0\.\d\d/
// prints: /noise 8: epsilon \d+\.\d\d, accuracy 0\.\d\d/
// prints: /noise 16: epsilon \d+\.\d\d, accuracy 0\.\d\d/
