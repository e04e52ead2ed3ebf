// XOR with noise: 24 points in the plane, two classes. All activation patterns, so the optimum is that of the network.
import { predict, score, trainReluNetwork } from 'nonconvex';

const x = [];
const y = [];
for (let i = 0; i < 24; i++) {
  const [a, b] = [Math.sin(12.9898 * i), Math.sin(78.233 * i + 1)];
  x.push([a, b]);
  y.push(a * b > 0 ? 'same sign' : 'opposite');
}
const result = await trainReluNetwork({ x, y }, { loss: 'logistic', beta: 0.1, patterns: { exact: true } });

console.log(`${result.status}, certificate: ${result.certificate} (all ${result.patterns} patterns)`);
console.log(`objective ${result.networkObjective.toFixed(2)}, lower bound ${result.lowerBound.toFixed(2)}`);
console.log(`accuracy ${score(result.network, x, y)}, (0.5, 0.7) is '${predict(result.network, [[0.5, 0.7]])[0]}'`);

// prints: solved, certificate: global (all 553 patterns)
// prints: objective 4.77, lower bound 4.77
// prints: accuracy 1, (0.5, 0.7) is 'same sign'
