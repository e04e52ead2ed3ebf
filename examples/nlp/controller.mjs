// A rolling controller: a cart is moved to 0 by a bounded force. Every tenth of a second a horizon of 15 steps is solved again from the state
// where the cart is, on this thread.

import { prepareQuadratic } from 'nonconvex/nlp';

const [steps, dt, mostForce, mostSpeed] = [15, 0.1, 1, 0.5];
// The variables are force, position and speed of each step: position' = position + dt speed, speed' = speed + dt force.
const n = 3 * steps;
const force = (k) => 3 * k;
const position = (k) => 3 * k + 1;
const speed = (k) => 3 * k + 2;
const row = (...entries) => {
  const values = new Array(n).fill(0);
  for (const [j, value] of entries) values[j] += value;
  return values;
};
const Q = Array.from({ length: n }, (_, j) => row([j, [0.02, 2, 0.2][j % 3]]));
const A = [];
for (let k = 0; k < steps; ++k) {
  const before = (variable) => (k === 0 ? [] : [[variable(k - 1), -1]]);
  const moved = k === 0 ? [] : [[speed(k - 1), -dt]];
  A.push(row([position(k), 1], ...before(position), ...moved), row([speed(k), 1], ...before(speed), [force(k), -dt]));
}
/** The right side of A: what the first step begins with. */
const from = ([p, v]) => [p + dt * v, v, ...new Array(2 * steps - 2).fill(0)];
const most = Float64Array.from({ length: n }, (_, j) => [mostForce, Infinity, mostSpeed][j % 3]);

const prepared = await prepareQuadratic({ Q, A, b: from([0, 0]), lower: most.map((v) => -v), upper: most });
let state = [2, 0];
let held = 0;
const path = [];
for (let k = 0; k < 120; ++k) {
  const { status, x, iterations } = prepared.solveSync({ b: from(state) });
  if (status !== 'solved') throw new Error(status);
  held += iterations === 0 ? 1 : 0;
  path.push({ time: k * dt, position: state[0], speed: state[1], force: x[0] });
  state = [state[0] + dt * state[1], state[1] + dt * x[0]];
}
const fastest = Math.max(...path.map(({ speed: v }) => Math.abs(v)));
console.log(`after ${path.length * dt} s the cart is at ${Math.abs(state[0]).toFixed(3)}`);
console.log(`its speed was ${fastest.toFixed(3)} at most, of ${mostSpeed} that are allowed`);
console.log(
  held > 60 ? 'most solves kept the active sides of the one before' : 'most solves changed their active sides',
);

// heading: A controller, solved every tenth of a second
// prints: after 12 s the cart is at 0.000
// prints: its speed was 0.500 at most, of 0.5 that are allowed
// prints: most solves kept the active sides of the one before
