// The gain of each constant of native/solvers/sparse (bench/shared/ablation.ts): small paths of all families and penalties on dense x, with
// bounds and without, larger ones, and some of thousands of rows or columns.
import type { SparsePath } from '../../src/sparse/index.js';
import { ablate } from '../shared/ablation.js';

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, value), 0);

await ablate({
  family: 'sparse',
  parts: ['sparse/paths', 'sparse/large', 'sparse/larger'],
  takes: (name) =>
    !/^quantile, (mcp|scad|\w*[gG]roup)/.test(name) &&
    (/\d x \d/.test(name) || /^[^,]+, [^,]+(, bounds)?, dense$/.test(name)),
  groupOf: (name) => name.split(', ').slice(0, 2).join(', '),
  off: {
    'path/class_steps.hpp:mostNumbers': 0,
    'path/working_set_path.hpp:mostLambdas': 1,
    'path/working_set_path.hpp:mostOfWide': 8,
    'path/working_set_path.hpp:columnsToWarmStart': 1e9,
    'path/working_set_solver.hpp:mostLoose': 0,
    'path/working_set_solver.hpp:slowest': 0,
    'path/working_set_solver.hpp:columnsOfStep': 1e300,
    'path/working_set_solver.hpp:hardEnvelope': 1000,
    'path/working_set_solver.hpp:innerOfGoal': 1,
    'path/working_set_solver.hpp:shareOfBlocks': 0.03,
    'path/working_set_solver.hpp:shareWithRidge': 0.03,
    'path/working_set_solver.hpp:farthest': 0,
    'quadratic/quadratic.cpp:mostCycles': 1,
    'quadratic/quadratic.cpp:mostShortSteps': 1,
    'quadratic/quadratic.cpp:roughSweeps': 10,
    'quadratic/quadratic.cpp:sweepsInTurn': 10,
    'quadratic/quadratic.cpp:operationsBlocked': 1,
    'quadratic/quadratic.cpp:negligible': 0,
    'quadratic/proximal_quadratic.cpp:betweenPatterns': 1e6,
    'subsets/subset_path.cpp:leadStep': 0,
    'subsets/subset_search.cpp:mostSpliced': 0,
    'subsets/subset_tree.cpp:innerSweeps': 0,
    'subsets/subset_tree.cpp:mostLending': 0,
  },
  outcome: (path: SparsePath) => ({
    unsolved: path.notFitted.length + path.certificate.filter(({ kind }) => kind === 'none').length,
    objectives: [...path.objectives],
    gap: largest(path.gap),
    iterations: path.evaluations ?? 0,
  }),
});
