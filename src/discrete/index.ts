// The subpath nonconvex/discrete: discrete problems with a proof.
export * from './verbs.js';
