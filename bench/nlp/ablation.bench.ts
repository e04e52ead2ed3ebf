// The gain of each constant of native/solvers/nlp and of the methods that it uses (bench/shared/ablation.ts): programs, models and
// regressions that the repository makes itself, by each method.
import { ablate } from '../shared/ablation.js';

const isBox = (problem: string) => / variables, \d+ %, number /.test(problem);

await ablate({
  family: 'nlp',
  methods: ['descent', 'globalization', 'interior_point', 'kkt', 'low_rank_sdp', 'nlp', 'quadratic'],
  parts: ['nlp/methods', 'nlp/quadratic', 'nlp/models', 'nlp/control', 'nlp/callbacks', 'nlp/honesty', 'nlp/boxes'],
  takes: (name) => !/^poissonControl, 40|, (kaczmarz|gaussian|count|srht|sketch)$/.test(name),
  // Constants of semidefinite bounds are tried on quadratic functions in boxes alone, and all others on all other problems.
  tells: (problem, constant) => isBox(problem) === constant.startsWith('methods/low_rank_sdp/'),
  groupOf: (name) => {
    const [first = '', ...titles] = name.split(', ');
    return first.startsWith('trial') ? 'trials' : (titles.at(-1) ?? 'models');
  },
  off: {
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
