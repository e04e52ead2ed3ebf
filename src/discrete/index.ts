// The subpath nonconvex/discrete.
export { type DiscreteProblem, type DiscreteResult, type DiscreteSettings, solveDiscrete } from './solver.js';
export * from './verbs.js';
