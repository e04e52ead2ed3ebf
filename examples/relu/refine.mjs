// A planted network of four neurons, 200 rows of four columns: refinement finds the activation patterns, and ends with a bound
// for networks of any width.
import { trainReluNetwork } from 'nonconvex';

const planted = [
  [1, -0.5, 0.3, 0.2],
  [-0.7, 0.8, 0.1, -0.4],
  [0.2, 0.6, -0.9, 0.5],
  [-0.4, -0.3, 0.7, 0.8],
];
const x = [];
const y = [];
for (let i = 0; i < 200; i++) {
  const row = [12.9898, 78.233, 37.719, 93.989].map((factor) => Math.sin(factor * i + factor));
  x.push(row);
  y.push(
    planted.reduce(
      (sum, u, j) =>
        sum +
        (-1) ** j *
          Math.max(
            0,
            u.reduce((z, w, k) => z + w * row[k], 0),
          ),
      0,
    ),
  );
}
const settings = { bias: false, lambda: 0.2, tolerance: 1e-3 };
const sampled = await trainReluNetwork({ x, y }, { ...settings, patterns: { sample: 50 } });
const refined = await trainReluNetwork({ x, y }, { ...settings, patterns: 'refine' });

console.log(
  `50 random patterns: objective ${sampled.objective.toFixed(2)}, certificate: ${sampled.certificate.kind} over ${sampled.certificate.over}`,
);
console.log(
  `refined: objective ${refined.objective.toFixed(2)}, lower bound ${refined.lowerBound.toFixed(2)}, ${refined.certificate.kind}`,
);

// The picture of docs/gallery.md.
export const picture = {
  title: 'No network has an objective below the line',
  ...{ y: 'objective', width: 480, height: 260, labelled: true, xTicks: ['50 random patterns', 'refined'] },
  series: [{ name: 'objective', as: 'bars', x: [0, 1], y: [sampled.objective, refined.objective], colour: 1 }],
  marks: [{ y: refined.lowerBound, label: 'lower bound' }],
};

// heading: Activation patterns found by refinement
// prints: /50 random patterns: objective 2\.3\d, certificate: \w+ over patterns/
// prints: refined: objective 0.93, lower bound 0.93, global
