// The gain of each constant of native/solvers/fit and of nonlinear least squares (bench/shared/ablation.ts): the regressions of NIST
// and random curves.
import { ablate } from '../shared/ablation.js';

interface Fit {
  status: string;
  objective: number;
  counts: { residuals: number };
}

const isFit = (each: unknown): each is Fit =>
  typeof each === 'object' && each !== null && 'objective' in each && 'counts' in each;

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
  outcome: (result: object) => {
    const all = [result, ...Object.values(result)].filter(isFit);
    return {
      unsolved: all.filter(({ status }) => status !== 'solved').length,
      objectives: all.map(({ objective }) => objective),
      gap: 0,
      iterations: all.reduce((sum, { counts }) => sum + counts.residuals, 0),
    };
  },
});
