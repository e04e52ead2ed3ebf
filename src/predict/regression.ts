// Linear predictions of coefficients, and the means and classes that they stand for.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkOneOf, checkVector } from '../core/check.js';
import { inspectedAs } from '../core/inspected.js';
import { type Matrix, type MatrixLike, toMatrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import { type Kind, readModel, writeModel } from './kind.js';
import {
  boolean,
  count,
  facts,
  integers,
  label,
  labels,
  listOf,
  number,
  numbers,
  oneOf,
  optional,
  strings,
} from './members.js';
import { affine, logistic, ofTwo, rowsFor, softmax } from './products.js';
import { type Term, termsOf } from './terms.js';

/** Families of regressions. */
export type Family = 'gaussian' | 'binomial' | 'poisson' | 'gamma' | 'huber' | 'quantile' | 'cox' | 'multinomial';

const families: readonly Family[] = [
  ...(['gaussian', 'binomial', 'poisson', 'gamma', 'huber', 'quantile', 'cox', 'multinomial'] as const),
];

/** The mean of a response whose linear prediction is t; of `quantile` the quantile, of `cox` the risk relative to that at 0. */
export function meanOf({ family }: { family: Family }, t: number): number {
  if (family === 'gaussian' || family === 'huber' || family === 'quantile') return t;
  return family === 'binomial' ? logistic(t) : Math.exp(t);
}

/** Coefficients with what is needed to predict by them. */
export interface Coefficients {
  readonly family: Family;
  /** p numbers, in the units of x; for K responses or classes p for each of these, one behind the other. */
  readonly coefficients: Float64Array;
  /** NaN where there are several. */
  readonly intercept: number;
  /** One for each response or class, where there are several. */
  readonly intercepts?: Float64Array;
  /** How many responses or classes K have coefficients of their own, if more than one. */
  readonly responses?: number;
  /** The label with y = 0 and that with y = 1, of two classes; all labels of `multinomial`. */
  readonly classes?: readonly Label[];
  /** The means of the columns where missing entries are imputed. */
  readonly means?: Float64Array;
  /** True if there was an offset, which predictions then also need. */
  readonly hasOffset: boolean;
}

/** Questions to a regression. */
export interface RegressionOptions {
  /** The mean of the response (default), the linear prediction, the likelier class, or for `cox` the risk. */
  type?: 'response' | 'link' | 'class' | 'risk' | undefined;
  /** A number for each row, or a row of them for several responses, that is added to the linear prediction. */
  offset?: ArrayLike<number> | MatrixLike | undefined;
}

/** A regression that can say what it predicts. */
export interface RegressionModel extends Coefficients {
  readonly kind: 'regressionModel' | 'sparseModel';
  /** Means, linear predictions or classes; of K responses or classes K numbers for each row, one row behind the other. */
  predict(x: MatrixLike, options: RegressionOptions & { type: 'class' }): Label[];
  predict(x: MatrixLike, options?: RegressionOptions & { type?: 'response' | 'link' | 'risk' }): Float64Array;
  /** Linear predictions, a row for each row of x. */
  decisionFunction(x: MatrixLike, options?: Pick<RegressionOptions, 'offset'>): Matrix;
  /** Probabilities of the classes, in their order. */
  predictProbabilities(x: MatrixLike, options?: Pick<RegressionOptions, 'offset'>): Matrix;
  /** The coefficients that are not 0 with the names of their columns, the largest first. */
  table(): Term[];
}

class RegressionFunctions {
  get kind(): 'regressionModel' | 'sparseModel' {
    return 'regressionModel';
  }
  decisionFunction(x: MatrixLike, options: Pick<RegressionOptions, 'offset'> = {}): Matrix {
    const { offset } = checkMembers('options', options, ['offset'], 'option');
    return linksOf(this as unknown as Coefficients, x, offset);
  }
  predict(x: MatrixLike, options: RegressionOptions = {}): Float64Array | Label[] {
    const { type = 'response', offset } = checkMembers('options', options, ['type', 'offset'], 'option');
    const model = this as unknown as Coefficients;
    checkType(model, type);
    const links = linksOf(model, x, offset);
    if (type === 'class') return likeliest(model, links);
    if (type === 'link') return links.data;
    return model.family === 'multinomial' ? softmax(links).data : links.data.map((t) => meanOf(model, t));
  }
  table(): Term[] {
    return termsOf(this as never, undefined);
  }
  [inspectedAs](): string {
    const { family, coefficients } = this as unknown as Coefficients;
    return `${family}, ${this.table().length} of ${coefficients.length} coefficients`;
  }
  predictProbabilities(x: MatrixLike, options: Pick<RegressionOptions, 'offset'> = {}): Matrix {
    const model = this as unknown as Coefficients;
    if (!model.classes) throw rangeError(`family = '${model.family}': expected a model of classes`);
    const links = linksOf(model, x, options.offset);
    return model.family === 'multinomial' ? softmax(links) : ofTwo(links.data.map(logistic));
  }
}

/** Checks a question to a model: about a class of one that has some, about a risk of Cox's. */
export function checkType(
  { family, classes }: Pick<Coefficients, 'family' | 'classes'>,
  type: RegressionOptions['type'],
): void {
  checkOneOf('type', type, ['response', 'link', 'class', 'risk']);
  if (type === 'risk' && family !== 'cox') {
    throw rangeError(`type = 'risk': expected 'response' or 'link', as the family is '${family}'`);
  }
  if (type === 'class' && !classes) {
    throw rangeError("type = 'class': expected 'response' or 'link', as the model has no classes");
  }
}

const columnsOf = ({ coefficients, responses = 1 }: Pick<Coefficients, 'coefficients' | 'responses'>): number =>
  coefficients.length / responses;

/** Linear predictions, a row for each row of x. */
function linksOf(
  { coefficients, intercept, intercepts, responses = 1, means, hasOffset }: Coefficients,
  given: MatrixLike,
  offset: RegressionOptions['offset'],
): Matrix & { data: Float64Array } {
  const columns = columnsOf({ coefficients, responses });
  const x = rowsFor(given, columns, means);
  // The coefficients of response k are one behind the other, columns of the weights.
  const data = new Float64Array(coefficients.length);
  coefficients.forEach((value, at) => {
    data[(at % columns) * responses + Math.floor(at / columns)] = value;
  });
  const links = affine(x, { data, rows: columns, columns: responses }, intercepts ?? [intercept]);
  if (offset === undefined) {
    if (hasOffset) {
      throw typeError('offset = undefined: expected an array of numbers, as the model was made with one');
    }
    return links;
  }
  const added = offsetsOf(offset, x.rows, responses);
  links.data.forEach((value, at) => {
    links.data[at] = value + (added[at] as number);
  });
  return links;
}

function offsetsOf(offset: ArrayLike<number> | MatrixLike, rows: number, responses: number): ArrayLike<number> {
  if (responses === 1) return checkVector('offset', offset, { length: rows, per: 'one for each row of x' });
  const found = toMatrix('offset', offset);
  if (found.rows === rows && found.columns === responses) return found.data;
  const got = `${found.rows} rows and ${found.columns} columns`;
  throw rangeError(`offset: expected ${rows} rows and ${responses} columns, got ${got}`);
}

/** The class that each row of linear predictions speaks for. */
function likeliest({ classes = [] }: Coefficients, { data, rows, columns }: Matrix): Label[] {
  return Array.from({ length: rows }, (_, i) => {
    if (columns === 1) return classes[(data[i] as number) > 0 ? 1 : 0] as Label;
    const row = data.subarray(i * columns, (i + 1) * columns);
    return classes[row.indexOf(Math.max(...row))] as Label;
  });
}

const shared = {
  family: oneOf(...families),
  coefficients: numbers('coefficients'),
  intercept: number({ infinite: true }),
  intercepts: optional(numbers('responses')),
  responses: optional(count(2, 'responses')),
  classes: optional(labels()),
  hasOffset: boolean(),
};

function checkCoefficients(model: Coefficients & { names?: readonly string[] }): void {
  const { family, coefficients, intercept, intercepts, responses = 1, classes, means, names } = model;
  const columns = columnsOf(model);
  if (!Number.isInteger(columns) || columns < 1) {
    throw rangeError(`coefficients.length = ${coefficients.length}: expected a multiple of ${responses}`);
  }
  if (responses > 1 ? !intercepts : !Number.isFinite(intercept)) {
    const what = responses > 1 ? 'intercepts = undefined: expected an array of numbers' : undefined;
    throw typeError(what ?? `intercept = ${intercept}: expected a finite number`);
  }
  for (const [name, each] of Object.entries({ means, names })) {
    if (each && each.length !== columns) throw rangeError(`${name}.length = ${each.length}: expected ${columns}`);
  }
  const expected = family === 'multinomial' ? responses : 2;
  if (classes && classes.length !== expected) {
    throw rangeError(`classes.length = ${classes.length}: expected ${expected}`);
  }
}

export const regressionKind: Kind<Coefficients> = {
  kind: 'regressionModel',
  members: { ...shared, names: optional(strings()) },
  marks: ['family', 'coefficients', 'intercept', 'hasOffset'],
  columns: columnsOf,
  check: checkCoefficients,
  functions: RegressionFunctions.prototype,
};

/** Models of a path, with what is known of how they were fitted. */
export const sparseKind: Kind<Coefficients> = {
  kind: 'sparseModel',
  members: {
    ...shared,
    ...{ huberDelta: optional(number({ positive: true })), level: optional(number({ positive: true })) },
    ties: optional(oneOf('efron', 'breslow')),
    names: optional(strings()),
    means: optional(numbers()),
    lambda: number({ infinite: true }),
    support: integers(undefined, 'coefficients'),
    supportNames: optional(strings()),
    ...Object.fromEntries(
      [
        ...['df', 'objective', 'deviance', 'nullDeviance', 'aic', 'bic', 'ebic'],
        ...['lowerBound', 'gap', 'violation', 'nodes', 'largest'],
      ].map((name) => [name, optional(number({ infinite: true }))]),
    ),
    ...{ locallyConvex: optional(boolean()), without: optional(integers()) },
    certificate: optional(facts()),
    baselineHazard: optional(
      listOf({ stratum: optional(label()), time: numbers('times'), hazard: numbers('times', { infinite: true }) }),
    ),
  },
  marks: ['family', 'coefficients', 'support', 'lambda'],
  columns: columnsOf,
  check: checkCoefficients,
  functions: class extends RegressionFunctions {
    override get kind(): 'sparseModel' {
      return 'sparseModel';
    }
  }.prototype,
};

/** The members of a regression. */
export interface RegressionModelData {
  /** A number for each column of x, in its units. */
  coefficients: ArrayLike<number>;
  /** Default 0. */
  intercept?: number | undefined;
  /** The family of the linear predictions, `'gaussian'` by default. */
  family?: Exclude<Family, 'multinomial'> | undefined;
  /** The label with y = 0 and that with y = 1, of family `'binomial'`. */
  classes?: readonly [Label, Label] | undefined;
  /** Names of the columns. */
  names?: readonly string[] | undefined;
  /** True if predictions need an offset. Default false. */
  hasOffset?: boolean | undefined;
}

/**
 * A regression of coefficients from wherever they come, such as the `x` of `minimizeRatio` with a term `leastSquares(A, b)`.
 *
 * ```ts
 * const model = regressionModel({ coefficients: result.x });
 * model.predict(A);
 * ```
 *
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function regressionModel(data: RegressionModelData): RegressionModel {
  const known = ['coefficients', 'intercept', 'family', 'classes', 'names', 'hasOffset'];
  const {
    coefficients,
    intercept = 0,
    family = 'gaussian',
    classes,
    names,
    hasOffset = false,
  } = checkMembers('data', data, known);
  const json = writeModel(regressionKind, {
    ...{ family, intercept, hasOffset, classes, names },
    coefficients: checkVector('coefficients', coefficients),
  });
  return readModel(regressionKind, json) as RegressionModel;
}
