// The subpath nonconvex/fit: nonlinear least squares, and curves through data with errors of their parameters.
export {
  type CurveColumns,
  type CurveData,
  type CurveFit,
  type CurveParameters,
  type CurveValues,
  type FormulaProblem,
  fitCurve,
  type Interval,
  type IntervalOptions,
  type Prediction,
  type PredictOptions,
  type RowwiseProblem,
} from './curve.js';
export { type FitSettings, minimizeSquares, type SquaresProblem, type SquaresResult } from './solver.js';
export * from './verbs.js';
