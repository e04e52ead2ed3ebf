// The subpath nonconvex/smooth: sums over rows, learners of streams, schedules of step sizes with their bounds, and what noisy steps cost
// of privacy.
export type { SumCallbacks } from './callbacks.js';
export * from './methods.js';
export {
  type OnlineLearner,
  type OnlineMethod,
  type OnlineSettings,
  type OnlineState,
  onlineLearner,
} from './online.js';
export { type PrivacySpending, privacySpent } from './privacy.js';
export {
  edgeOfStability,
  type HessianSpectrum,
  hessianSpectrum,
  lossAlongSegment,
  type SpectrumOptions,
} from './probes.js';
export { minimizeRobustRisk, type RobustRiskResult, type RobustRiskSettings } from './robustRisk.js';
export { type ScheduleKind, schedule, scheduleBound } from './schedule.js';
export type { PlayingSet } from './sets.js';
export {
  type MinimizeSumProgress,
  type MinimizeSumResult,
  type MinimizeSumSettings,
  minimizeSum,
  type SumStatus,
} from './solver.js';
export * from './verbs.js';
