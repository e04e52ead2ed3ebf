// Two classes that differ in the first of three columns, while the second one varies most: Fisher's direction is not misled.
import { fisherDiscriminant } from 'nonconvex/fractional';

const x = Array.from({ length: 60 }, (_, i) => [
  (i % 2) + 0.3 * Math.sin(7 * i * i),
  5 * Math.cos(3 * i),
  Math.sin(i * i),
]);
const y = x.map((_, i) => (i % 2 ? 'right' : 'left'));
const { direction, threshold, classes, support } = await fisherDiscriminant({ x, y }, { lambda: 5 });
const predicted = x.map(
  (row) => classes[Number(row.reduce((sum, value, j) => sum + value * direction[j], 0) > threshold)],
);
console.log(`columns that count: ${Array.from(support).join(' ')}`);
console.log(`right: ${predicted.filter((each, i) => each === y[i]).length} of ${y.length}`);

// heading: A direction that parts two classes
// prints: columns that count: 0 1
// prints: right: 60 of 60
