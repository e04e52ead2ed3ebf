// The gain of each constant of native/solvers/deepLinear (bench/shared/ablation.ts): networks of each shape and depth.
import { ablate } from '../shared/ablation.js';

await ablate({
  family: 'deepLinear',
  parts: ['deepLinear/networks'],
  groupOf: (name) => name.split(', ')[0] as string,
  off: { 'solver.hpp:balanceEvery': 1e9 },
  sameObjective: 1e-6,
});
