// The subpath nonconvex/smooth: learners of streams, schedules of step sizes with their bounds, and what noisy steps cost of privacy.
export {
  type OnlineLearner,
  type OnlineMethod,
  type OnlineSettings,
  type OnlineState,
  onlineLearner,
} from './online.js';
export { type PrivacySpending, privacySpent } from './privacy.js';
export { type ScheduleKind, schedule, scheduleBound } from './schedule.js';
export type { PlayingSet } from './sets.js';
