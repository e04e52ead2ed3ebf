// Made by scripts/types.mjs from what the native library declares. Do not edit.

/** Functions that solve: the names of what they take before their settings, and whether these may have `onProgress`. */
export const solves: Record<string, { takes: readonly string[]; progress: boolean }> = {
  'deepLinear/linearNetwork': { takes: ['data'], progress: true },
  'fractional/minimizeByCoordinates': { takes: ['problem'], progress: true },
  'fractional/energyEfficiency': { takes: ['gains'], progress: true },
  'fractional/fisherDiscriminant': { takes: ['X', 'labels'], progress: true },
  'fractional/independentComponent': { takes: ['X'], progress: true },
  'fractional/lpPca': { takes: ['G', 'p'], progress: true },
  'fractional/maxSharpe': { takes: ['mu', 'Sigma'], progress: true },
  'fractional/sparseGeneralizedEigen': { takes: ['W', 'B'], progress: true },
  'fractional/sparseRecovery': { takes: ['A', 'b'], progress: true },
  'fractional/totalLeastSquares': { takes: ['A', 'b'], progress: true },
  'fractional/differenceOfConvex': { takes: ['problem'], progress: true },
  'fractional/minimizeRatio': { takes: ['problem'], progress: true },
  'nlp/minimize': { takes: ['problem'], progress: true },
  'relu/crossValidate': { takes: ['data'], progress: false },
  'relu/reluPath': { takes: ['data'], progress: true },
  'relu/betaMax': { takes: ['data'], progress: true },
  'relu/trainReluNetwork': { takes: ['data'], progress: true },
  'smooth/robustRisk': { takes: ['problem'], progress: true },
  'smooth/minimizeSum': { takes: ['problem'], progress: true },
  'sparse/crossValidate': { takes: ['data'], progress: true },
  'sparse/debiasedIntervals': { takes: ['data'], progress: false },
  'sparse/matrixCompletion': { takes: ['data'], progress: true },
  'sparse/sparsePath': { takes: ['data'], progress: true },
  'sparse/mutualInformation': { takes: ['x', 'y'], progress: false },
  'sparse/sparseRegression': { takes: ['data'], progress: true },
  'sparse/stabilitySelection': { takes: ['data'], progress: false },
  'sparse/trendFilter': { takes: ['data'], progress: true },
  'structured/blindCalibration': { takes: ['data'], progress: true },
  'structured/checkeredRegression': { takes: ['data'], progress: true },
  'structured/oneClassSubspaces': { takes: ['data'], progress: true },
  'structured/robustMixedModel': { takes: ['data'], progress: true },
  'structured/sequentialMaxMargin': { takes: ['data'], progress: true },
  'structured/supervisedDictionary': { takes: ['data'], progress: true },
  'structured/teachKernel': { takes: ['data'], progress: true },
  'structured/unlearn': { takes: ['data'], progress: true },
};

/** Functions that make programs, which are no plain objects. */
export const makes: readonly string[] = [
  'nlp/fromCallbacks',
  'nlp/poissonControl',
  'nlp/quadraticProgram',
  'nlp/generalizedLinearModel',
  'nlp/logisticRegression',
];
