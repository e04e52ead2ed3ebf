// The subpath nonconvex/predict: fitted models in plain JavaScript, for browsers and edge functions. The build makes one file of it,
// which needs neither the addon nor anything of Node.
import { rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import type { Matrix, MatrixLike } from '../core/matrix.js';
import type { FittedModel } from './models.js';
import type { NetworkModel, NetworkOptions } from './network.js';
import type { RegressionModel } from './regression.js';

export type { Matrix, MatrixLike } from '../core/matrix.js';
export type { Label, Prediction } from '../core/targets.js';
export type { CurveModel, CurveRows } from './curve.js';
export type { ModelJson } from './kind.js';
export {
  type FittedModel,
  type LinearNetworkModel,
  modelFromJson,
  type OnnxModel,
  type OtherModel,
  type RiskScoreModel,
} from './models.js';
export type { NetworkMembers, NetworkModel, NetworkOptions } from './network.js';
export { fromOnnx } from './onnx.js';
export type { Coefficients, RegressionModel, RegressionOptions } from './regression.js';

/**
 * Predictions of a model of {@link modelFromJson} for the rows of x, as it did where it was fitted. A network has probabilities of its classes with
 * `type: 'probability'`.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function predict(model: NetworkModel, x: MatrixLike, options: NetworkOptions & { type: 'probability' }): Matrix;
export function predict<Model extends FittedModel>(
  model: Model,
  x: MatrixLike,
  options?: Parameters<Model['predict']>[1],
): ReturnType<Model['predict']>;
export function predict(model: FittedModel, x: MatrixLike, options?: unknown): unknown {
  const { predict } = withFunction(model, 'predict') as unknown as { predict: (...given: unknown[]) => never };
  return predict.apply(model, options === undefined ? [x] : [x, options]);
}

/**
 * Probabilities of the classes for the rows of x, a column for each class.
 * @throws RangeError for a model that has none.
 */
export function predictProbabilities(
  model: FittedModel,
  x: MatrixLike,
  options?: Parameters<RegressionModel['predictProbabilities']>[1],
): Matrix {
  return (withFunction(model, 'predictProbabilities') as RegressionModel).predictProbabilities(x, options);
}

/** The outputs of a network or the linear predictions of a regression, a row for each row of x. */
export function decisionFunction(
  model: NetworkModel | RegressionModel,
  x: MatrixLike,
  options?: Parameters<RegressionModel['decisionFunction']>[1],
): Matrix {
  return (withFunction(model, 'decisionFunction') as RegressionModel).decisionFunction(x, options);
}

/** A model that has a function of this name. */
function withFunction(model: FittedModel, name: string): FittedModel {
  const found = Object(model) as Record<string, unknown>;
  if (typeof found[name] === 'function') return model;
  if (typeof found.predict !== 'function') {
    throw typeError(`model = ${show(model)}: expected a model, as modelFromJson gives it`);
  }
  throw rangeError(`${name}: a model of kind ${show(found.kind)} has none`);
}
