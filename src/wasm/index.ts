// The package nonconvex-wasm: what nonconvex exports, and the pages about results, for browsers.
export * from '../index.js';
export { type ReportOptions, report } from '../report/index.js';
