// The subpath nonconvex/sparse.
export { type SparseProblem, type SparseResult, type SparseSettings, solveSparse } from './solver.js';
