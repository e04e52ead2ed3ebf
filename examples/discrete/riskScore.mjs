// A score card for 2,000 patients with ten facts each: at most four of them, points from -5 to 5, and a proof that no other card has a smaller
// loss. The picture has the risks that the card says beside what was seen, a circle for each total.
import { riskScore } from 'nonconvex/discrete';

// Numbers without pattern stand for data.
let state = 11;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const names = [
  'over 60',
  'over 75',
  'smoker',
  'diabetes',
  'high pressure',
  'active',
  'male',
  'tall',
  'urban',
  'vaccinated',
];
const x = Array.from({ length: 2000 }, () => {
  const age = 30 + 60 * uniform();
  return [age > 60, age > 75, ...names.slice(2).map(() => uniform() < 0.35)].map(Number);
});
const y = x.map(([a, b, smoker, diabetes, pressure, active]) => {
  const odds = -2.5 + 1.1 * a + 0.9 * b + 0.8 * smoker + 0.6 * diabetes + 0.5 * pressure - 0.9 * active;
  return uniform() < 1 / (1 + Math.exp(-odds));
});

const settings = { maxSize: 4, features: { active: { sign: -1 } } };
const { status, card, table, auc, certificate } = await riskScore({ x, y, names }, settings);
for (const { name, points } of card) console.log(`${name}: ${points > 0 ? '+' : ''}${points}`);
console.log(`${status}, ${certificate.kind}, area under the curve ${auc.toFixed(2)}`);

// The picture of docs/gallery.md.
const most = Math.max(...table.map(({ rows }) => rows));
const totals = {
  name: 'totals',
  as: 'points',
  x: table.map(({ risk }) => risk),
  y: table.map(({ rows, positives }) => positives / rows),
  radii: table.map(({ rows }) => 3 + 9 * Math.sqrt(rows / most)),
  colour: 1,
};
export const picture = {
  title: 'A score card and its calibration',
  subtitle: card.map(({ name, points }) => `${name} ${points > 0 ? '+' : ''}${points}`).join(', '),
  charts: [
    {
      heading: 'Risk by the total',
      ...{ x: 'total of points', y: 'risk' },
      series: [
        {
          name: 'risk',
          as: 'line',
          dots: true,
          x: table.map(({ total }) => total),
          y: table.map(({ risk }) => risk),
          colour: 2,
        },
      ],
    },
    { heading: 'Calibration', ...{ x: 'risk by the card', y: 'share of events', diagonal: true }, series: [totals] },
  ],
  columns: 2,
};

// heading: A score card with a proof
// prints: over 75: +5
// prints: over 60: +4
// prints: smoker: +3
// prints: diabetes: +3
// prints: solved, global, area under the curve 0.76
