// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface AlignNetworksProblem {
  /** Inputs, units of each hidden layer, and outputs. */
  widths: Int32Array;
  /** Weights of all layers of a, those of a unit one after the other. */
  weightsA: Float64Array;
  /** Biases of all layers of a. */
  biasesA: Float64Array;
  /** Weights of b. */
  weightsB: Float64Array;
  /** Biases of b. */
  biasesB: Float64Array;
  /** Units of b in the order to begin at, layer after layer. */
  start?: Int32Array | undefined;
  /** Rows for activations and for the loss. */
  x?: Matrix | undefined;
  /** Targets of the loss: classes from 0, -1 and 1, or numbers. */
  y?: Float64Array | undefined;
  /** The loss along the segment. */
  loss?: 'none' | 'softmax' | 'logistic' | 'squared' | undefined;
}

export interface AlignNetworksOptions extends Limits {
  /**
   * Most iterations before the solve ends with status `iterationLimit`.
   *
   * Change it when a solve ends with `iterationLimit` and its progress had not stopped.
   * Expected: an integer in [0, 2147483647].
   * @defaultValue 2147483647
   */
  maxIterations?: number | undefined;
  /**
   * Relative accuracy at which the solve ends with status `solved`.
   *
   * Change it when the answer is not accurate enough, or a rough one is enough and time counts.
   * Expected: a number in [0, 1].
   * @defaultValue 1e-9
   */
  tolerance?: number | undefined;
  /**
   * What units are compared by: their `weights`, or their `activations` on the rows of x.
   *
   * Change it when networks have learnt from different data (`activations`).
   * @defaultValue 'weights'
   */
  by?: 'weights' | 'activations' | undefined;
  /**
   * Starts of the search by weights where there are several hidden layers, the best of which counts.
   *
   * Change it when the best start is found once only (larger).
   * Expected: an integer in [1, 1000000].
   * @defaultValue 5
   */
  starts?: number | undefined;
  /**
   * True: units are scaled first so that their incoming weights are as long as their outgoing ones, which changes no
   * output.
   *
   * Change it when networks were regularised in another way, and their scales mean something.
   * @defaultValue true
   */
  balance?: boolean | undefined;
  /**
   * Points of the segment between the networks where the loss is looked at, both ends included.
   *
   * Change it when the barrier is to be seen in detail.
   * Expected: an integer in [2, 100000].
   * @defaultValue 11
   */
  points?: number | undefined;
}

export const alignNetworksDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 1e-9,
  by: 'weights',
  starts: 5,
  balance: true,
  points: 11,
} as const satisfies AlignNetworksOptions;

/** Members of a report of the solver beside those of all reports. */
export interface AlignNetworksProgress extends Progress {
  /** Layers whose units were given other partners. */
  changes?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface AlignNetworksSolution {
  /** Layers whose units were given other partners. */
  changes?: number;
  /** For each unit of a, layer after layer, the unit of b in its layer that takes its place. */
  order: Int32Array;
  /** Factors by which units of a were balanced, layer after layer. */
  factorsA: Float64Array;
  /** Those of b. */
  factorsB: Float64Array;
  /** Losses between a and the ordered b, where data are given. */
  after?: {
    /** The mean loss of the rows at each point. */
    loss: Float64Array;
    /** The share of rows whose class is right at each point, of classes. */
    accuracy?: Float64Array;
    /** The most that the loss lies above the line between its values at the ends. */
    height: number;
  };
  /** Losses between a and b as they were. */
  before?: {
    /** The mean loss of the rows at each point. */
    loss: Float64Array;
    /** The share of rows whose class is right at each point, of classes. */
    accuracy?: Float64Array;
    /** The most that the loss lies above the line between its values at the ends. */
    height: number;
  };
  /** What is known of the order. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
