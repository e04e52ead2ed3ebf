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

console.log(result.message);
console.log(`${result.activeNeurons} neurons from ${result.patterns} patterns, certificate: ${result.certificate}`);
console.log(`objective ${result.networkObjective.toFixed(5)}, lower bound ${result.lowerBound.toFixed(5)}`);
console.log(`accuracy ${score(result.network, x, y)}, (0.5, 0.7) is '${predict(result.network, [[0.5, 0.7]])[0]}'`);
