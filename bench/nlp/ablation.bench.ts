// The gain of each constant of native/solvers/nlp and of the methods that it uses (bench/shared/ablation.ts): programs, models and
// regressions that the repository makes itself, by each method.
import { type Answer, ablate, outcomeOf } from '../shared/ablation.js';

const isBox = (problem: string) => / variables, \d+ %, number /.test(problem);
const isGlobal = (problem: string) => problem.startsWith('global ');
const ofGlobal = /^(minimizeGlobally|expressions\/lifted|methods\/(dual_simplex|lagrangian_bound|propagation))\//;

await ablate({
  family: 'nlp',
  methods: [
    'descent',
    'expressions/lifted',
    'globalization',
    'interior_point',
    'kkt',
    'lagrangian_bound',
    'low_rank_sdp',
    'nlp',
    'propagation',
    'quadratic',
  ],
  parts: [
    'nlp/methods',
    'nlp/quadratic',
    'nlp/models',
    'nlp/control',
    'nlp/callbacks',
    'nlp/honesty',
    'nlp/boxes',
    'nlp/global',
  ],
  takes: (name) => !/^poissonControl, 40|, (kaczmarz|gaussian|count|srht|sketch)$/.test(name),
  // Constants of semidefinite bounds are tried on quadratic functions in boxes alone, those of minimizeGlobally on problems with known
  // global minima, and all others on all other problems.
  tells: (problem, constant) =>
    isBox(problem) === constant.startsWith('methods/low_rank_sdp/') && isGlobal(problem) === ofGlobal.test(constant),
  outcome: (result) => outcomeOf(result, ({ iterations, nodes = iterations }: Answer & { nodes?: number }) => nodes),
  groupOf: (name) => {
    const [first = '', ...titles] = name.split(', ');
    if (isGlobal(name)) return 'global';
    return first.startsWith('trial') ? 'trials' : (titles.at(-1) ?? 'models');
  },
  off: {
    'expressions/lifted/lifted_builder.hpp:mostMultiplied': 0,
    'expressions/lifted/lifted_builder.hpp:mostPerspectives': 0,
    'minimizeGlobally/linear_relaxation.hpp:leastReducedCost': 1e300,
    'minimizeGlobally/search.hpp:curvedDepth': 1e9,
    'minimizeGlobally/search.hpp:leastChance': 0,
    'minimizeGlobally/search.hpp:rounds': 0,
    'minimizeGlobally/search.hpp:sweeps': 0,
    'minimizeGlobally/search.hpp:tightenedDepth': -1,
    'minimizeGlobally/search.hpp:weightOfAll': 1e12,
    'minimizeGlobally/solver.hpp:triedAfter': 1e9,
    'minimizeGlobally/solver.hpp:large': 1e9,
    'methods/globalization/restarts.cpp:manyRestarts': 0,
    'methods/globalization/watchdog.cpp:mostNoiseSteps': 1e9,
    'methods/globalization/watchdog.cpp:mostShortSteps': 1e9,
    'methods/globalization/watchdog.cpp:mostSlowSteps': 1e9,
    'methods/interior_point/barrier_descent.hpp:mostCorrections': 0,
    'methods/kkt/krylov_kkt.cpp:lagSteps': 0,
    'methods/low_rank_sdp/relaxation.cpp:leastGain': 0,
    'methods/low_rank_sdp/relaxation.cpp:share': 1,
    'methods/low_rank_sdp/relaxation.cpp:step': 0,
  },
  sameObjective: 1e-6, // the tolerance
});
