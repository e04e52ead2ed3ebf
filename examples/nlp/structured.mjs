// Problem families: a regression whose coefficients sum to 0, a portfolio of least variance, control of a membrane.

import { minimize } from 'nonconvex';
import { logisticRegression, poissonControl, quadraticProgram } from 'nonconvex/nlp';

// Shares of three substances in 200 mixtures, which sum to 1: their logarithms tell a mixture only if the coefficients sum to 0
// (Aitchison and Bacon-Shone, Biometrika 71(2), 1984). The true ones are 2, -1.5, -0.5.
const x = [];
const y = [];
for (let i = 0; i < 200; i++) {
  const parts = [1, 2, 3].map((k) => 1.2 + Math.sin(12.9898 * i + 78.233 * k));
  const total = parts[0] + parts[1] + parts[2];
  const logs = parts.map((part) => Math.log(part / total));
  const noise = 2 * Math.sin(4 * i * i + 1);
  x.push(logs);
  y.push(2 * logs[0] - 1.5 * logs[1] - 0.5 * logs[2] + noise > 0 ? 'good' : 'bad');
}
const regression = logisticRegression({ x, y, A: [[1, 1, 1]], b: [0], intercept: true });
const fit = await minimize(regression);
const [first, second, third, intercept] = fit.x;
console.log(`${regression.classes[1]}: ${fit.status} in ${fit.iterations} iterations`);
console.log(
  `coefficients ${[first, second, third].map((v) => v.toFixed(3)).join(' ')}, intercept ${intercept.toFixed(3)}`,
);
console.log(`their sum is 0 to ten digits: ${Math.abs(first + second + third) < 1e-10}`);

// Three assets, weights that sum to 1.
const Q = [
  [0.04, 0.006, 0],
  [0.006, 0.09, 0.03],
  [0, 0.03, 0.16],
];
const portfolio = await minimize(quadraticProgram({ Q, A: [[1, 1, 1]], b: [1] }));
const weights = Array.from(portfolio.x, (weight) => weight.toFixed(4)).join(' ');
console.log(`weights ${weights}, variance ${(2 * portfolio.objective).toFixed(5)}`);

// A membrane on 16 x 16 points, pushed towards two waves.
const control = poissonControl(16);
const pushed = await minimize(control);
const highest = Math.max(...control.stateIn(pushed).data.map(Math.abs));
console.log(`control: objective ${pushed.objective.toFixed(4)}, largest deflection ${highest.toFixed(3)}`);

// The picture of docs/gallery.md.
const deflection = control.stateIn(pushed);
export const picture = {
  title: 'The membrane under control',
  subtitle: 'orange where it is pushed down, blue where up, the stronger the farther',
  ...{ width: 480, height: 430, series: [] },
  field: { values: deflection.data, rows: 16, columns: 16, x: [0, 1], y: [0, 1] },
};

// heading: A regression, a portfolio and a membrane
// prints: /^good: solved in \d+ iterations$/
// prints: coefficients 2.089 -1.563 -0.526, intercept -0.234
// prints: their sum is 0 to ten digits: true
// prints: weights 0.6522 0.2174 0.1304, variance 0.02739
// prints: /^control: objective 301\.8004, /
