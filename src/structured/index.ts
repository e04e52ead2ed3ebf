// The subpath nonconvex/structured: methods of structured statistics.
export { type UnlearnData, type UnlearnResult, type UnlearnSettings, unlearn } from './unlearn.js';
