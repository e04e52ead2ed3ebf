// How accurate two networks are when each input may move by a radius: what an attack finds, what is proved, and what no classifier can beat. One
// network is trained as usual, the other against inputs that move by 0.15.
import { adversarialBayes, certifyNetwork } from 'nonconvex/discrete';
import { attack, trainReluNetwork } from 'nonconvex/relu';

// Two half rings that come close to one another, and two columns of noise.
let state = 3;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const noise = (size) => size * (uniform() + uniform() + uniform() - 1.5);
const x = Array.from({ length: 160 }, (_, i) => {
  const a = Math.PI * uniform();
  const ring = i % 2 === 0 ? [Math.cos(a), Math.sin(a)] : [1 - Math.cos(a), 0.4 - Math.sin(a)];
  return [ring[0] + noise(0.3), ring[1] + noise(0.3), noise(0.4), noise(0.4)];
});
const y = x.map((_, i) => (i % 2 === 0 ? 'upper' : 'lower'));

const norm = 'inf';
const settings = {
  loss: 'hinge',
  lambda: 0.05,
  standardize: false,
  patterns: { sample: 60 },
  tolerance: 1e-2,
  seed: 1,
};
const usual = await trainReluNetwork({ x, y }, settings);
// The patterns of the first network have margins, which robust training needs.
const { gates } = usual.convex;
const adversary = { norm, radius: 0.15 };
const robust = await trainReluNetwork({ x, y }, { ...settings, patterns: { gates }, adversary });

const radii = Array.from({ length: 13 }, (_, k) => k / 40);
const { curve } = await adversarialBayes({ x, y }, { norm, radius: radii });
const most = curve.map(({ robustError }) => 1 - robustError);
const accuracies = async ({ network }) => {
  const [found, proved] = [[], []];
  for (const radius of radii) {
    found.push((await attack({ network, x, y }, { norm, radius, steps: 10 })).score);
    proved.push((await certifyNetwork({ network, x, y }, { norm, radius })).certified / x.length);
  }
  return { found, proved };
};
const networks = { usual: await accuracies(usual), robust: await accuracies(robust) };

const at = radii.indexOf(0.15);
for (const [name, { found, proved }] of Object.entries(networks)) {
  console.log(`${name}, radius 0.15: proved ${proved[at].toFixed(2)}, attacked ${found[at].toFixed(2)}`);
}
console.log(`no classifier has more than ${most[at].toFixed(2)}`);

// The picture of docs/gallery.md.
const chart = (heading, { found, proved }) => ({
  ...{ heading, x: 'radius', y: 'accuracy under attack', yDomain: [0, 1] },
  series: [
    { name: 'no classifier has more', as: 'line', x: radii, y: most, colour: 3 },
    { name: 'an attack leaves', as: 'line', dots: true, x: radii, y: found, colour: 2 },
    { name: 'proved', as: 'line', dots: true, x: radii, y: proved, colour: 1 },
  ],
});
export const picture = {
  title: 'Accuracy when each input may move',
  columns: 2,
  charts: [
    chart('A network trained as usual', networks.usual),
    chart('A network trained against radius 0.15', networks.robust),
  ],
};

// heading: What no classifier can beat
// prints: /^usual, radius 0\.15: proved 0\.\d\d, attacked 0\.\d\d$/
// prints: /^robust, radius 0\.15: proved 0\.\d\d, attacked 0\.\d\d$/
// prints: no classifier has more than 0.96
