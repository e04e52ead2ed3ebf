// The gain of each constant of native/solvers/fit and of nonlinear least squares (bench/shared/ablation.ts): the regressions of NIST
// and random curves.
import { type Answer, ablate, outcomeOf } from '../shared/ablation.js';

type Fit = Answer & { counts: { residuals: number } };

await ablate({
  family: 'fit',
  methods: ['least_squares'],
  parts: ['fit/nist', 'fit/honesty'],
  groupOf: (name) => (name.startsWith('trial') ? 'trials' : (name.split(', ').at(-1) as string)),
  off: {
    'solver.hpp:projectedSteps': 0,
    'methods/least_squares/levenberg_marquardt.hpp:accelerated': 0,
    'methods/least_squares/levenberg_marquardt.hpp:late': 0,
    'methods/least_squares/levenberg_marquardt.hpp:small': 0,
  },
  sameObjective: 1e-6,
  outcome: (result: object) => outcomeOf(result, (fit) => (fit as Fit).counts.residuals),
});
