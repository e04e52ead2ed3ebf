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

// The picture of docs/gallery.md, in Vega-Lite.
const { offsets, indices, values } = path.coefficients;
export const picture = {
  title: 'Coefficients of MCP along lambda; the line is the choice of EBIC',
  width: 520,
  height: 240,
  layer: [
    {
      data: {
        values: Array.from(path.lambda).flatMap((lambda, k) =>
          Array.from(indices.subarray(offsets[k], offsets[k + 1]), (j, i) => ({
            lambda,
            column: [3, 17, 42].includes(j) ? names[j] : 'others',
            j,
            value: values[offsets[k] + i],
          })),
        ),
      },
      mark: 'line',
      encoding: {
        x: { field: 'lambda', type: 'quantitative', scale: { type: 'log', reverse: true, nice: false } },
        y: { field: 'value', type: 'quantitative', title: 'coefficient' },
        detail: { field: 'j' },
        color: {
          field: 'column',
          title: null,
          scale: { domain: ['x3', 'x17', 'x42', 'others'], range: ['#4c78a8', '#f58518', '#54a24b', '#bbb'] },
        },
      },
    },
    {
      data: { values: [{ lambda: best.lambda }] },
      mark: { type: 'rule', strokeDash: [4, 4] },
      encoding: { x: { field: 'lambda', type: 'quantitative' } },
    },
  ],
};

// prints: lasso at 0.2: x3 x17 x42; global, gap below 1e-6: true
// prints: MCP by EBIC: 2.1 x3, -1.5 x17, 0.9 x42
// prints: MCP, one standard error: x3 x17 x42
// prints: /^on most halves: x3 x17 x42, of which at most 0\.8/
