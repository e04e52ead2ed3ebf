// A regression forgets two of its rows, which were mistakes.
import { unlearn } from 'nonconvex/contrib';

const x = [[0], [1], [2], [3], [4], [5]];
const y = [1, 3, 5, 70, 9, -11]; // 1 + 2 x but for two rows
const fitted = { coefficients: [0.4], intercept: 71.0 / 6 }; // least squares of all rows
const { status, coefficients, intercept, leverages } = await unlearn({ x, y, ...fitted, rows: [3, 5] });
console.log(`${status}: y = ${intercept?.toFixed(3)} + ${coefficients[0]?.toFixed(3)} x`);
console.log(`leverages ${Array.from(leverages, (value) => value.toFixed(3)).join(' ')}`);

// The picture of docs/gallery.md.
const line = (name, a, b, colour) => ({ name, as: 'line', x: [0, 5], y: [a, a + 5 * b], colour });
export const picture = {
  title: 'A line that forgets two rows',
  ...{ x: 'x', y: 'y' },
  series: [
    { name: 'rows', as: 'points', x: x.map(([at]) => at), y, colour: 3 },
    line('before', fitted.intercept, fitted.coefficients[0], 2),
    line('after', intercept, coefficients[0], 1),
  ],
};

// heading: A regression that forgets rows
// prints: solved: y = 1.000 + 2.000 x
// prints: leverages 0.181 0.524
