// The subpath nonconvex/contrib: methods of one paper each.
export * from './verbs.js';
