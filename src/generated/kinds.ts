// Made by scripts/types.mjs from what the native library declares. Do not edit.

/** Functions that solve a problem with settings, and whether these may have `onProgress`. */
export const solves = {
  'contrib/blindCalibration': { progress: true },
  'contrib/checkeredRegression': { progress: true },
  'contrib/oneClassSubspaces': { progress: true },
  'contrib/robustMixedModel': { progress: true },
  'contrib/sequentialMaxMargin': { progress: true },
  'contrib/supervisedDictionary': { progress: true },
  'contrib/teachKernel': { progress: true },
  'contrib/unlearn': { progress: true },
  'deepLinear/trainLinearNetwork': { progress: true },
  'discrete/learnDag': { progress: true },
  'discrete/crossValidateRiskScore': { progress: true },
  'discrete/riskScore': { progress: true },
  'fit/fitCurve': { progress: true },
  'fit/minimizeSquares': { progress: true },
  'fractional/minimizeByCoordinates': { progress: true },
  'fractional/minimizeDifference': { progress: true },
  'fractional/minimizeRatio': { progress: true },
  'fractional/energyEfficiency': { progress: true },
  'fractional/fisherDiscriminant': { progress: true },
  'fractional/independentComponent': { progress: true },
  'fractional/lpPca': { progress: true },
  'fractional/maxSharpe': { progress: true },
  'fractional/sparseGeneralizedEigen': { progress: true },
  'fractional/sparseRecovery': { progress: true },
  'fractional/totalLeastSquares': { progress: true },
  'nlp/minimize': { progress: true },
  'nlp/minimizeGlobally': { progress: true },
  'relu/attack': { progress: false },
  'relu/crossValidate': { progress: false },
  'relu/trainReluPath': { progress: true },
  'relu/lambdaMax': { progress: true },
  'relu/trainReluNetwork': { progress: true },
  'smooth/minimizeRobustRisk': { progress: true },
  'smooth/minimizeSum': { progress: true },
  'sparse/crossValidate': { progress: true },
  'sparse/debiasedIntervals': { progress: false },
  'sparse/matrixCompletion': { progress: true },
  'sparse/sparsePath': { progress: true },
  'sparse/mutualInformation': { progress: false },
  'sparse/sparseRegression': { progress: true },
  'sparse/stabilitySelection': { progress: false },
  'sparse/trendFilter': { progress: true },
} satisfies Record<string, { progress: boolean }>;

/** The name of such a function. */
export type SolveKind = keyof typeof solves;

/** Functions that make programs, which are no plain objects. */
export const makes: readonly string[] = [
  'nlp/poissonControl',
  'nlp/fromCallbacks',
  'nlp/quadraticProgram',
  'nlp/generalizedLinearModel',
  'nlp/logisticRegression',
];
