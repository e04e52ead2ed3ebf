// The subpath nonconvex/newFamily.
export { type NewFamilyProblem, type NewFamilyResult, type NewFamilySettings, solveNewFamily } from './solver.js';
export * from './verbs.js';
