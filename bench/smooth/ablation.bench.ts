// The gain of each constant of native/solvers/smooth (bench/shared/ablation.ts): each method on a regression and on a network, risks,
// and random sums.
import { ablate } from '../shared/ablation.js';

await ablate({
  family: 'smooth',
  parts: ['smooth/methods', 'smooth/risks', 'smooth/honesty'],
  groupOf: (name) => name.split(', ')[0] as string,
  constant: ['couplings.hpp:changes', 'sweeps.cpp:count'],
  off: { 'geometries.hpp:products': 1, 'robust_risk.hpp:between': 1e9 },
  sameObjective: 1e-3, // methods that stop after some epochs
});
