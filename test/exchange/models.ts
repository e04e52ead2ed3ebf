// One small model of each kind, as its family has it, with new rows and what the family says of them.

import * as contrib from '../../src/contrib/index.js';
import { type Matrix, type MatrixLike, matrix } from '../../src/core/matrix.js';
import { uniforms } from '../../src/core/random.js';
import type { Label } from '../../src/core/targets.js';
import { trainLinearNetwork } from '../../src/deepLinear/index.js';
import { riskScore } from '../../src/discrete/index.js';
import { type NetworkMembers, regressionModel } from '../../src/exchange/index.js';
import { fitCurve } from '../../src/fit/index.js';
import { leastSquares, sumSquares } from '../../src/fractional/index.js';
import { minimize, minimizeRatio } from '../../src/index.js';
import { generalizedLinearModel, logisticRegression } from '../../src/nlp/index.js';
import { decisionFunction, predict, predictProbabilities, type ReluNetwork } from '../../src/relu/index.js';
import { minimizeRobustRisk, minimizeSum } from '../../src/smooth/index.js';
import { cox, huber, matrixCompletion, quantile, sparsePath, sparseRegression } from '../../src/sparse/index.js';

export interface Case {
  name: string;
  model: object;
  x: MatrixLike;
  /** Further arguments of predict. */
  options?: object;
  prediction: unknown;
  probabilities?: unknown;
  outputs?: unknown;
}

const [n, d] = [24, 3];

/** Numbers between -1 and 1, the same at every call. */
export function numbers(count: number, seed = 1): Float64Array {
  const next = uniforms(seed);
  return Float64Array.from({ length: count }, () => 2 * next() - 1);
}

const xs = matrix(n, d, numbers(n * d));
export const xNew = matrix(7, d, numbers(7 * d, 2));
const missingNew = matrix(
  7,
  d,
  xNew.data.map((value, at) => (at % 5 === 1 ? Number.NaN : value)),
);
const y = Float64Array.from(
  { length: n },
  (_, i) => (xs.data[i * d] as number) - 0.5 * (xs.data[i * d + 1] as number) + 0.2 * Math.sin(5 * i),
);
const two = Array.from(y, (value) => (value > 0 ? 'yes' : 'no'));
const three = Array.from(y, (value, i) => ['a', 'b', 'c'][value > 0.3 ? 2 : i % 2] as string);
const counts = y.map((value) => Math.round(3 + value));

/** A network of random weights, one of which is minus zero. */
function network(loss: NetworkMembers['loss'], outputs: number, more: Partial<NetworkMembers> = {}): ReluNetwork {
  const m = 5;
  const hidden = numbers(d * m, 3);
  hidden[0] = -0;
  return {
    ...{ activation: 'relu', loss, bias: true },
    hiddenWeights: matrix(d, m, hidden),
    biases: numbers(m, 4),
    outputWeights: matrix(m, outputs, numbers(m * outputs, 5)),
    pattern: Int32Array.of(0, 1, 1, 0, 2),
    inputScale: Float64Array.of(1, 1, 1),
    ...more,
  };
}

const gates = (rows: number) => matrix(rows, 3, numbers(rows * 3, 6));
const normalised = { inputShift: numbers(d, 7), inputScale: Float64Array.of(0.5, 2, 1.25) };

export const networks: Record<string, ReluNetwork> = {
  'one number': network('squared', 1),
  'one number, standardised': network('squared', 1, {
    ...normalised,
    targetShift: Float64Array.of(3),
    targetScale: Float64Array.of(0.7),
  }),
  'two numbers, huber, named': network('huber', 2, { featureNames: ['a', 'b', 'c'] }),
  'two classes': network('logistic', 1, { classes: ['no', 'yes'] }),
  'two classes by squares, booleans': network('squared', 1, { ...normalised, classes: [false, true] }),
  'two classes by the hinge, integers': network('hinge', 1, { classes: [-3, 8] }),
  'two classes by the hinge, with a temperature': network('hinge', 1, { classes: ['no', 'yes'], temperature: 0.3 }),
  'three classes by squares, with a temperature': network('squared', 3, { classes: ['a', 'b', 'c'], temperature: 2.5 }),
  'three classes': network('softmax', 3, { classes: ['a', 'b', '\u00e4'] }),
  'three classes, each against the rest, numbers': network('logistic', 3, { classes: [0.5, 1.5, 2] }),
  signs: network('hinge', 2),
  'chances of signs': network('logistic', 2),
  shares: network('softmax', 3),
  gated: network('squared', 2, { activation: 'gated', gates: gates(d + 1), ...normalised }),
  'gated without bias, classes': network('logistic', 1, {
    activation: 'gated',
    bias: false,
    gates: gates(d),
    classes: ['no', 'yes'],
  }),
  'imputed classes': network('logistic', 1, {
    ...normalised,
    means: Float64Array.of(0.5, -1, 2),
    classes: ['no', 'yes'],
  }),
  'no neurons': network('squared', 2, {
    hiddenWeights: matrix(d, 0, []),
    biases: new Float64Array(0),
    outputWeights: matrix(0, 2, []),
    pattern: new Int32Array(0),
    ...{ targetShift: Float64Array.of(1, 2), targetScale: Float64Array.of(1, 3) },
  }),
};

export const networkCases = (): Case[] =>
  Object.entries(networks).map(([name, model]) => ({
    name: `network: ${name}`,
    ...ofNetwork(model, model.means ? missingNew : xNew),
  }));

const ofNetwork = (model: ReluNetwork, x: Matrix): Omit<Case, 'name'> => ({
  ...{ model, x },
  prediction: predict(model, x),
  outputs: decisionFunction(model, x),
  ...((['logistic', 'softmax'].includes(model.loss) || model.temperature) && {
    probabilities: predictProbabilities(model, x),
  }),
});

/** Models of regressions that were fitted. */
export async function regressionCases(): Promise<Case[]> {
  const offset = numbers(n, 8);
  const missing = matrix(
    n,
    d,
    xs.data.map((value, at) => (at % 11 === 4 ? Number.NaN : value)),
  );
  const lambda = 0.01;
  const times = { time: y.map((value) => 2 + value), event: Array.from(y, (_, i) => i % 3 > 0) };
  const fits = await Promise.all([
    sparseRegression({ x: xs, y, names: ['p', 'q', 'r'] }, { lambda }),
    sparseRegression({ x: xs, y: two }, { lambda, family: 'binomial' }),
    sparseRegression({ x: xs, y: y.map((value) => 1 / (1 + Math.exp(-value))) }, { lambda, family: 'binomial' }),
    sparseRegression({ x: xs, y: three }, { lambda, family: 'multinomial' }),
    sparseRegression({ x: xs, y: matrix(n, 2, numbers(2 * n, 9)) }, { lambda }),
    sparseRegression({ x: xs, y: counts, offset }, { lambda, family: 'poisson' }),
    sparseRegression({ x: xs, y: counts.map((value) => value + 1) }, { lambda, family: 'gamma' }),
    sparseRegression({ x: xs, y }, { lambda, family: huber({ huberDelta: 0.3 }) }),
    sparseRegression({ x: xs, y }, { lambda, family: quantile({ level: 0.7 }) }),
    sparseRegression({ x: xs, y: times }, { lambda, family: cox() }),
    sparseRegression({ x: missing, y, impute: 'mean' }, { lambda }),
    sparsePath({ x: xs, y }, { lambdas: { count: 5 } }).then((path) => path.at((path.lambda[1] as number) * 0.9)),
  ]);
  return fits.map((model) => {
    const x = model.means ? missingNew : xNew;
    const options = model.hasOffset ? { offset: numbers(7, 10) } : {};
    return {
      name: `sparse: ${model.family}${model.responses ?? ''}${model.hasOffset ? ' with offset' : ''}${model.means ? ' imputed' : ''}`,
      ...{ model, x, options },
      prediction: model.classes ? model.predict(x, { type: 'class' }) : model.predict(x, options),
      ...(model.classes && {
        options: { type: 'class' },
        probabilities: matrix(
          7,
          model.classes.length,
          model.classes.length > 2
            ? model.predict(x)
            : Float64Array.from(model.predict(x)).reduce<number[]>((all, p) => all.concat(1 - p, p), []),
        ),
      }),
      outputs: matrix(7, model.responses ?? 1, model.predict(x, { ...options, type: 'link' })),
    };
  });
}

/** x^T b + b_0 of the new rows, by itself. */
const links = (b: ArrayLike<number>, constant = 0): Float64Array =>
  Float64Array.from(
    { length: xNew.rows },
    (_, i) => constant + [0, 1, 2].reduce((sum, j) => sum + (xNew.data[i * d + j] as number) * (b[j] as number), 0),
  );

/** Regressions of problems for minimize and minimizeRatio, and coefficients of one's own. */
export async function problemCases(): Promise<Case[]> {
  const classes = logisticRegression({ x: xs, y: two, intercept: true, ridge: 0.1 });
  const poisson = generalizedLinearModel({ loss: 'poisson', x: xs, y: counts, ridge: 0.1 });
  const [byClass, byCount, bySum, worst, ratio] = await Promise.all([
    minimize(classes),
    minimize(poisson),
    minimizeSum(poisson, { batchSize: 8, maxEpochs: 3 }),
    minimizeRobustRisk(poisson, { risk: 'extremile', power: 2, smoothing: 0.5, maxIterations: 3 }),
    minimizeRatio({ numerator: [leastSquares(xs, y)], denominator: sumSquares({ constant: 1 }) }),
  ]);
  const t = links(byClass.x, byClass.x[3]);
  const chances = Array.from(t, (value) => 1 / (1 + Math.exp(-value)));
  return [
    {
      name: 'logisticRegression',
      ...{ model: classes.model(byClass), x: xNew, options: { type: 'class' } },
      prediction: Array.from(t, (value) => (value > 0 ? 'yes' : 'no')),
      probabilities: matrix(
        7,
        2,
        chances.flatMap((p) => [1 - p, p]),
      ),
      outputs: matrix(7, 1, t),
    },
    {
      name: 'generalizedLinearModel',
      model: poisson.model(byCount),
      x: xNew,
      prediction: links(byCount.x).map(Math.exp),
    },
    { name: 'minimizeSum', model: poisson.model(bySum), x: xNew, prediction: links(bySum.x).map(Math.exp) },
    { name: 'robustRisk', model: poisson.model(worst), x: xNew, prediction: links(worst.x).map(Math.exp) },
    { name: 'leastSquares', model: regressionModel({ coefficients: ratio.x }), x: xNew, prediction: links(ratio.x) },
  ];
}

/** Models of other families. */
export async function otherCases(): Promise<Case[]> {
  const labels: readonly Label[] = two;
  const linear = await trainLinearNetwork({ x: xs, y: matrix(n, 2, numbers(2 * n, 11)) }, { lambda: 0.1 });
  const completed = await matrixCompletion(
    { rows: 4, columns: 3, rowIndices: [0, 1, 2, 3, 0], columnIndices: [0, 1, 2, 0, 2], values: [1, 2, 3, 4, 5] },
    { lambda: 0.1 },
  );
  const checkered = await contrib.checkeredRegression({ x: xs, y: labels }, { factors: 2 });
  const enclosed = await contrib.oneClassSubspaces({ x: xs });
  const groups = Array.from({ length: n }, (_, i) => ['g', 'h'][i % 2] as string);
  const mixed = await contrib.robustMixedModel({ x: xs, y, groups }, { degreesOfFreedom: 4 });
  const separable = Array.from({ length: n }, (_, i) => ((xs.data[i * d] as number) > 0 ? 'yes' : 'no'));
  const margins = await contrib.sequentialMaxMargin({ tasks: [{ x: xs, y: separable }] });
  const dictionary = await contrib.supervisedDictionary({ x: xs, y: labels }, { rank: 2 });
  const taught = await contrib.teachKernel({ x: xs, y }, { kernelWidth: 0.5, maxIterations: 50 });
  const without = await contrib.unlearn(
    { x: xs, y: labels, coefficients: [0.1, 0.2, 0.3], rows: [3] },
    { loss: 'logistic', lambda: 0.1 },
  );
  const card = await riskScore({ x: xs, y: labels }, { maxSize: 2 });
  const cutCard = await riskScore({ x: xs, y: labels }, { maxSize: 2, binarize: true });
  const byName = (x: Matrix) =>
    Object.fromEntries(['u', 'v', 'w w'].map((name, j) => [name, x.data.filter((_, k) => k % d === j)]));
  const curve = await fitCurve({
    ...{ x: byName(xs), y, start: { a: 1, b: 0.1 } },
    curve: 'a * u + b * sinh(v)^2 / (1 + softplus(`w w`)) - 2 * pi * sigmoid(-u) + atan2(v, 1)',
  });
  const found: [string, { predict(x: MatrixLike, options?: object): unknown } & object, object?][] = [
    ['checkeredRegression', checkered],
    ['checkeredRegression', checkered, { type: 'class' }],
    ['oneClassSubspaces', enclosed],
    ['riskScore', card],
    ['riskScore', card, { type: 'class' }],
    ['riskScore', cutCard],
    ['riskScore', cutCard, { type: 'class' }],
    ['robustMixedModel', mixed as never, { groups: ['g', 'h', 'new', 'g', 'g', 'h', 'h'] }],
    ['sequentialMaxMargin', margins],
    ['supervisedDictionary', dictionary],
    ['teachKernel', taught],
    ['unlearn', without],
  ];
  return [
    ...found.map(([name, model, options]) => ({
      name,
      model,
      x: xNew,
      options: options ?? {},
      prediction: model.predict(xNew, options ?? {}),
      ...(name === 'riskScore' && {
        probabilities: (model as unknown as { predictProbabilities(x: Matrix): Matrix }).predictProbabilities(xNew),
      }),
    })),
    {
      name: 'linearNetwork',
      model: linear,
      x: xNew,
      prediction: matrix(
        7,
        2,
        Array.from({ length: 14 }, (_, at) =>
          [0, 1, 2].reduce(
            (sum, j) =>
              sum +
              (xNew.data[Math.floor(at / 2) * d + j] as number) * (linear.product.data[j * 2 + (at % 2)] as number),
            0,
          ),
        ),
      ),
    },
    { name: 'curve', model: curve, x: xNew, prediction: (await curve.predict(byName(xNew))).values },
    {
      name: 'completedMatrix',
      model: completed,
      x: [0, 3] as never,
      options: [1, 2],
      prediction: completed.predict?.([0, 3], [1, 2]),
    },
  ];
}

export const allCases = async (): Promise<Case[]> => [
  ...networkCases(),
  ...(await regressionCases()),
  ...(await problemCases()),
  ...(await otherCases()),
];
