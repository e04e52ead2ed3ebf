// A model of one lambda: coefficients, what they say of new rows, and how good they are.

import { eachEntry } from '../core/algebra.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkVector } from '../core/check.js';
import { inspectedAs } from '../core/inspected.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { filled, readMatrix } from '../core/missing.js';
import type { Certificate } from '../core/solve.js';
import type { Label } from '../core/targets.js';
import { checkType, meanOf } from '../predict/regression.js';
import { type Term, termsOf } from '../predict/terms.js';
import { modelText } from './inspect.js';
import type { About, Origin, SparseAnswer } from './problem.js';
import { byColumns, placeOfLargest, probabilities } from './responses.js';

export interface PredictOptions {
  /**
   * The mean of the response (`'response'`, the default; the quantile, or the risk relative to that where the linear prediction is 0), the
   * linear prediction (`'link'`), for classes the likeliest one (`'class'`), for `cox` the risk (`'risk'`).
   */
  type?: 'response' | 'link' | 'class' | 'risk' | undefined;
  /** A number for each row, a row of them for several responses, that is added to the linear prediction. Must be there if the model was made with one. */
  offset?: ArrayLike<number> | MatrixLike | undefined;
}

/** Coefficients of one lambda. */
export interface SparseModel extends Origin {
  /** 0 of a model of a size. */
  lambda: number;
  /** The most columns that the model may have, if it is one of a size. */
  size?: number;
  /** p numbers, in the units of x; for K responses or classes p for each of these, one behind the other. */
  coefficients: Float64Array;
  /** NaN where there are several. */
  intercept: number;
  /** One for each response or class, where there are several. */
  intercepts?: Float64Array;
  /** Columns with a coefficient that is not 0, in order. */
  support: Int32Array;
  /** Their names, where the data have names. */
  supportNames?: string[];
  /**
   * Predictions for new rows, with the columns of x; entries that are NaN are imputed if the model was made so. Of K responses or
   * classes K numbers for each row, one row behind the other.
   * @throws TypeError or RangeError that names the argument and the value.
   */
  predict(x: MatrixLike | SparseMatrix, options: PredictOptions & { type: 'class' }): Label[];
  predict(
    x: MatrixLike | SparseMatrix,
    options?: PredictOptions & { type?: 'response' | 'link' | 'risk' },
  ): Float64Array;
  /** The coefficients that are not 0 with the names of their columns, the largest first: for `console.table`. */
  table(): Term[];
}

/** A model that was fitted. */
export interface SparseFit extends SparseModel {
  /** Degrees of freedom of the coefficients, without the intercept: how many are not 0, which is more than they are where squares shrink them. */
  df: number;
  /** Mean loss and penalty; NaN of a relaxed fit, which minimises no objective of its lambda. */
  objective: number;
  /** Twice the sum of the weighted losses less those of a perfect fit. */
  deviance: number;
  /** Deviance of the model of the intercept and the unpenalised columns alone. */
  nullDeviance: number;
  /** Criteria of Akaike and Schwarz, and the extended one of Chen and Chen (weight 1), up to constants of the data. */
  aic: number;
  bic: number;
  ebic: number;
  /** No coefficients have a smaller objective, of those that `certificate.over` names; absent where nothing is known of that. */
  lowerBound?: number;
  /** Objective less the lower bound, over the mean loss of the null model less that of a perfect fit. */
  gap?: number;
  /** Largest violation of the conditions of a coordinate-wise minimum, in units of lambdaMax; NaN where it is not known. */
  violation: number;
  /** True if the objective is strictly convex near by. */
  locallyConvex: boolean;
  /** Nodes of branch and bound, of best subsets. */
  nodes?: number;
  /** The size of coefficients, as they are penalised, up to which the bound of a best subset holds, if there is one. */
  largest?: number;
  /** Columns that vary by no more than rounding beside their size and are left out as constant: what is known is said of the others. */
  without?: Int32Array;
  /**
   * The certificate of the minimum. `'none'`: nothing, as the solve was ended before there was a model, it did not reach the tolerance, the
   * model is a relaxed one, which minimises no objective of its lambda, or a best subset whose coefficients are as large as those of
   * columns that depend on each other were allowed to be. `'global'` and `'bounded'`: no coefficients have an objective below
   * `lowerBound`; over `'size'` none up to the size `largest`, over `'columns'` none of columns that are not in `without`.
   * `'coordinateWise'`: no change of one coefficient lowers the objective, but for `violation`. `'local'`: that, and the objective is
   * strictly convex near by.
   */
  certificate: Certificate;
}

/** The functions of models, which are no part of them where they are copied or written as JSON. */
const functions = class SparseModel {
  predict(x: MatrixLike | SparseMatrix, options: PredictOptions = {}): Float64Array | Label[] {
    return predictions(this as never, x, options);
  }
  table(): Term[] {
    return termsOf(this as never, scalesOf.get(this));
  }
  [inspectedAs](): string {
    return modelText(this as never);
  }
}.prototype;

/** The standard deviations that the columns of a model were divided by. */
export const scalesOf = new WeakMap<object, Float64Array>();

/** A model with its functions, and the scales of its columns where they are known. */
export function withFunctions<Model extends Omit<SparseModel, 'predict' | 'table'>>(
  model: Model,
  scales?: Float64Array | undefined,
): Model & SparseModel {
  if (scales) scalesOf.set(model, scales);
  return withMethods(model, functions);
}

function predictions(
  model: Omit<SparseModel, 'predict' | 'table'>,
  given: MatrixLike | SparseMatrix,
  options: PredictOptions,
): Float64Array | Label[] {
  const { type = 'response', offset } = checkMembers('options', options, ['type', 'offset'], 'option');
  checkType(model, type);
  const { classes, means, coefficients, responses: count = 1 } = model;
  const read = readMatrix('x', given, { impute: means !== undefined });
  const { rows, columns } = read.x;
  if (columns * count !== coefficients.length) {
    throw rangeError(
      `x: expected ${coefficients.length / count} columns, as many as the model has coefficients, got ${columns}`,
    );
  }
  if (offset === undefined && model.hasOffset) {
    throw typeError('offset = undefined: expected an array of numbers, as the model was made with one');
  }
  if (count > 1) return predictionsOfSeveral(filled(read, means), model, { type, offset }, count);
  const link = linkOf(filled(read, means), model);
  if (offset !== undefined) {
    const added = checkVector('offset', offset, { length: rows, per: 'one for each row of x' });
    for (let i = 0; i < rows; ++i) link[i] = (link[i] as number) + (added[i] as number);
  }
  if (type === 'class') return Array.from(link, (t) => (classes as readonly Label[])[t > 0 ? 1 : 0] as Label);
  return type === 'link' ? link : link.map((t) => meanOf(model, t));
}

/** Predictions of K responses or classes, K numbers for each row. */
function predictionsOfSeveral(
  x: Matrix | SparseMatrix,
  { family, classes, coefficients, intercepts, support }: Omit<SparseModel, 'predict' | 'table'>,
  { type, offset }: PredictOptions,
  count: number,
): Float64Array | Label[] {
  const { rows, columns } = x;
  const links = Array.from({ length: count }, (_, k) =>
    linkOf(x, {
      coefficients: coefficients.subarray(k * columns, (k + 1) * columns),
      ...{ intercept: intercepts?.[k] as number, support },
    }),
  );
  const added = offset === undefined ? undefined : byColumns('offset', offset, rows, count).y;
  const answers = Array.from({ length: rows }, (_, i) => {
    const t = links.map((link, k) => (link[i] as number) + (added ? (added[k * rows + i] as number) : 0));
    return family === 'multinomial' && type === 'response' ? probabilities(t) : t;
  });
  if (type === 'class') return answers.map((t) => (classes as readonly Label[])[placeOfLargest(t)] as Label);
  return Float64Array.from(answers.flat());
}

/** Intercept and coefficients on the rows of a matrix. */
function linkOf(
  x: Matrix | SparseMatrix,
  { coefficients, intercept, support }: Pick<SparseModel, 'coefficients' | 'intercept' | 'support'>,
): Float64Array {
  const link = new Float64Array(x.rows).fill(intercept);
  if ('data' in x) {
    for (let i = 0; i < x.rows; ++i) {
      let sum = intercept;
      for (const j of support) sum += (x.data[i * x.columns + j] as number) * (coefficients[j] as number);
      link[i] = sum;
    }
    return link;
  }
  eachEntry(x, (i, j, value) => {
    link[i] = (link[i] as number) + value * (coefficients[j] as number);
  });
  return link;
}

/** Members that the fits of one answer share. */
export interface Fitted {
  answer: SparseAnswer;
  about: About;
}

/** The stand-in for a model where a solve was ended before there was one. */
export function unfitted({ origin, columns }: About, lambda: number, size?: number): SparseFit {
  const unknown = Number.NaN;
  return withFunctions({
    ...origin,
    lambda,
    ...(size !== undefined && { size }),
    ...modelOf(new Float64Array(columns * (origin.responses ?? 1)), new Float64Array(origin.responses ?? 1), origin),
    ...{ df: 0, objective: unknown, deviance: unknown, nullDeviance: unknown },
    ...{ aic: unknown, bic: unknown, ebic: unknown },
    ...{ violation: unknown, locallyConvex: false, certificate: { kind: 'none' } },
  });
}

/** Model k of a path. */
export function fitOf({ answer, about }: Fitted, k: number): SparseFit {
  const { origin, rows, columns } = about;
  const { offsets, indices, values } = answer;
  const [from, to] = [offsets[k] as number, offsets[k + 1] as number];
  const count = origin.responses ?? 1;
  const coefficients = new Float64Array(columns * count);
  for (let l = from; l < to; ++l) coefficients[indices[l] as number] = values[l] as number;
  const at = (numbers: ArrayLike<number>): number => numbers[k] as number;
  const [deviance, df] = [at(answer.deviance), at(answer.df)];
  const { nullDeviance } = answer;
  const objective = at(answer.objectives);
  const terms = {
    deviance,
    df: df + (about.intercept ? count : 0),
    rows: about.events ?? rows * (origin.classes ? 1 : count),
    columns: columns * count,
    nonzeros: to - from,
  };
  return withFunctions(
    {
      ...origin,
      lambda: at(answer.lambda),
      ...(answer.sizes.length > 0 && { size: at(answer.sizes) }),
      ...modelOf(coefficients, answer.intercepts.slice(k * count, (k + 1) * count), origin),
      ...{ df, objective, deviance, nullDeviance },
      ...criteria(origin.family, terms),
      ...knownOf(answer, k),
    },
    answer.scales,
  );
}

/** The certificate of model k of a path. */
function knownOf(
  answer: SparseAnswer,
  k: number,
): Partial<SparseFit> & Pick<SparseFit, 'violation' | 'locallyConvex' | 'certificate'> {
  const certificate = answer.certificate[k] as Certificate;
  const { lowerBound, gap } = certificate;
  const [nodes, largest] = [answer.nodes[k], answer.bounded[k]];
  const without = answer.nearlyConstantColumns;
  return {
    ...(lowerBound !== undefined && gap !== undefined && { lowerBound, gap }),
    violation: answer.violation[k] as number,
    locallyConvex: answer.locallyConvex[k] !== 0,
    ...(nodes !== undefined && { nodes }),
    ...(largest !== undefined && Number.isFinite(largest) && { largest }),
    ...(without.length > 0 && { without: without.slice() }),
    certificate,
  };
}

/** Coefficients and intercepts, which columns have coefficients that are not 0, and their names. */
export function modelOf(
  coefficients: Float64Array,
  intercepts: Float64Array,
  { names, responses: count = 1 }: Pick<Origin, 'names' | 'responses'>,
): Pick<SparseModel, 'coefficients' | 'intercept' | 'intercepts' | 'support' | 'supportNames'> {
  const columns = coefficients.length / count;
  const on = new Uint8Array(columns);
  coefficients.forEach((b, place) => {
    if (b !== 0) on[place % columns] = 1;
  });
  const support = Int32Array.from(on.keys()).filter((j) => on[j] === 1);
  return {
    coefficients,
    ...(count > 1 ? { intercept: Number.NaN, intercepts } : { intercept: intercepts[0] as number }),
    support,
    ...(names && { supportNames: Array.from(support, (j) => names[j] as string) }),
  };
}

/** Numbers that criteria are made of. */
interface Terms {
  deviance: number;
  /** Degrees of freedom, the intercept included. */
  df: number;
  /** Rows, or events of times until an event. */
  rows: number;
  columns: number;
  nonzeros: number;
}

/**
 * Criteria up to constants of the data: minus twice the logarithm of the likelihood is the deviance, or, where the family has a
 * dispersion that is not known, rows log(deviance / rows); for quantiles, whose loss is that of Laplace's distribution, twice that.
 */
export function criteria(family: Origin['family'], terms: Terms): Pick<SparseFit, 'aic' | 'bic' | 'ebic'> {
  const { deviance, df, rows, columns, nonzeros } = terms;
  const dispersions: Partial<Record<Origin['family'], number>> = { gaussian: 1, gamma: 1, huber: 1, quantile: 2 };
  const dispersion = dispersions[family];
  const fit = dispersion ? dispersion * rows * Math.log(deviance / rows) : deviance;
  const bic = fit + Math.log(rows) * df;
  return { aic: fit + 2 * df, bic, ebic: bic + 2 * logBinomial(columns, nonzeros) };
}

/** log of p over k. */
function logBinomial(p: number, k: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(k, p - k); ++i) sum += Math.log((p - i) / (i + 1));
  return sum;
}
