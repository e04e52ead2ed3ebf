// A regression forgets two of its rows, which were mistakes.
import { unlearn } from 'nonconvex/contrib';

const x = [[0], [1], [2], [3], [4], [5]];
const y = [1, 3, 5, 70, 9, -11]; // 1 + 2 x but for two rows
const fitted = { coefficients: [0.4], intercept: 71.0 / 6 }; // least squares of all rows
const { status, coefficients, intercept, leverages } = await unlearn({ x, y, ...fitted, rows: [3, 5] });
console.log(`${status}: y = ${intercept?.toFixed(3)} + ${coefficients[0]?.toFixed(3)} x`);
console.log(`leverages ${Array.from(leverages, (value) => value.toFixed(3)).join(' ')}`);

// The picture of docs/gallery.md, in Vega-Lite.
const line = (name, a, b) => [0, 5].map((at) => ({ name, x: at, y: a + b * at }));
export const picture = {
  title: 'A line that forgets two rows',
  width: 360,
  height: 240,
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
  layer: [
    {
      data: { values: x.map(([at], i) => ({ x: at, y: y[i] })) },
      mark: { type: 'point', filled: true, size: 70, color: '#888' },
    },
    {
      data: {
        values: [
          ...line('before', fitted.intercept, fitted.coefficients[0]),
          ...line('after', intercept, coefficients[0]),
        ],
      },
      mark: 'line',
      encoding: { color: { field: 'name', title: null, sort: null } },
    },
  ],
};

// prints: solved: y = 1.000 + 2.000 x
// prints: leverages 0.181 0.524
