// The minimum of a quadratic in two unknowns.
import { solveSparse } from 'nonconvex/sparse';

const Q = [
  [2, 1],
  [1, 3],
];
const { status, x } = await solveSparse({ Q, c: [-1, -2] });
console.log(`${status}: ${Array.from(x, (value) => value.toFixed(3)).join(' ')}`);

// prints: solved: 0.200 0.600
