// Callbacks for a black box: the point of the curve x^3 + y^3 = 6 x y (Descartes' folium) that is nearest to (1, 2), and a mistake
// in a derivative, found.

import { minimize } from 'nonconvex';
import { checkDerivatives, fromCallbacks } from 'nonconvex/nlp';

const folium = {
  n: 2,
  m: 1,
  start: [2, 3],
  objective: ([x, y]) => (x - 1) ** 2 + (y - 2) ** 2,
  gradient: ([x, y], g) => g.set([2 * (x - 1), 2 * (y - 2)]),
  constraints: ([x, y], c) => c.set([x ** 3 + y ** 3 - 6 * x * y]),
  jacobian: ([x, y], values) => values.set([3 * x * x - 6 * y, 3 * y * y - 6 * x]), // row by row
  hessian: ([x, y], [lambda], values) => values.set([2 + 6 * x * lambda, -6 * lambda, -6 * lambda, 2 + 6 * y * lambda]),
};
const wrong = { ...folium, jacobian: ([x, y], values) => values.set([3 * x * x - 6 * y, 3 * y * y - 6 * y]) };
console.log(checkDerivatives(fromCallbacks(wrong), [0.3, 1.4]).message);

const program = fromCallbacks(folium);
console.log(checkDerivatives(program, [0.3, 1.4]).ok ? 'all derivatives agree with differences' : 'still wrong');
const { status, x, objective, counts } = await minimize(program);
console.log(`${status}: (${x[0].toFixed(6)}, ${x[1].toFixed(6)}), distance ${Math.sqrt(objective).toFixed(6)}`);
console.log(`${counts.objective} objectives, ${counts.hessian} Hessians`);

// The picture of docs/gallery.md.
const angles = Array.from({ length: 240 }, (_, i) => Math.tan(-0.6 + (2.77 * i) / 239)); // of y / x
const slopes = angles.map((t) => (Math.abs(1 + t ** 3) > 0.2 ? t : Number.NaN)); // a hole where the curve is far away
export const picture = {
  title: 'The point of the folium that is nearest to (1, 2)',
  ...{ x: 'x', y: 'y', width: 480, height: 440 },
  series: [
    {
      ...{ name: 'folium', as: 'line', colour: 1 },
      ...{ x: angles.map((t) => (6 * t) / (1 + t ** 3)), y: slopes.map((t) => (6 * t * t) / (1 + t ** 3)) },
    },
    { name: 'to the nearest point', as: 'line', dots: true, x: [1, x[0]], y: [2, x[1]], colour: 2 },
  ],
};

// heading: Functions of your own, with derivatives checked
// prints: jacobian[0, 1] = -2.52, differences give 4.08
// prints: all derivatives agree with differences
// prints: /^solved: \(0\.814487, 2\.153131\)/
