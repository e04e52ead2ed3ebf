// Ten variables of which the first three move together: the first principal component has ten entries, a sparse one these three.
import { sparseGeneralizedEigen } from 'nonconvex/fractional';

const n = 10;
const square = (entry) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => entry(i, j)));
const together = (i) => (i < 3 ? 1 : 0.1 * Math.sin(i));
const covariance = square((i, j) => together(i) * together(j) + (i === j ? 0.5 : 0));
const identity = square((i, j) => Number(i === j));
for (const lambda of [0, 0.05]) {
  const { eigenvalue, support } = await sparseGeneralizedEigen({ W: identity, B: covariance }, { lambda });
  console.log(`lambda ${lambda}: ${support.length} entries, variance ${(1 / eigenvalue).toFixed(3)}`);
}

// heading: A principal component of few entries
// prints: lambda 0: 10 entries, variance 3.532
// prints: lambda 0.05: 3 entries, variance 3.500
