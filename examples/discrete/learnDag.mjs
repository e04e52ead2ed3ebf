// The graph of ten columns of a made factory, from 400 rows: which measurement drives which. All graphs are searched, and the least score is proved. A dashed edge may
// point the other way as well, as far as these rows say; time forbids edges from later columns to earlier ones.
import { learnDag } from 'nonconvex/discrete';

// Numbers without pattern stand for data.
let state = 7;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const noise = () => uniform() + uniform() + uniform() + uniform() - 2;
const names = ['humidity', 'supplier', 'speed', 'heat', 'moisture', 'tension', 'pressure', 'wear', 'defects', 'cost'];
const x = Array.from({ length: 400 }, () => {
  const [humidity, supplier, speed] = [noise(), noise(), noise()];
  const heat = 0.9 * speed + 0.6 * noise();
  const moisture = 0.8 * humidity - 0.7 * supplier + 0.5 * noise();
  const tension = 0.7 * speed - 0.8 * moisture + 0.5 * noise();
  const pressure = 0.6 * heat + 0.6 * noise();
  const wear = 0.8 * tension + 0.5 * heat + 0.5 * noise();
  const defects = 0.9 * wear - 0.6 * pressure + 0.5 * moisture + 0.6 * noise();
  return [humidity, supplier, speed, heat, moisture, tension, pressure, wear, defects, defects + 0.7 * noise()];
});

// The first three columns are chosen before the others are measured.
const tiers = names.map((_, j) => (j < 3 ? 0 : 1));
const { status, edges, pattern, certificate } = await learnDag({ x, names }, { tiers });
for (const { from, to, weight } of edges.slice(0, 3)) console.log(`${from} -> ${to}: ${weight.toFixed(2)}`);
console.log(`${edges.length} edges, ${status}, ${certificate.kind}`);

// The picture of docs/gallery.md.
export const picture = {
  title: 'A learned graph',
  subtitle: 'Blue: positive weights; orange: negative ones; thicker: the score would rise more without the edge',
  graph: { names, edges, pattern },
  height: 420,
};

// heading: The graph behind a table
// prints: moisture -> tension: -0.79
// prints: tension -> wear: 0.78
// prints: humidity -> moisture: 0.79
// prints: 12 edges, solved, global
