// The gain of each constant of native/solvers/fractional and of the searches along a line (bench/shared/ablation.ts): ratios by each
// method, recipes, functions of JavaScript and problems of Yuan's paper.
import { ablate } from '../shared/ablation.js';

await ablate({
  family: 'fractional',
  methods: ['one_dimensional'],
  parts: ['fractional/recipes', 'fractional/terms', 'fractional/paper'],
  groupOf: (name) => name.split(', ')[0] as string,
  constant: [
    'line_minimum/affine_pieces.cpp:descents',
    'line_minimum/affine_pieces.cpp:block',
    'methods/one_dimensional/top_k_sum.hpp:block',
  ],
  off: { 'coordinate_set.hpp:mostActiveSweeps': 1 },
  sameObjective: 1e-6,
});
