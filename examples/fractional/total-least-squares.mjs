// A line through 200 points with errors in both coordinates: least squares blames y alone and finds too flat a line.
import { leastSquares, minimizeDifference, totalLeastSquares } from 'nonconvex/fractional';

// Standard normal numbers, the same at every run.
let state = 1;
const uniform = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

const slope = 2;
const points = Array.from({ length: 200 }, (_, i) => {
  const t = (i - 99.5) / 50;
  return { x: t + normal() / 2, y: slope * t + normal() / 2 };
});
const A = points.map(({ x }) => [x]);
const b = points.map(({ y }) => y);

const ordinary = await minimizeDifference({ convex: [leastSquares(A, b)] });
const total = await totalLeastSquares({ A, b });
console.log(`true slope           ${slope}`);
console.log(`least squares        ${ordinary.x[0].toFixed(4)}`);
console.log(`total least squares  ${total.x[0].toFixed(4)}`);
console.log(total.message);
console.log(`smallest change of all coordinates that puts the points on a line: ${total.distance.toFixed(4)}`);

// The picture of docs/gallery.md.
const line = (name, of, colour) => ({ name, as: 'line', x: [-2.5, 2.5], y: [-2.5 * of, 2.5 * of], colour });
export const picture = {
  title: 'Errors in both coordinates',
  ...{ x: 'x', y: 'y', height: 360 },
  series: [
    { name: 'points', as: 'points', x: points.map(({ x }) => x), y: b, colour: 0 },
    line('least squares', ordinary.x[0], 2),
    line('total least squares', total.x[0], 1),
  ],
};

// heading: A line through points with errors in both coordinates
// prints: least squares        1.7123
// prints: total least squares  2.0313
