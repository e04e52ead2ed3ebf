// Which of 60 columns a response depends on: the lasso with its bound, MCP, cross-validation, and what any half of the rows would select.
import { crossValidate, lasso, mcp, sparsePath, sparseRegression, stabilitySelection } from 'nonconvex/sparse';

// 120 rows of numbers without pattern; the response depends on columns 3, 17 and 42.
const noise = (k) => {
  const t = Math.sin(12.9898 * (k + 1)) * 43758.5453;
  return 2 * (t - Math.floor(t)) - 1;
};
const [n, p] = [120, 60];
const x = Array.from({ length: n }, (_, i) => Array.from({ length: p }, (_, j) => noise(p * i + j)));
const y = x.map((row, i) => 1 + 2 * row[3] - 1.5 * row[17] + row[42] + 0.5 * noise(1e5 + i));
const names = Array.from({ length: p }, (_, j) => `x${j}`);

const fit = await sparseRegression({ x, y, names }, { lambda: 0.2, penalty: lasso() });
const { kind, gap } = fit.certificate;
console.log(`lasso at 0.2: ${fit.supportNames.join(' ')}; ${kind}, gap below 1e-6: ${gap < 1e-6}`);

const path = await sparsePath({ x, y, names }, { penalty: mcp() });
const best = path.select('ebic');
console.log(
  `MCP by EBIC: ${best.supportNames.map((name, k) => `${best.coefficients[best.support[k]].toFixed(1)} ${name}`).join(', ')}`,
);

const cv = await crossValidate({ x, y, names }, { penalty: mcp(), folds: 5, seed: 1 });
console.log(`MCP, one standard error: ${cv.best('1se').supportNames.join(' ')}`);

const { stableNames, expectedFalse } = await stabilitySelection({ x, y, names }, { seed: 1 });
console.log(
  `on most halves: ${stableNames.join(' ')}, of which at most ${expectedFalse.toFixed(1)} are expected to be there by chance`,
);

// The picture of docs/gallery.md.
const { offsets, indices, values } = path.coefficients;
const courses = new Map(); // of each column that comes in, its coefficients along the path
for (let k = 0; k < path.lambda.length; ++k) {
  for (let i = offsets[k]; i < offsets[k + 1]; ++i) {
    const course = courses.get(indices[i]) ?? new Float64Array(path.lambda.length);
    courses.set(indices[i], course);
    course[k] = values[i];
  }
}
const others = [...courses.keys()].filter((j) => ![3, 17, 42].includes(j));
const lineOf = (j, name, colour) => ({ name, as: 'line', x: path.lambda, y: courses.get(j), colour });
export const picture = {
  title: 'Coefficients of MCP along lambda',
  ...{ x: 'lambda', y: 'coefficient', logX: true, falling: true },
  series: [...others.map((j) => lineOf(j, 'others', 0)), ...[3, 17, 42].map((j, c) => lineOf(j, names[j], c + 1))],
  uprights: [{ x: best.lambda, label: 'EBIC' }],
};

// heading: Which columns matter
// prints: lasso at 0.2: x3 x17 x42; global, gap below 1e-6: true
// prints: MCP by EBIC: 2.1 x3, -1.5 x17, 0.9 x42
// prints: MCP, one standard error: x3 x17 x42
// prints: /^on most halves: x3 x17 x42, of which at most 0\.8/
