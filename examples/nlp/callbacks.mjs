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

// The picture of docs/gallery.md, in Vega-Lite.
const curve = Array.from({ length: 120 }, (_, i) => Math.tan(-0.6 + (2.77 * i) / 119)) // of y / x
  .filter((t) => Math.abs(1 + t ** 3) > 0.2)
  .map((t) => ({ t, branch: t < -1 ? 1 : 2, x: (6 * t) / (1 + t ** 3), y: (6 * t * t) / (1 + t ** 3) }));
export const picture = {
  title: 'The point of the folium that is nearest to (1, 2)',
  width: 300,
  height: 300,
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
  layer: [
    {
      data: { values: curve },
      mark: { type: 'line', color: '#888' },
      encoding: { order: { field: 't' }, detail: { field: 'branch' } },
    },
    {
      data: {
        values: [
          { x: 1, y: 2 },
          { x: x[0], y: x[1] },
        ],
      },
      mark: { type: 'line', point: { filled: true }, color: '#c33' },
    },
  ],
};

// prints: jacobian[0, 1] = -2.52, differences give 4.08
// prints: all derivatives agree with differences
// prints: /^solved: \(0\.814487, 2\.153131\)/
