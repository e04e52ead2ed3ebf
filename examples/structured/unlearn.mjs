// A regression forgets two of its rows, which were mistakes.
import { unlearn } from 'nonconvex/structured';

const x = [[0], [1], [2], [3], [4], [5]];
const y = [1, 3, 5, 70, 9, -11]; // 1 + 2 x but for two rows
const fitted = { coefficients: [0.4], intercept: 71.0 / 6 }; // least squares of all rows
const { status, coefficients, intercept, leverages } = await unlearn({ x, y, ...fitted, rows: [3, 5] });
console.log(`${status}: y = ${intercept?.toFixed(3)} + ${coefficients[0]?.toFixed(3)} x`);
console.log(`leverages ${Array.from(leverages, (value) => value.toFixed(3)).join(' ')}`);

// prints: solved: y = 1.000 + 2.000 x
// prints: leverages 0.181 0.524
