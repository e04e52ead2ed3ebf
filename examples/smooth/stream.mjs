// Least squares over a stream whose solution moves: a learner that knows how fast, beside one whose steps shrink as if it stood still.
import { onlineLearner } from 'nonconvex/smooth';

// Standard normal numbers, the same at every run.
let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

const [n, noise, drift] = [10, 0.5, 0.05];
const learners = {
  drift: onlineLearner({ n, method: 'drift', noise, drift, uncertainty: n }),
  'steps of 1 / t': onlineLearner({ n, strongConvexity: 1 }),
};
const solution = Array.from({ length: n }, normal);
const courses = { drift: [], 'steps of 1 / t': [] };
const sums = {};
const steps = 4000;
for (let t = 1; t <= steps; ++t) {
  const row = Array.from({ length: n }, normal);
  const y = row.reduce((sum, value, j) => sum + value * solution[j], 0) + noise * normal();
  for (const [name, learner] of Object.entries(learners)) {
    const left = row.reduce((sum, value, j) => sum + value * learner.x[j], 0) - y;
    learner.update(row.map((value) => value * left));
    const error = solution.reduce((sum, value, j) => sum + (value - learner.x[j]) ** 2, 0);
    if (t > steps / 2) sums[name] = (sums[name] ?? 0) + error / (steps / 2);
    if (t % 20 === 0) courses[name].push(error);
  }
  const direction = Array.from({ length: n }, normal);
  const norm = Math.hypot(...direction);
  direction.forEach((value, j) => {
    solution[j] += (drift * value) / norm;
  });
}
for (const [name, error] of Object.entries(sums)) console.log(`${name}: mean squared error ${error.toFixed(2)}`);
console.log(`foretold: ${learners.drift.toJSON().state.error.toFixed(2)}`);

// The picture of docs/gallery.md.
export const picture = {
  title: 'The squared error of learners of a stream whose solution moves',
  ...{ x: 'step', y: 'squared error', logY: true },
  series: Object.entries(courses).map(([name, errors], k) => ({
    ...{ name, as: 'line', colour: k + 1 },
    ...{ x: errors.map((_, at) => 20 * (at + 1)), y: errors },
  })),
};

// heading: A stream whose solution moves
// prints: drift: mean squared error 0.09
// prints: steps of 1 / t: mean squared error 1.91
// prints: foretold: 0.10
