// The minimum of a quadratic in two unknowns.
import { solveDiscrete } from 'nonconvex/discrete';

const Q = [
  [2, 1],
  [1, 3],
];
const { status, x } = await solveDiscrete({ Q, c: [-1, -2] });
console.log(`${status}: ${Array.from(x, (value) => value.toFixed(3)).join(' ')}`);

// heading: The first of discrete
// prints: solved: 0.200 0.600
