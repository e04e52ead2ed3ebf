// The functions of training and prediction in the form of scikit-learn's estimators.
import type { Matrix, MatrixLike } from '../core/matrix.js';
import type { Prediction, Targets } from '../core/targets.js';
import type { NetworkOptions } from '../predict/network.js';
import { isForPredictions, isLarge } from './crossValidated.js';
import { decisionFunction, predict, predictProbabilities, type ReluNetwork, score } from './network.js';
import { encoded, isRefined, type ReluData, type ReluResult, type ReluSettings } from './problem.js';
import { trainReluNetwork } from './solver.js';

/** Trains as the settings say, and where they leave `lambda` out by rows left out. */
function trained<Y extends Targets>(data: ReluData<Y>, settings: ReluSettings): Promise<ReluResult<Prediction<Y>>> {
  if (settings.lambda !== undefined || isForPredictions(settings) || isRefined(settings.patterns))
    return trainReluNetwork<Y>(data, settings);
  const lambda = isLarge(encoded(data, settings)) ? 'auto' : 'crossValidated';
  return trainReluNetwork<Y>(data, { ...settings, lambda });
}

/** An estimator is settings and, after `fit`, the result of {@link trainReluNetwork} with them. */
class ReluEstimator<Y extends Targets> {
  readonly settings: Omit<ReluSettings, 'task'>;
  readonly #task: 'classification' | 'regression';
  #result: ReluResult<Prediction<Y>> | undefined;

  constructor(settings: Omit<ReluSettings, 'task'>, task: 'classification' | 'regression') {
    this.settings = settings;
    this.#task = task;
  }

  /** Trains; `await` it before anything else. @throws (rejects) as {@link trainReluNetwork}. */
  async fit(x: MatrixLike, y: Y, more: Omit<ReluData, 'x' | 'y' | 'ranks'> = {}): Promise<this> {
    this.#result = await trained<Y>({ x, y, ...more }, { ...this.settings, task: this.#task });
    return this;
  }

  /** The result of the training. @throws Error before `fit`. */
  get result(): ReluResult<Prediction<Y>> {
    if (!this.#result) throw new Error('not fitted yet: call fit(x, y), and wait for it');
    return this.#result;
  }

  get network(): ReluNetwork<Prediction<Y>> {
    return this.result.network;
  }

  predict(x: MatrixLike, options: NetworkOptions & { type: 'probability' }): Matrix;
  predict(x: MatrixLike, options?: NetworkOptions & { type?: 'response' }): Prediction<Y>;
  predict(x: MatrixLike, options: NetworkOptions = {}): Prediction<Y> | Matrix {
    return predict(this.network, x, options as NetworkOptions & { type?: 'response' });
  }

  decisionFunction(x: MatrixLike): Matrix {
    return decisionFunction(this.network, x);
  }

  /** Accuracy or R^2. */
  score(x: MatrixLike, y: Targets): number {
    return score(this.network, x, y);
  }
}

/**
 * A classifier: `await new ReluClassifier(settings).fit(x, y)`, y labels or integers; the settings are those of {@link trainReluNetwork}, which
 * it calls. Without a `lambda`, where others of the settings that say which network it is are given, the weight is `'crossValidated'` unless data are large.
 * With several outputs, 1,000 rows and more, and more than 3 million rows x columns x outputs, the network without settings is that of a descent by batches, without
 * a convex program: `result.gap` says what is known of it.
 * Default `loss`: `'softmax'` for more than two classes where rows x columns x classes are up to 300,000 and neither `lambda` nor `patterns` is given, else
 * `'squared'`, one class against the rest.
 */
export class ReluClassifier<Y extends Targets = Targets> extends ReluEstimator<Y> {
  constructor(settings: Omit<ReluSettings, 'task'> = {}) {
    super(settings, 'classification');
  }

  /** Probabilities of the classes, by the function of this name: for `loss` `'logistic'` and `'softmax'`, and wherever weights were compared on rows left out. */
  predictProbabilities(x: MatrixLike): Matrix {
    return predictProbabilities(this.network, x);
  }
}

/**
 * A regressor: `await new ReluRegressor(settings).fit(x, y)`; the settings are those of {@link trainReluNetwork}; without a
 * `lambda` it is cross-validated, as in {@link ReluClassifier}.
 */
export class ReluRegressor<Y extends Targets = Targets> extends ReluEstimator<Y> {
  constructor(settings: Omit<ReluSettings, 'task'> = {}) {
    super(settings, 'regression');
  }
}
