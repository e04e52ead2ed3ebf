// A line through 200 points with errors in both coordinates: least squares blames y alone and finds too flat a line.
import { differenceOfConvex, leastSquares, totalLeastSquares } from 'nonconvex/fractional';

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

const ordinary = await differenceOfConvex({ convex: [leastSquares(A, b)] });
const total = await totalLeastSquares(A, b);
console.log(`true slope           ${slope}`);
console.log(`least squares        ${ordinary.x[0].toFixed(4)}`);
console.log(`total least squares  ${total.x[0].toFixed(4)}`);
console.log(total.message);
console.log(`smallest change of all coordinates that puts the points on a line: ${total.distance.toFixed(4)}`);

// prints: least squares        1.7123
// prints: total least squares  2.0313
