// The best subsets of 0, 1, ..., 8 of 30 columns, each with a proof that no other subset of its size is better, and how many columns to take.
import { crossValidate, sparsePath } from 'nonconvex/sparse';

// 80 rows of numbers; neighbours have much in common; the response depends on columns 4, 5, 13 and 22.
const noise = (k) => {
  const t = Math.sin(12.9898 * (k + 1)) * 43758.5453;
  return 2 * (t - Math.floor(t)) - 1;
};
const [n, p] = [80, 30];
const x = Array.from({ length: n }, (_, i) => {
  const row = [noise(p * i)];
  for (let j = 1; j < p; ++j) row.push(0.7 * row[j - 1] + noise(p * i + j));
  return row;
});
const y = x.map((row, i) => 1.5 * row[4] - 1.5 * row[5] + row[13] - row[22] + noise(1e5 + i));
const names = Array.from({ length: p }, (_, j) => `x${j}`);

const path = await sparsePath({ x, y, names }, { sizes: { max: 8 } });
for (const size of [1, 2, 3, 4]) console.log(`${size}: ${path.fit(size).supportNames.join(' ')}`);
console.log(`every gap below 1e-6: ${path.gap.every((gap) => gap <= 1e-6)}`);
console.log(`by EBIC: ${path.select('ebic').supportNames.join(' ')}`);

const cv = await crossValidate({ x, y, names }, { sizes: { max: 8 }, folds: 5, seed: 1 });
console.log(`by cross-validation, one standard error: ${cv.size1se} columns, ${cv.best().supportNames.join(' ')}`);

// A column that is in every subset, and is not counted.
const penaltyFactor = names.map((name) => (name === 'x0' ? 0 : 1));
const beside = await sparsePath({ x, y, names, penaltyFactor }, { sizes: [4] });
console.log(`beside x0: ${beside.fit(0).supportNames.join(' ')}`);

// heading: Best subsets of columns, proven
// prints: 1: x13
// prints: 2: x4 x5
// prints: 3: x4 x5 x22
// prints: 4: x4 x5 x13 x22
// prints: every gap below 1e-6: true
// prints: by EBIC: x4 x5 x13 x22
// prints: by cross-validation, one standard error: 4 columns, x4 x5 x13 x22
// prints: beside x0: x0 x4 x5 x13 x22
