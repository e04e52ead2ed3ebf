// A small problem for each family, by which `npm run new -- recipe FAMILY/NAME` writes a recipe that runs: the verb, the names of the family
// that state the problem, those of other subpaths, the problem, and the settings that the verb needs.
export const problems = {
  deepLinear: { verb: 'trainLinearNetwork', problem: '{ x: [[1, 0], [0, 2], [1, 1]], y: [1, 4, 3] }' },
  fractional: {
    verb: 'minimizeRatio',
    names: ['lpNorm', 'sumSquares'],
    problem: '{ numerator: [sumSquares()], denominator: lpNorm([[1, 2], [3, 1]], 4) }',
  },
  nlp: {
    verb: 'minimize',
    names: ['quadraticProgram'],
    problem: 'quadraticProgram({ Q: [[2, 1], [1, 3]], c: [-1, -2] })',
  },
  relu: { verb: 'trainReluNetwork', problem: '{ x: [[-1], [0], [1], [2]], y: [1, 0, 1, 2] }' },
  smooth: {
    verb: 'minimizeSum',
    others: { nlp: ['generalizedLinearModel'] },
    problem: "generalizedLinearModel({ loss: 'squared', x: [[1], [2], [3]], y: [1, 2, 4], ridge: 0.1 })",
    settings: "batchSize: 'full'",
  },
  sparse: {
    verb: 'sparseRegression',
    problem: '{ x: [[1, 0], [0, 2], [1, 1], [2, 1]], y: [1, 4, 3, 5] }',
    settings: 'lambda: 0.1',
  },
};
