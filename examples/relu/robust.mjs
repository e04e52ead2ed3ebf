// Two rings told apart by a network whose loss is certified against inputs that move, beside one trained as usual.
import { attack, predict, trainReluNetwork } from 'nonconvex/relu';

const radius = 0.4;
const angles = Array.from({ length: 40 }, (_, k) => (2 * Math.PI * k) / 40);
const x = angles.map((a, k) => [(1 + (k % 2)) * Math.cos(a), (1 + (k % 2)) * Math.sin(a)]);
const y = x.map((_, k) => (k % 2 === 0 ? 'inner' : 'outer'));

const settings = { loss: 'hinge', lambda: 0.05, standardize: false, patterns: { sample: 20 }, tolerance: 1e-3 };
const usual = await trainReluNetwork({ x, y }, settings);
const robust = await trainReluNetwork({ x, y }, { ...settings, adversary: { norm: 'two', radius } });

for (const [name, { network }] of Object.entries({ usual, robust })) {
  const attacked = await attack({ network, x, y }, { norm: 'two', radius });
  const losses = attacked.margins.map((margin) => Math.max(0, 1 - margin));
  console.log(`${name}: hinge loss under attack ${losses.reduce((sum, loss) => sum + loss).toFixed(2)}`);
}
const { worstCaseLoss, patternsWithRoom, patternsFound } = robust.robustness;
console.log(
  `certified: no attack makes it more than ${worstCaseLoss.toFixed(2)} (${patternsWithRoom} of ${patternsFound} patterns)`,
);

// The picture of docs/gallery.md.
const side = 121;
const along = Array.from({ length: side }, (_, k) => 2.5 * ((2 * k) / (side - 1) - 1));
const grid = along.flatMap((b) => along.map((a) => [a, b]));
const pointsOf = (label, colour) => {
  const rows = x.filter((_, k) => y[k] === label);
  return { name: label, as: 'points', x: rows.map(([a]) => a), y: rows.map(([, b]) => b), colour };
};
const regions = (heading, { network }) => ({
  ...{ heading, height: 350 },
  series: [pointsOf('inner', 1), pointsOf('outer', 2)],
  field: {
    values: predict(network, grid).map((label) => (label === 'inner' ? 0.25 : -0.25)),
    ...{ rows: side, columns: side, x: [-2.5, 2.5], y: [-2.5, 2.5], most: 1 },
  },
});
export const picture = {
  title: `Two rings, each point free to move by ${radius}`,
  columns: 2,
  charts: [regions('trained as usual', usual), regions('robust', robust)],
};

// heading: A network that is certified against attacks
// prints: /^usual: hinge loss under attack [23]\d\.\d\d$/
// prints: /^robust: hinge loss under attack [12]\.\d\d$/
// prints: /^certified: no attack makes it more than 3\.2\d \(\d+ of \d+ patterns\)$/
