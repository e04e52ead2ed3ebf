// The subpath nonconvex/fit: nonlinear least squares, and curves through data with errors of their parameters.
export type { CurveDrawing, Prediction, Profile } from '../core/drawing.js';
export { type CurveFit, fitCurve, type IntervalOptions, type PredictOptions, type ProfileOptions } from './curve.js';
export type {
  CurveColumns,
  CurveData,
  CurveParameters,
  CurveValues,
  FormulaProblem,
  RowwiseProblem,
} from './curveProblem.js';
export type { Interval } from './profile.js';
export type { FitResult, SquaresResult } from './result.js';
export {
  cauchy,
  type FitSettings,
  huber,
  minimizeSquares,
  type ScaledLoss,
  type SquaresProblem,
  softL1,
  tukey,
} from './solver.js';
export * from './verbs.js';
