// Three copies of a network that differ a little, their units in other orders: their mean is as good as one of them only in the same order.
import { averageNetworks } from 'nonconvex/discrete';

// f(x) = |x - 1| + |x + 1| with four units; the copies have theirs turned round and shifted.
const units = [
  [1, -1],
  [-1, 1],
  [1, 1],
  [-1, -1],
];
const copy = (turn, noise) => {
  const own = [...units.slice(turn), ...units.slice(0, turn)];
  return {
    layers: [
      { weights: [own.map(([w]) => w + noise)], biases: own.map(([, b]) => b - noise) },
      { weights: own.map(() => [1]) },
    ],
  };
};
const { network, permutations, status } = await averageNetworks([copy(0, 0), copy(1, 0.03), copy(3, -0.03)]);

const [hidden, output] = network.layers;
const value = (x) =>
  Array.from(hidden.biases).reduce(
    (sum, b, j) => sum + Math.max(0, x * hidden.weights.data[j] + b) * output.weights.data[j],
    0,
  );
console.log(status, permutations.map(([order]) => order.join('')).join(' '));
console.log(`f(2) is about ${value(2).toFixed(1)}, f(0) ${value(0).toFixed(1)}`);

// heading: The mean of three networks
// prints: solved 0123 3012 1230
// prints: f(2) is about 4.0, f(0) 2.0
