// The models that are asked for: of lambdas, or of sizes.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber, checkObject, checkVector, isList, show } from '../core/check.js';
import type { SparseOptions, SparseSolution } from '../generated/sparse.js';

/** Which models a path has: those of lambdas that fall, made from the data where there are none, or of sizes that grow. */
export interface Request {
  lambdas?: Float64Array | undefined;
  sizes?: Int32Array | undefined;
}

/** Settings of a path. */
interface PathSettings {
  lambdas?: unknown;
  sizes?: unknown;
}

/** Lambdas that are made from the data, evenly in the logarithm. */
export interface EvenLambdas {
  /** How many. Default: 100. Change it when the best lambda lies between two of the path (larger), or time counts (smaller). */
  count?: number | undefined;
  /**
   * The smallest over the largest, below 1. Default: 1e-4 with more rows than columns, else 1e-2; 1e-3 and 5e-2 for mcp and scad. Change it
   * when the best lambda is the last of the path (smaller), or the end of the path takes long and is of no use (larger).
   */
  ratio?: number | undefined;
}

/** The settings of the addon for lambdas that are made from the data. */
export function evenLambdas(lambdas: unknown): Pick<SparseOptions, 'nLambda' | 'minRatio'> {
  if (!isEven(lambdas)) return {};
  const { count, ratio } = checkMembers('lambdas', lambdas as EvenLambdas, ['count', 'ratio']);
  if (count !== undefined) checkInteger('lambdas.count', count, 1, 100_000);
  if (ratio !== undefined && checkNumber('lambdas.ratio', ratio, { lower: 0, open: true }) >= 1) {
    throw rangeError(`lambdas.ratio = ${ratio}: expected a number in (0, 1)`);
  }
  return { ...(count !== undefined && { nLambda: count }), ...(ratio !== undefined && { minRatio: ratio }) };
}

const isEven = (lambdas: unknown): boolean => typeof lambdas === 'object' && lambdas !== null && !isList(lambdas);

const most = 2 ** 31 - 1;

/** Lambdas that a user names, checked, as they fall. */
export function checkLambdas(lambdas: unknown): Float64Array | undefined {
  if (lambdas === undefined || isEven(lambdas)) return undefined;
  return checkVector('lambdas', lambdas, { lower: 0 })
    .slice()
    .sort((a, b) => b - a);
}

/** The lambda of a model, checked. */
export function checkLambda(lambda: unknown): number {
  return checkNumber('lambda', lambda, { lower: 0 });
}

/** Returns true if models are asked for by the number of their columns. */
export const isBySize = (settings: { size?: unknown; sizes?: unknown }): boolean =>
  settings.size !== undefined || settings.sizes !== undefined;

/** The models of a path of a given number of columns. */
export function requestOfPath(settings: PathSettings, columns: number): Request {
  if (!isBySize(settings)) return { lambdas: checkLambdas(settings.lambdas) };
  const { sizes, lambdas } = settings;
  if (lambdas !== undefined) throw rangeError('lambdas: expected none beside sizes');
  if (isList(sizes)) return { sizes: checkSizes(sizes) };
  const { max } = checkMembers('sizes', checkObject('sizes', sizes as { max?: unknown }), ['max']);
  // More columns than there are add no model.
  const last = Math.min(columns, checkInteger('sizes.max', max, 0, most));
  return { sizes: Int32Array.from({ length: last + 1 }, (_, k) => k) };
}

function checkSizes(sizes: unknown): Int32Array {
  const given = checkVector('sizes', sizes, { lower: 0 });
  if (given.length === 0) throw rangeError('sizes: expected at least one number');
  const integers = Int32Array.from(given, (size, k) => checkInteger(`sizes[${k}]`, size, 0, most)).sort();
  const twice = integers.find((size, k) => size === integers[k - 1]);
  if (twice !== undefined) throw rangeError(`sizes: expected each number once, got ${twice} again`);
  return integers;
}

/** The one model of a lambda or of a size. */
export function requestOfModel({ lambda, size }: { lambda?: unknown; size?: unknown }): Request {
  if (size === undefined && lambda === undefined) throw typeError('lambda = undefined: expected a number, or a size');
  if (size === undefined) return { lambdas: Float64Array.of(checkLambda(lambda)) };
  if (lambda !== undefined) throw rangeError(`lambda = ${show(lambda)}: expected none beside size`);
  return { sizes: Int32Array.of(checkInteger('size', size, 0, most)) };
}

/** The models that an answer has, so that others can be asked for the same. */
export const requestOf = ({ lambda, sizes }: Pick<SparseSolution, 'lambda' | 'sizes'>): Request =>
  sizes.length > 0 ? { sizes } : { lambdas: lambda };
