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

// The picture of docs/gallery.md.
const side = 121;
const along = Array.from({ length: side }, (_, k) => (2 * k) / (side - 1) - 1);
const labels = predict(
  result.network,
  along.flatMap((b) => along.map((a) => [a, b])),
);
const pointsOf = (label, colour) => {
  const rows = x.filter((_, i) => y[i] === label);
  return { name: label, as: 'points', x: rows.map(([a]) => a), y: rows.map(([, b]) => b), colour };
};
export const picture = {
  title: 'The globally optimal network of 24 points',
  ...{ x: 'a', y: 'b', width: 480, height: 440 },
  series: [pointsOf('same sign', 1), pointsOf('opposite', 2)],
  field: {
    values: labels.map((label) => (label === 'same sign' ? 0.25 : -0.25)),
    ...{ rows: side, columns: side, x: [-1, 1], y: [-1, 1], most: 1 },
  },
};

// heading: A network trained to its global optimum
// prints: solved, certificate: global (all 553 patterns)
// prints: objective 4.77, lower bound 4.77
// prints: accuracy 1, (0.5, 0.7) is 'same sign'
