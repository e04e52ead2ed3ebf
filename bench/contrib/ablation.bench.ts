// The gain of each constant of native/solvers/contrib (bench/shared/ablation.ts): the problems of the verbs that have one.
import { ablate } from '../shared/ablation.js';

await ablate({
  family: 'contrib',
  parts: ['contrib/robustMixedModel', 'contrib/sequentialMaxMargin'],
  groupOf: (name) => name.split(', ')[0] as string,
  off: { 'sequentialMaxMargin/solver.cpp:sweepsBetweenLooks': 1 },
  sameObjective: 1e-6,
});
