// Messages about wrong arguments.
import { expect, it } from 'vitest';
import * as sparse from '../../src/sparse/index.js';
import { drawn } from './values.js';

const { x, y } = drawn(41, 'gaussian', 20, 3);
const classes = y.map((value) => Number(value > 0));
const three = Array.from(y, (_, i) => 'abc'[i % 3] as string);
const model = (data: object, settings: object = {}) =>
  sparse.sparseRegression({ x, y, ...data } as never, { lambda: 0.1, ...settings } as never);
const path = (data: object, settings: object = {}) => sparse.sparsePath({ x, y, ...data } as never, settings as never);

const wrong: [string, () => unknown, RegExp][] = [
  ['no lambda', () => model({}, { lambda: undefined }), /^lambda = undefined: expected a number, or a size$/],
  ['a negative lambda', () => model({}, { lambda: -1 }), /^lambda = -1: expected a finite number >= 0$/],
  ['lambdas of one model', () => model({}, { nLambda: 3 }), /^unknown setting 'nLambda'/],
  ['a lambda of a path', () => path({}, { lambda: 0.1 }), /^unknown setting 'lambda': it is called 'lambdas' here$/],
  [
    'a lambda that is negative',
    () => path({}, { lambdas: [1, -1] }),
    /^lambdas\[1\] = -1: expected a finite number >= 0$/,
  ],
  [
    'a NaN in x',
    () => model({ x: [[1], [Number.NaN]], y: [1, 2] }),
    /^x\[1\]\[0\] = NaN: row 2: expected a finite number; impute/,
  ],
  ['no y', () => model({ y: undefined }), /^y = undefined/],
  ['short y', () => model({ y: [1, 2] }), /^y: expected 20 values, one for each row of x, got 2$/],
  ['labels of numbers', () => model({ y: Array.from(y, () => 'a') }), /^y\[0\] = 'a': expected a number$/],
  [
    'one class',
    () => model({ y: classes.fill.call(classes.slice(), 1) }, { family: 'binomial' }),
    /^y: expected two classes, got only 1$/,
  ],
  ['three classes', () => model({ y: three }, { family: 'binomial' }), /^y: expected two classes, got 3$/],
  [
    'negative counts',
    () => model({ y: y.map(() => -1) }, { family: 'poisson' }),
    /^y\[0\] = -1: expected a number >= 0$/,
  ],
  [
    'counts of 0 only',
    () => model({ y: y.map(() => 0) }, { family: 'poisson' }),
    /^y: expected a number that is not 0$/,
  ],
  [
    'a gamma response of 0',
    () => model({ y: y.map(() => 0) }, { family: 'gamma' }),
    /^y\[0\] = 0: expected a number > 0$/,
  ],
  ['weights of 0 only', () => model({ sampleWeight: y.map(() => 0) }), /^sampleWeight: expected a number > 0$/],
  [
    'weights that leave one class',
    () => path({ y: classes, sampleWeight: classes }, { family: 'binomial' }),
    /^sampleWeight: expected two classes in rows of a weight > 0, got only 1$/,
  ],
  [
    'weights that leave one class of words',
    () => path({ y: Array.from(classes, (y) => (y ? 'a' : 'b')), sampleWeight: classes }, { family: 'binomial' }),
    /^sampleWeight: expected two classes in rows of a weight > 0, got only 'a'$/,
  ],
  [
    'weights that leave shares of 0',
    () =>
      model(
        { y: y.map((_, i) => (i < 4 ? i / 8 : 0)), sampleWeight: y.map((_, i) => Number(i > 3)) },
        { family: 'binomial' },
      ),
    /^sampleWeight: expected two classes in rows of a weight > 0, got only 0$/,
  ],
  [
    'weights that leave two of three classes',
    () => model({ y: three, sampleWeight: three.map((of) => Number(of !== 'c')) }, { family: 'multinomial' }),
    /^sampleWeight: expected all 3 classes in rows of a weight > 0, got none of 'c'$/,
  ],
  [
    'shares of a class that are 0',
    () => model({ y: three.map((_, i) => [i / 20, 1 - i / 20, 0]) }, { family: 'multinomial' }),
    /^y: expected all 3 classes, got none of 2$/,
  ],
  [
    'weights that leave counts of 0',
    () => model({ y: classes, sampleWeight: classes.map((y) => 1 - y) }, { family: 'poisson' }),
    /^sampleWeight: expected a y that is not 0 in rows of a weight > 0$/,
  ],
  [
    'weights that leave no event',
    () =>
      model(
        { y: { time: y.map((_, i) => 1 + i), event: classes }, sampleWeight: classes.map((y) => 1 - y) },
        { family: 'cox' },
      ),
    /^sampleWeight: expected at least one event in rows of a weight > 0$/,
  ],
  [
    'folds that leave one class',
    () => sparse.crossValidate({ x, y: classes }, { family: 'binomial', folds: classes }),
    /^folds: expected two classes without fold 0, got only 1$/,
  ],
  [
    'folds that leave two of three classes',
    () => sparse.crossValidate({ x, y: three }, { family: 'multinomial', folds: three.map((_, i) => i % 3) }),
    /^folds: expected all 3 classes without fold 0, got none of 'a'$/,
  ],
  [
    'too many names',
    () => model({ names: ['a', 'b', 'c', 'd'] }),
    /^names: expected 3 strings, one for each column of x, got 4$/,
  ],
  ['names of numbers', () => model({ names: [1, 2, 3] }), /^names\[0\] = 1: expected a string$/],
  ['an unknown member', () => model({ weights: y }), /^unknown member 'weights'/],
  [
    'an unknown family',
    () => model({}, { family: 'tweedie' }),
    /^family = 'tweedie': expected one of 'gaussian', 'binomial', 'poisson', 'gamma', 'multinomial', 'huber', 'quantile', 'cox'$/,
  ],
  [
    'a penalty of scikit-learn',
    () => model({}, { penalty: 'l1' }),
    /^penalty = 'l1': that is lasso\(\) here; expected one of 'lasso', 'mcp', 'scad', .*'bestSubset', .* or/,
  ],
  [
    'a function that makes a penalty',
    () => model({}, { penalty: sparse.lasso }),
    /^penalty = a function: expected one of 'lasso', .* or a penalty made by lasso\(\), /,
  ],
  [
    'a share beside the penalty',
    () => model({}, { penalty: 'mcp', alpha: 0.5 }),
    /^'alpha' belongs to a penalty: penalty: mcp\(\{ alpha: 0.5 \}\)$/,
  ],
  ['an MCP that is not', () => sparse.mcp({ gamma: 1 }), /^gamma = 1: expected a finite number > 1$/],
  ['a SCAD that is not', () => sparse.scad({ gamma: 2 }), /^gamma = 2: expected a finite number > 2$/],
  [
    'the same by hand',
    () => model({}, { penalty: { kind: 'mcp', gamma: 0.5 } }),
    /^gamma = 0.5: expected more than 1 for mcp$/,
  ],
  ['best subsets of counts', () => model({}, { penalty: sparse.bestSubset(), family: 'poisson' }), /^y\[\d+\] = /],
  [
    'best subsets of classes',
    () => model({ y: classes }, { penalty: sparse.bestSubset(), family: 'binomial' }),
    /^family = 'binomial': expected 'gaussian' for bestSubset$/,
  ],
  [
    'best subsets with bounds',
    () => model({ lowerBounds: 0 }, { penalty: sparse.bestSubset() }),
    /^lowerBounds, upperBounds = 'given': expected none for bestSubset$/,
  ],
  [
    'weights that rise',
    () => sparse.slope({ weights: [1, 2] }),
    /^weights\[1\] = 2: expected at most weights\[0\] = 1$/,
  ],
  ['weights and a level', () => sparse.slope({ weights: [1], q: 0.1 }), /^q = 0.1: expected none beside weights$/],
  [
    'weights of other columns',
    () => model({}, { penalty: sparse.slope({ weights: [1] }) }),
    /^penalty.weights: expected 3 numbers, one for each column of x, got 1$/,
  ],
  [
    'factors of slope',
    () => model({ penaltyFactor: [1, 2, 1] }, { penalty: sparse.slope() }),
    /^penaltyFactor\[1\] = 2: expected 1 for slope$/,
  ],
  ['differences alone', () => sparse.fused({ alpha: 0 }), /^alpha = 0: expected a finite number > 0$/],
  ['a negative ridge', () => sparse.bestSubset({ ridge: -1 }), /^ridge = -1: expected a finite number >= 0$/],
  ['a share above 1', () => sparse.elasticNet(1.5), /^alpha = 1.5: expected a number in \[0, 1\]$/],
  [
    'short factors',
    () => model({ penaltyFactor: [1] }),
    /^penaltyFactor: expected 3 numbers, one for each column of x, got 1$/,
  ],
  [
    'bounds that cross',
    () => model({ lowerBounds: 1, upperBounds: 0 }),
    /^lowerBounds\[0\] = 1: expected at most upperBounds\[0\] = 0$/,
  ],
  [
    'no columns but free ones',
    () => model({ x: drawn(1, 'gaussian', 20, 30).x, penaltyFactor: new Float64Array(30) }),
    /penaltyFactor/,
  ],
  [
    'scikit-learn',
    () => model({}, { l1_ratio: 0.5 }),
    /^unknown setting 'l1_ratio': it is called 'alpha' here; 'alpha' belongs to a penalty: penalty: lasso\(\{ alpha: 0.5 \}\)$/,
  ],
  ['scikit-learn', () => path({}, { eps: 1e-3 }), /^unknown setting 'eps': it is called 'tolerance' here$/],
  [
    'scikit-learn',
    () => model({}, { fit_intercept: false }),
    /^unknown setting 'fit_intercept': it is called 'intercept' here$/,
  ],
  ['scikit-learn', () => model({}, { C: 1 }), /^unknown setting 'C': divide by it: lambda = 1 \/ \(n C\)/],
  [
    'glmnet',
    () => path({}, { 'lambda.min.ratio': 0.1 }),
    /^unknown setting 'lambda\.min\.ratio': it belongs to the lambdas of a path: lambdas: \{ ratio: 0.001 \}$/,
  ],
  [
    'glmnet',
    () => path({}, { nlambda: 9 }),
    /^unknown setting 'nlambda': it belongs to the lambdas of a path: lambdas: \{ count: 50 \}$/,
  ],
  ['glmnet', () => path({}, { thresh: 1e-7 }), /^unknown setting 'thresh': it is called 'tolerance' here$/],
  [
    'a factor among the settings',
    () => model({}, { penaltyFactor: [1, 1, 1] }),
    /belongs to the data: \{ x, y, penaltyFactor \}$/,
  ],
  ['a bound among the settings', () => path({}, { lowerBounds: 0 }), /belongs to the data: \{ x, y, lowerBounds \}$/],
  ['sizes up to', () => path({}, { maxSize: 3 }), /it belongs to the sizes of a path: sizes: \{ max: 10 \}$/],
  ['no number of sizes', () => path({}, { sizes: { max: -1 } }), /^sizes.max = -1: expected an integer in/],
  ['a ratio above 1', () => path({}, { lambdas: { ratio: 2 } }), /^lambdas.ratio = 2: expected a number in \(0, 1\)$/],
  [
    'no lambdas',
    () => path({}, { lambdas: { count: 0 } }),
    /^lambdas.count = 0: expected an integer in \[1, 100000\]$/,
  ],
  [
    'a number for huber',
    () => sparse.huber(2 as never),
    /^huber\(2\): expected an object of settings: huber\(\{ huberDelta: 2 \}\)$/,
  ],
  [
    'a setting of another penalty',
    () => model({}, { penalty: { kind: 'lasso', gamma: 3 } }),
    /^penalty.gamma: 'lasso' does not read it; it belongs to mcp, scad, groupMcp, groupScad; 'lasso' has alpha$/,
  ],
  [
    'the parameter of another family',
    () => model({}, { family: { kind: 'quantile', huberDelta: 3 } }),
    /^family.huberDelta: 'quantile' does not read it; it belongs to huber; 'quantile' has level$/,
  ],
  ['one fold', () => sparse.crossValidate({ x, y }, { folds: 1 }), /^folds = 1: expected an integer >= 2$/],
  [
    'more folds than rows',
    () => sparse.crossValidate({ x, y }, { folds: 21 }),
    /^folds = 21: expected at most 20, the rows of x$/,
  ],
  [
    'folds of too few rows',
    () => sparse.crossValidate({ x, y }, { folds: [0, 1] }),
    /^folds: expected 20 numbers, one for each row of x, got 2$/,
  ],
  [
    'one fold of all rows',
    () => sparse.crossValidate({ x, y }, { folds: y.map(() => 3) }),
    /^folds: expected at least two different numbers$/,
  ],
  [
    'a measure of classes',
    () => sparse.crossValidate({ x, y }, { measure: 'auc' }),
    /^measure = 'auc': expected another one, as y are not two classes$/,
  ],
  [
    'an unknown measure',
    () => sparse.crossValidate({ x, y }, { measure: 'mse' as never }),
    /^measure = 'mse': expected one of 'deviance'/,
  ],
  [
    'an odd number of halves',
    () => sparse.stabilitySelection({ x, y }, { subsamples: 9 }),
    /^subsamples = 9: expected an even number/,
  ],
  [
    'more halves than would ever end',
    () => sparse.stabilitySelection({ x, y }, { subsamples: 2 ** 40 }),
    /^subsamples = 1099511627776: expected an integer in \[2, 100000\]$/,
  ],
  [
    'a threshold of 1/2',
    () => sparse.stabilitySelection({ x, y }, { threshold: 0.5 }),
    /^threshold = 0.5: expected a finite number > 0.5$/,
  ],
  [
    'a warm start of another size',
    () => model({}, { warmStart: { coefficients: [1] } }),
    /^warmStart.coefficients: expected 3 numbers, one for each column of x, got 1$/,
  ],
];

it.each(wrong)('%s (%#)', async (_, call, message) => {
  const error: unknown = await Promise.resolve()
    .then(call)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(message);
});

it('predictions check what they are given', async () => {
  const fitted = await model({});
  expect(() => fitted.predict([[1, 2]])).toThrow(
    /^x: expected 3 columns, as many as the model has coefficients, got 2$/,
  );
  expect(() => fitted.predict([[1, 2, Number.NaN]])).toThrow(/^x\[0\]\[2\] = NaN: expected a finite number$/);
  expect(() => fitted.predict(x, { type: 'class' })).toThrow(/^type = 'class': expected 'response' or 'link'/);
  expect(() => fitted.predict(x, { type: 'odds' as never })).toThrow(/^type = 'odds': expected one of/);
  expect(() => fitted.predict(x, { offset: [1] })).toThrow(
    /^offset: expected 20 numbers, one for each row of x, got 1$/,
  );
  const shifted = await model({ offset: y });
  expect(() => shifted.predict(x)).toThrow(
    /^offset = undefined: expected an array of numbers, as the model was made with one$/,
  );
});

it('paths and cross-validations check what they are asked', async () => {
  const many = await path({}, { lambdas: { count: 10, ratio: 0.1 } });
  expect(() => many.fit(10)).toThrow(/^k = 10: expected an integer from 0 to 9$/);
  expect(() => many.at(many.lambdaMax / 1000)).toThrow(/expected at least .*, the smallest lambda of the path$/);
  expect(() => many.select('cp' as never)).toThrow(/^criterion = 'cp': expected one of 'aic', 'bic', 'ebic'$/);
  const { select } = many;
  expect(select('aic').lambda).toBe(many.select('aic').lambda);
  const ofNone = Object.getPrototypeOf(many).select;
  expect(() => ofNone('aic')).toThrow(/expected to be called as a function of a path/);
  const inner = await path({}, { lambdas: [many.lambdaMax / 4, many.lambdaMax / 8] });
  expect(() => inner.at(many.lambdaMax / 2)).toThrow(
    /^lambda = .*: expected at most .*, the largest lambda of the path$/,
  );
});
