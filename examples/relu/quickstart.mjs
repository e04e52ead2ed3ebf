// XOR with noise: 24 points in the plane, two classes. All activation patterns, so the optimum is that of the network.
import { predict, score, trainReluNetwork } from 'nonconvex/relu';

const x = [];
const y = [];
for (let i = 0; i < 24; i++) {
  const [a, b] = [Math.sin(12.9898 * i), Math.sin(78.233 * i + 1)];
  x.push([a, b]);
  y.push(a * b > 0 ? 'same sign' : 'opposite');
}
const result = await trainReluNetwork({ x, y }, { loss: 'logistic', lambda: 0.1, patterns: { exact: true } });

console.log(`${result.status}, certificate: ${result.certificate.kind} (all ${result.patterns} patterns)`);
console.log(`objective ${result.networkObjective.toFixed(2)}, lower bound ${result.lowerBound.toFixed(2)}`);
console.log(`accuracy ${score(result.network, x, y)}, (0.5, 0.7) is '${predict(result.network, [[0.5, 0.7]])[0]}'`);

// The picture of docs/gallery.md, in Vega-Lite.
const grid = Array.from({ length: 31 * 31 }, (_, k) => [((k % 31) - 15) / 15, (Math.floor(k / 31) - 15) / 15]);
const labels = predict(result.network, grid);
export const picture = {
  title: 'The globally optimal network of 24 points',
  width: 300,
  height: 300,
  encoding: { color: { field: 'label', title: null } },
  layer: [
    {
      data: { values: grid.map(([a, b], k) => ({ a, b, label: labels[k] })) },
      mark: { type: 'square', size: 110, opacity: 0.25 },
      encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'quantitative' } },
    },
    {
      data: { values: x.map(([a, b], i) => ({ a, b, label: y[i] })) },
      mark: { type: 'point', filled: true, size: 80 },
      encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'quantitative' } },
    },
  ],
};

// prints: solved, certificate: global (all 553 patterns)
// prints: objective 4.77, lower bound 4.77
// prints: accuracy 1, (0.5, 0.7) is 'same sign'
