// A linear system learned from what goes in and what comes out: h' = A h + B u, y = C h. Its squared error is not convex but, where A is a
// companion matrix of a stable system, nearly quasar-convex (Hardt, Ma, Recht 2018): accelerated descent by that property, beside descent.
import { cyclicBcd, minimizeSum, qagd } from 'nonconvex/smooth';

// Standard normal numbers, the same at every run.
let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

const [order, length, sequences] = [3, 25, 30];
/** The first of x are the last row of A, the rest are C; what comes out, and the states. */
function simulate(x, u) {
  const states = [new Float64Array(order)];
  const out = new Float64Array(length);
  for (let t = 0; t < length; ++t) {
    const h = states[t];
    let [last, y] = [u[t], 0];
    for (let k = 0; k < order; ++k) {
      y += x[order + k] * h[k];
      last += x[k] * h[k];
    }
    out[t] = y;
    states.push(Float64Array.of(...h.subarray(1), last));
  }
  return { out, states };
}
const truth = [-0.2, 0.1, 0.6, 1, -0.5, 0.8];
const inputs = Array.from({ length: sequences }, () => Float64Array.from({ length }, normal));
const outputs = inputs.map((u) => simulate(truth, u).out.map((value) => value + 0.01 * normal()));

const problem = {
  rows: sequences,
  n: 2 * order,
  // Backwards through time: `back` is the derivative in the state.
  gradient(x, rows, g) {
    let loss = 0;
    for (const i of rows) {
      const { out, states } = simulate(x, inputs[i]);
      let back = new Float64Array(order);
      for (let t = length - 1; t >= 0; --t) {
        const error = (out[t] - outputs[i][t]) / (length * rows.length);
        loss += (error * (out[t] - outputs[i][t])) / 2;
        const last = back[order - 1];
        const before = new Float64Array(order);
        for (let k = 0; k < order; ++k) {
          g[k] += last * states[t][k];
          g[order + k] += error * states[t][k];
          before[k] = error * x[order + k] + last * x[k] + (k > 0 ? back[k - 1] : 0);
        }
        back = before;
      }
    }
    return loss;
  },
};

const courses = [];
for (const [name, method] of Object.entries({
  'quasar-convex acceleration': qagd({ quasarConvexity: 0.5 }),
  descent: cyclicBcd({ coordinateBlocks: 1 }),
})) {
  const { x, objective, counts, history } = await minimizeSum(problem, {
    method,
    maxEpochs: 300,
    trackBest: true,
  });
  courses.push({ name, history });
  console.log(`${name}: loss ${objective.toExponential(1)} after ${counts.gradients} gradients`);
  if (name !== 'descent') console.log(`x = ${Array.from(x, (value) => value.toFixed(2)).join(' ')}`);
}

// The picture of docs/gallery.md.
export const picture = {
  title: 'Learning a linear system: squared error over all sequences',
  ...{ x: 'passes over all sequences', y: 'squared error', logY: true },
  series: courses.map(({ name, history }, k) => ({
    ...{ name, as: 'line', colour: k + 1 },
    ...{ x: history.map(({ epoch }) => epoch), y: history.map(({ objective }) => objective) },
  })),
};

// heading: A linear system learned from its outputs
// prints: /quasar-convex acceleration: loss \d\.\de-5 after \d+ gradients/
// prints: x = -0.20 0.10 0.60 1.00 -0.50 0.80
// prints: /descent: loss \d\.\de-\d after \d+ gradients/
