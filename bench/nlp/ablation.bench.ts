// The gain of each constant of native/solvers/nlp and of the methods that it uses (bench/shared/ablation.ts): programs, models and
// regressions that the repository makes itself, by each method.
import { ablate } from '../shared/ablation.js';

await ablate({
  family: 'nlp',
  methods: ['descent', 'globalization', 'interior_point', 'kkt', 'nlp', 'quadratic'],
  parts: ['nlp/methods', 'nlp/quadratic', 'nlp/models', 'nlp/control', 'nlp/callbacks', 'nlp/honesty'],
  takes: (name) => !/^poissonControl, 40|, (kaczmarz|gaussian|count|srht|sketch)$/.test(name),
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
  },
  sameObjective: 1e-6, // the tolerance
});
