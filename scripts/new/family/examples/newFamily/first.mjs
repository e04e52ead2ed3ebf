// The minimum of a quadratic in two unknowns.
import { solveNewFamily } from 'nonconvex/newFamily';

const Q = [
  [2, 1],
  [1, 3],
];
const { status, x } = await solveNewFamily({ Q, c: [-1, -2] });
console.log(`${status}: ${Array.from(x, (value) => value.toFixed(3)).join(' ')}`);

// heading: The first of newFamily
// prints: solved: 0.200 0.600
