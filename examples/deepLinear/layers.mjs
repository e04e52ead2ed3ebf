// The optimum of a linear network of three layers, and how far below it the dual of its training problem ends.
import { trainLinearNetwork } from 'nonconvex/deepLinear';

const x = [
  [1, 0],
  [0, 1],
];
const y = [
  [4, 1],
  [1, 4],
]; // singular values 5 and 3

const standard = await trainLinearNetwork({ x, y }, { depth: 3, lambda: 1 });
const parallel = await trainLinearNetwork({ x, y }, { depth: 3, lambda: 1, parallel: true });
for (const { status, objective, gap, dualityGap, singularValues } of [standard, parallel]) {
  const values = Array.from(singularValues, (t) => t.toFixed(3)).join(' ');
  console.log(
    `${status}: ${objective.toFixed(4)} by ${values}, gap ${gap < 1e-9 ? 0 : gap}, duality gap ${dualityGap.toFixed(3)}`,
  );
}

// The picture of docs/gallery.md.
const bars = (name, values, colour) => ({ name, as: 'bars', x: [0, 1], y: values, colour });
export const picture = {
  title: 'Singular values of the product of three layers',
  ...{ height: 240, xTicks: ['first', 'second'], labelled: true },
  series: [
    bars('y', [5, 3], 3),
    bars('standard network', standard.singularValues, 1),
    bars('parallel network', parallel.singularValues, 2),
  ],
};

// heading: The optimum of a deep linear network
// prints: solved: 7.0644 by 4.389 2.235, gap 0, duality gap 0.188
// prints: solved: 9.7500 by 3.500 1.500, gap 0, duality gap 0.000
