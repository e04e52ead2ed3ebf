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

// The picture of docs/gallery.md, in Vega-Lite.
const grid = Array.from({ length: 31 * 31 }, (_, k) => [((k % 31) - 15) / 6, (Math.floor(k / 31) - 15) / 6]);
export const picture = {
  title: `Two rings, each point free to move by ${radius}`,
  hconcat: Object.entries({ usual, robust }).map(([title, { network }]) => ({
    title,
    width: 260,
    height: 260,
    encoding: {
      x: { field: 'a', type: 'quantitative', title: null },
      y: { field: 'b', type: 'quantitative', title: null },
      color: { field: 'label', title: null },
    },
    layer: [
      {
        data: { values: predict(network, grid).map((label, k) => ({ a: grid[k][0], b: grid[k][1], label })) },
        mark: { type: 'square', size: 85, opacity: 0.25 },
      },
      { data: { values: x.map(([a, b], i) => ({ a, b, label: y[i] })) }, mark: { type: 'point', filled: true } },
    ],
  })),
};

// prints: /^usual: hinge loss under attack [23]\d\.\d\d$/
// prints: /^robust: hinge loss under attack [12]\.\d\d$/
// prints: /^certified: no attack makes it more than 3\.2\d \(\d+ of \d+ patterns\)$/
