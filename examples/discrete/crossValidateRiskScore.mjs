// How many features a card should have: patients whose risk depends on three of six facts.
import { crossValidateRiskScore } from 'nonconvex/discrete';

let state = 7;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const names = ['age over 60', 'smoker', 'high pressure', 'night shift', 'left handed', 'tall'];
const x = Array.from({ length: 600 }, () => names.map(() => Number(uniform() < 0.4)));
const y = x.map(([a, b, c]) => uniform() < 1 / (1 + Math.exp(2 - 2 * a - b - 1.5 * c)));

const { sizes, sizeWithinError } = await crossValidateRiskScore({ x, y, names });
for (const { maxSize, loss, proved } of sizes) {
  console.log(`${maxSize} features: loss ${loss.toFixed(3)}${proved ? ', proved' : ''}`);
}
console.log(`enough: ${sizeWithinError}`);

// heading: How many features a score card needs
// prints: /1 features: loss 0\.\d+, proved/
