// Compiled by types.long.test.ts against the built declarations, as a user's ES module would be; never run.

import {
  type Certificate,
  type CertificateKind,
  type Device,
  devices,
  type FractionalProblem,
  type FractionalResult,
  type FractionalSettings,
  type Matrix,
  Model,
  matrix,
  minimize,
  minimizeRatio,
  type NlpResult,
  type Progress,
  type ReluNetwork,
  type ReluResult,
  type ReluSettings,
  SolverError,
  type SparseMatrix,
  type Status,
  trainReluNetwork,
} from 'nonconvex';
import { modelFromJson, modelToJson, type RegressionModel, toOnnx } from 'nonconvex/exchange';
import {
  affine,
  affineSquared,
  box,
  type DenominatorTerm,
  elasticNet,
  energyEfficiency,
  type FractionalStart,
  fisherDiscriminant,
  independentComponent,
  l1,
  l1Squared,
  leastSquares,
  logistic,
  lpNorm,
  lpPca,
  maxSharpe,
  minimizeDifference,
  type NumeratorTerm,
  nonNegative,
  norm1,
  norm2,
  normInf,
  type Penalty,
  quadratic,
  separableConcave,
  sparseGeneralizedEigen,
  sparseRecovery,
  squaredHinge,
  sumLog,
  sumSqrt,
  sumSquares,
  topK,
  totalLeastSquares,
} from 'nonconvex/fractional';
import { at, type Constraint, dot, type Parameter, sum } from 'nonconvex/model';
import {
  generalizedLinearModel,
  interiorPoint,
  logisticRegression,
  type Program,
  poissonControl,
  quadraticProgram,
} from 'nonconvex/nlp';
import * as predicting from 'nonconvex/predict';
import { admm, fromJSON, huber, predict, sampled, score, toJSON } from 'nonconvex/relu';
import { adam, dpSgd, minimizeSum, normSteepest } from 'nonconvex/smooth';
import * as sparse from 'nonconvex/sparse';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : ['types differ']): void => {};

const x = matrix(2, 2, [1, 2, 3, 4]);
const rows = [
  [1, 2],
  [3, 4],
];

// The kind of y decides the kind of the predictions.
const numbers = await trainReluNetwork({ x, y: [1, 2] });
const numbersPredicted = predict(numbers.network, rows);
same<typeof numbersPredicted, Float64Array>();
const typed = predict((await trainReluNetwork({ x, y: new Float32Array(2) })).network, x);
same<typeof typed, Float64Array>();
const labels = predict((await trainReluNetwork({ x: rows, y: ['a', 'b'] })).network, x);
same<typeof labels, string[]>();
const texts: string[] = ['a', 'b'];
const fromTexts = predict((await trainReluNetwork({ x, y: texts })).network, x);
same<typeof fromTexts, string[]>();
const flags = predict((await trainReluNetwork({ x, y: [true, false] })).network, x);
same<typeof flags, boolean[]>();
const matrices = predict((await trainReluNetwork({ x, y: rows })).network, x);
same<typeof matrices, Float64Array | Matrix>();
const unknownKind = predict(fromJSON('{}'), x);
same<typeof unknownKind, string[] | boolean[] | Float64Array | Matrix>();
const knownKind = predict(fromJSON<string[]>('{}'), x);
same<typeof knownKind, string[]>();

// Settings: every one optional, names and values checked.
const settings: ReluSettings = {
  lambda: 0.1,
  loss: 'hinge',
  patterns: { sample: 5 },
  warmStart: numbers,
  signal: new AbortController().signal,
  onProgress: ({ iteration, objective }: Progress) => console.log(iteration, objective ?? 'unknown'),
  device: 'auto',
  timeLimit: undefined,
};
const labelled = await trainReluNetwork({ x, y: ['a', 'b'] }, settings);
same<typeof labelled, ReluResult<string[]>>();
await trainReluNetwork({ x, y: [1, 2] }, { patterns: { gates: rows } });
await trainReluNetwork({ x, y: [1, 2] }, { patterns: { exact: true } });
// @ts-expect-error: no such setting
await trainReluNetwork({ x, y: [1, 2] }, { bet: 0.1 });
// @ts-expect-error: a number
await trainReluNetwork({ x, y: [1, 2] }, { lambda: '0.1' });
// @ts-expect-error: no such loss
await trainReluNetwork({ x, y: [1, 2] }, { loss: 'absolute' });
// @ts-expect-error: exact is true or absent
await trainReluNetwork({ x, y: [1, 2] }, { patterns: { exact: false } });
// @ts-expect-error: y is missing
await trainReluNetwork({ x });
// @ts-expect-error: dates are no targets
await trainReluNetwork({ x, y: [new Date()] });

const status: Status = numbers.status;
const certificate: Certificate = numbers.certificate;
const bound: number = numbers.lowerBound;
const text: string = JSON.stringify(toJSON(labelled.network));
const general: ReluNetwork = labelled.network;
const accuracy: number = score(general, x, ['a', 'b']);
try {
  await trainReluNetwork({ x, y: [1, 2] }, { device: 'cuda' });
} catch (error) {
  if (error instanceof SolverError && error.code === 'DEVICE_UNAVAILABLE') console.log(error.message);
}
console.log(status, certificate, bound, text, accuracy);

// Models as JSON and ONNX, and in plain JavaScript.
const fitted = modelFromJson(JSON.stringify(modelToJson(labelled.network)));
const anything: unknown = fitted.predict(x);
if (fitted.kind === 'reluNetwork') same<Matrix, ReturnType<typeof fitted.decisionFunction>>();
const again: ReluNetwork | undefined = fitted.kind === 'reluNetwork' ? fitted : undefined;
const regressed: RegressionModel = logisticRegression({ x, y: [0, 1] }).model({ x: [1, 2] });
same<Float64Array, ReturnType<typeof regressed.predict>>();
const labelsOfRows: readonly (string | number | boolean)[] = regressed.predict(x, { type: 'class' });
const plainModel = predicting.modelFromJson('{}');
const chances: number = predicting.predictProbabilities(plainModel, rows).rows;
const onnx: Uint8Array = await toOnnx(fitted, { precision: 'float32' });
// @ts-expect-error: no such precision
await toOnnx(fitted, { precision: 'float16' });
const sure: Matrix = predict(labelled.network, x, { type: 'probability' });
if (fitted.kind === 'reluNetwork') same<Matrix, typeof sure>();
console.log(sure);
console.log(anything, again, labelsOfRows, chances, onnx, predicting.predict(plainModel, rows));

// Fractional programs: terms where they belong, options of each function.
const fit = leastSquares(rows, [1, 2]);
const csc: SparseMatrix = {
  format: 'csc',
  rows: 2,
  columns: 2,
  offsets: Int32Array.of(0, 1, 2),
  indices: Int32Array.of(0, 1),
  values: Float64Array.of(1, 2),
};
const fractional: FractionalSettings = {
  method: 'pcd',
  sweepOrder: 'shuffled',
  restarts: 2,
  seed: 1,
  proximalWeight: undefined,
};
const problem: FractionalProblem = {
  numerator: [
    fit,
    quadratic(csc, { constant: 1 }),
    l1(0.1),
    l1([1, 2]),
    box(0, [1, 2]),
    nonNegative(),
    elasticNet(1, 2),
  ],
  denominator: topK(1, { scale: 2 }),
  start: new Float32Array(2),
};
const ratio: FractionalResult = await minimizeRatio(problem, fractional);
const guarantee: CertificateKind = ratio.certificate.kind;
const table: FractionalStart[] = ratio.starts;
const numerator: readonly NumeratorTerm[] = [
  squaredHinge(x, [1, 2]),
  logistic(x, [1, -1]),
  affine([1, 2]),
  sumSquares(),
];
const penalties: readonly Penalty[] = [l1Squared(1), nonNegative()];
const denominators: DenominatorTerm[] = [
  norm1(),
  norm2({ shift: 1 }),
  normInf(),
  lpNorm(csc, Number.POSITIVE_INFINITY, { squared: true }),
  sumSquares({ weight: 2 }),
  quadratic(x),
  affine([1, 2], 3),
  affineSquared([1, 2]),
  sumSqrt({ epsilon: 1, weights: [1, 2] }),
  sumLog([1, 2], { shift: 1 }),
  separableConcave(
    (u) => Math.log1p(u),
    (u, i) => 1 / (1 + u + 0 * i),
  ),
];
for (const denominator of denominators) await minimizeRatio({ numerator: [...numerator, ...penalties], denominator });
const lasso: Float64Array = (await minimizeDifference({ convex: [fit, l1(1)] })).x;
await minimizeDifference({ convex: [fit], minus: norm1() }, { gram: 'never' });
// @ts-expect-error: a norm is no numerator
await minimizeRatio({ numerator: [norm1()], denominator: norm2() });
// @ts-expect-error: a penalty is no denominator
await minimizeRatio({ numerator: [fit], denominator: l1(1) });
// @ts-expect-error: no denominator
await minimizeRatio({ numerator: [fit] });
// @ts-expect-error: no such method
await minimizeRatio(problem, { method: 'newton' });
// @ts-expect-error: no such option
norm2({ weight: 1 });

const support: Int32Array = (await sparseRecovery({ A: csc, b: [1, 2] }, { k: 1, lambda: 0.1, tolerance: 1e-8 }))
  .support;
await sparseRecovery({ A: x, b: [1, 2] }, { penalty: 'l1l2', lambda: 0.1 });
await sparseRecovery({ A: x, b: [1, 2] }, { k: 1 });
const direction: Float64Array = (await lpPca({ G: csc, p: 4 }, { Q: x, squared: false })).v;
const kurtosis: number = (await independentComponent({ x: rows }, { restarts: 4 })).kurtosis;
const distance: number = (await totalLeastSquares({ A: rows, b: [1, 2] }, { lambda: 0.1 })).distance;
const eigenvalue: number = (await sparseGeneralizedEigen({ W: x, B: csc }, { lambda: 0 })).eigenvalue;
const { threshold, classes } = await fisherDiscriminant({ x: rows, y: ['a', 'b'] }, { lambda: 0.1 });
const weights: Float64Array = (
  await maxSharpe({ mu: [1, 2], Sigma: rows }, { bounds: { upper: [1, 0.5] }, lambda: 0, riskFree: 1 })
).weights;
// @ts-expect-error: no such bound
await maxSharpe({ mu: [1, 2], Sigma: rows }, { bounds: { max: 1 } });
const power: Float64Array = (await energyEfficiency({ gains: [1, 2] }, { circuitPower: 1 })).power;
console.log(
  guarantee,
  table,
  lasso,
  support,
  direction,
  kurtosis,
  distance,
  eigenvalue,
  threshold,
  classes,
  weights,
  power,
);

const [first] = await devices();
const reason: string | undefined = first?.reason;
same<Device['kind'], 'cpu' | 'cuda'>();
same<Awaited<ReturnType<typeof minimize>>['device'], Device['kind']>();
// @ts-expect-error: no such device
await minimizeRatio(problem, { device: 'gpu' });
console.log(first?.usable, first?.memory, reason);

const regression: Program = logisticRegression({ x: [[1], [2]], y: ['no', 'yes'], squaredNorm: 1 });
generalizedLinearModel({ loss: 'poisson', x: [[1]], y: [2], constraints: (x) => [at(x, 0)] });
// @ts-expect-error no such loss
generalizedLinearModel({ loss: 'hinge', x: [[1]], y: [2] });
const { multipliers }: NlpResult = await minimize(quadraticProgram({ Q: [[1]], A: [[1]], b: regression.start }));
const control = poissonControl(2, { weight: multipliers[0] });
const state: Matrix = control.stateIn(await minimize(control));
console.log(state);

// Shapes of models decide what handles give.
const model = new Model();
const limit = model.parameter(2);
const vector = model.variable(2, { lower: 0, upper: limit, start: [1, 2] });
const scalar = model.variable({ lower: -1 });
const grid = model.variable([2, 3], { upper: rows });
const chosen = model.binary([2, 3], { start: 1 });
same<ReturnType<typeof chosen.valueIn>, ReturnType<typeof grid.valueIn>>();
const counts = model.variable(4, { integer: true, lower: 0 });
const places: Int32Array = model.compile().integers;
console.log(counts.integer, places);
same<typeof limit, Parameter<readonly [number]>>();
const cap = model.atMost(dot(vector, vector), 1);
const floor = model.atLeast(scalar, vector);
const middle = model.between(sum(grid), limit, [3, 4]);
same<typeof cap, Constraint<readonly []>>();
same<typeof floor, Constraint<readonly [number]>>();
same<typeof middle, Constraint<readonly [number]>>();
const solved = await minimize(model);
const ofVector: Float64Array = vector.lowerMultipliersIn(solved);
const ofScalar: number = scalar.upperMultipliersIn(solved);
const ofGrid: Matrix = grid.valueIn(solved);
const capped: boolean = cap.activeIn(solved);
const floored: boolean[] = floor.activeIn(solved);
const entries: boolean[][] = model.equal(grid, 0).activeIn(solved);
console.log(ofVector, ofScalar, ofGrid, capped, floored, entries);
await minimize(model, { warmStart: solved });
// @ts-expect-error: an expression is no bound
model.variable(2, { lower: sum(vector) });
// @ts-expect-error: no number, array or parameter
model.variable({ upper: '1' });
// @ts-expect-error: the side of an expression is written with atLeast
model.between(vector, sum(vector), 1);

// Settings belong to methods: each takes its own alone.
const ofTwoRows = logisticRegression({ x: rows, y: [0, 1] });
await minimizeSum(ofTwoRows, { method: adam({ beta2: 0.99, schedule: 'cosine' }), batchSize: 'full' });
await minimizeSum(ofTwoRows, { method: { kind: 'lion', decay: 0.1 } });
await minimizeSum(ofTwoRows, { method: dpSgd({ noise: 4, privacyDelta: 1e-5 }) });
await minimizeSum(ofTwoRows, { method: normSteepest({ geometry: ['l2'] }) });
await minimize(model, { method: interiorPoint({ polish: false, restarts: 0 }), tolerance: 1e-6 });
await minimize(model, { method: 'lbfgs' });
await trainReluNetwork({ x, y: [1, 2] }, { method: admm({ splitting: 'slack', rho: 1 }) });
// @ts-expect-error: a setting of methods stands with one
await minimizeSum(ofTwoRows, { method: 'adam', beta2: 0.99 });
// @ts-expect-error: adam clips no rows
adam({ noise: 4 });
// @ts-expect-error: qagd has no memory of squares
await minimizeSum(ofTwoRows, { method: { kind: 'qagd', beta2: 0.99 } });
// @ts-expect-error: privacy is that of dpSgd
await minimizeSum(ofTwoRows, { method: { kind: 'adam', privacyDelta: 1e-5 } });
// @ts-expect-error: no such method
await minimizeSum(ofTwoRows, { method: 'adamw' });
// @ts-expect-error: the method of gradients has nothing to polish
await minimize(model, { method: { kind: 'lbfgs', polish: false } });
// @ts-expect-error: the interior-point method factors its systems
interiorPoint({ inner: 'krylov' });
// @ts-expect-error: a setting of methods stands with one
await minimize(model, { restarts: 0 });
await trainReluNetwork({ x, y: [1, 2], names: ['a'] }, { loss: huber({ huberDelta: 0.5 }), bias: 'light' });
// @ts-expect-error: a setting of losses stands with one
await trainReluNetwork({ x, y: [1, 2] }, { loss: 'huber', huberDelta: 0.5 });
// @ts-expect-error: the hinge has no threshold
await trainReluNetwork({ x, y: [1, 2] }, { loss: { kind: 'hinge', huberDelta: 0.5 } });
// @ts-expect-error: names belong to the data
await trainReluNetwork({ x, y: [1, 2] }, { featureNames: ['a'] });
const ofPenalties = { lambda: 0.1, family: sparse.quantile({ level: 0.9 }) };
await sparse.sparseRegression({ x, y: [1, 2], lowerBounds: 0 }, { ...ofPenalties, penalty: sparse.mcp({ gamma: 4 }) });
await sparse.sparsePath({ x, y: [1, 2] }, { penalty: 'scad', lambdas: { count: 20 }, family: { kind: 'huber' } });
await sparse.sparsePath({ x, y: [1, 2] }, { penalty: sparse.bestSubset({ maxNodes: 9 }), sizes: { max: 1 } });
// @ts-expect-error: a setting of penalties stands with one
await sparse.sparsePath({ x, y: [1, 2] }, { penalty: 'mcp', gamma: 3 });
// @ts-expect-error: the lasso has no shape
sparse.lasso({ gamma: 3 });
// @ts-expect-error: the family of quantiles has no threshold
await sparse.sparsePath({ x, y: [1, 2] }, { family: { kind: 'quantile', huberDelta: 1 } });
// @ts-expect-error: bounds belong to the data
await sparse.sparsePath({ x, y: [1, 2] }, { lowerBounds: 0 });
// @ts-expect-error: Huber's threshold has a name
sparse.huber(1.5);
// @ts-expect-error: a lasso has no cones to split
sampled({ splitting: 'slack' });
