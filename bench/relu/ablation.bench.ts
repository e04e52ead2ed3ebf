// The gain of each constant of native/solvers/relu (bench/shared/ablation.ts).
import type { ReluResult } from '../../src/relu/index.js';
import { ablate } from '../shared/ablation.js';

/** Problems that take long beside what they tell. */
const long = /^digits .*, slack|^digits 0.001, relu|^hinge$|^estimate$|^lambda by cross-validation/;

const refines = (problem: string) => /^(relu\/refinement: |softmax$|no program$|refinement)/.test(problem);
const isRobust = (problem: string) => problem.startsWith('an adversary');

/** Constants of refinement and of training with an adversary are tried on these problems alone, those of the engines on all others. */
function tells(problem: string, constant: string): boolean {
  if (constant.startsWith('robust/')) return isRobust(problem);
  if (/^(refinement\/|pricing_bound|price_|neurons)/.test(constant)) return refines(problem);
  return !refines(problem) && !isRobust(problem);
}

await ablate({
  family: 'relu',
  methods: ['acceleration', 'projection', 'splitting'],
  parts: ['relu/known', 'relu/small', 'relu/refinement', 'relu/larger'],
  takes: (name) => !long.test(name),
  tells,
  groupOf: (name) => name.split(', ').at(-1) as string,
  constant: [
    'engines/gated_admm.hpp:rho',
    'engines/gated_admm.hpp:rhoCoupled',
    'pricing_bound.hpp:mostColumns',
    'map.hpp:piece',
    'prox.cpp:placesAtOnce',
    'methods/acceleration/anderson.hpp:most',
    'methods/acceleration/history_kernels.cpp:together',
  ],
  sameObjective: 1e-5, // a tenth of the tolerance of most problems
  off: {
    'engines/admm.hpp:shareSplit': 0.1,
    'engines/admm.hpp:sigmaCoupled': 0.1,
    'engines/admm.hpp:warmStep': 1,
    'engines/admm_with_newton.cpp:gapCoupled': 0.03,
    'engines/cone_admm.cpp:looseSteps': 0,
    'engines/corrections.hpp:mostColumns': 0,
    'engines/corrections.hpp:mostOfDual': 1,
    'engines/gated_admm.hpp:anewFrom': 0,
    'engines/gated_admm.hpp:roundedTo': 1e300,
    'engines/newton_system.cpp:leastInSingle': 1e9,
    'engines/penalty_adaptation.hpp:window': 1e9,
    'pricing_bound.cpp:farther': 4,
    'pricing_bound.cpp:randomStarts': 0,
    'refinement/effort.cpp:fourStarts': 0,
    'refinement/effort.cpp:searchesOfOutput': 0,
    'refinement/effort.cpp:timesAtEnd': 1,
    'refinement/prices.cpp:ofExcess': 0,
    'reports.hpp:betweenSubgradients': 1,
    'refinement/rounds.cpp:exactInRounds': 0,
    'robust/cone.cpp:together': 1,
    'robust/solver.cpp:outOfBalance': 1e300,
  },
  outcome: ({ status, networkObjective, estimatedLowerBound, gap = 1, iterations }: ReluResult) => ({
    unsolved: status === 'solved' ? 0 : 1,
    // A better search only lowers the estimate.
    objectives: [networkObjective, ...(estimatedLowerBound === undefined ? [] : [estimatedLowerBound])],
    gap,
    iterations,
  }),
});
