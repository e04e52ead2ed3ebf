// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { Matrix } from '../core/matrix.js';
import { type Limits, limitDefaults } from './limits.js';
import type { Certificate, Progress } from './solve.js';

/** The data that the addon takes beside settings, as far as a table says it. */
export interface CertifyNetworkProblem {
  /** Inputs, a row each. */
  x: Matrix;
  /** The right class of each row, its sign, or its targets. */
  y: Float64Array;
  /** What outputs say: which class is the largest, a sign, or numbers. */
  outputs: 'classes' | 'signs' | 'numbers';
  /** Inputs, neurons of each hidden layer, and outputs. */
  widths: Int32Array;
  /** Weights of all layers, those of a neuron one after the other. */
  weights: Float64Array;
  /** Biases of all layers. */
  biases: Float64Array;
  /** The norm of what is added to a row. */
  norm: 'inf' | 'two';
  /** The most that may be added to each row. */
  radius: Float64Array;
  /** The largest error of a number that is accepted. */
  within?: number | undefined;
  /** The smallest value of an input. */
  least?: number | undefined;
  /** The largest value of an input. */
  most?: number | undefined;
  /** Inputs to begin at, d numbers for each row. */
  start?: Float64Array | undefined;
}

export interface CertifyNetworkOptions extends Limits {
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
   * @defaultValue 0.00001
   */
  tolerance?: number | undefined;
  /**
   * What margins are bounded by: a tree of relaxations, which is exact (`branchAndBound`), one linear relaxation
   * (`dual`), one semidefinite relaxation (`lowRankSdp`), or intervals.
   *
   * Change it when a weaker bound in less time is enough, or the tree grows too large (`lowRankSdp`).
   * @defaultValue 'branchAndBound'
   */
  method?: 'branchAndBound' | 'dual' | 'lowRankSdp' | 'interval' | undefined;
  /**
   * When a row is done: once the sign of its margin is known, or once the margin is known to `tolerance`.
   *
   * Change it when the margins themselves are of interest.
   * @defaultValue 'sign'
   */
  goal?: 'sign' | 'margin' | undefined;
  /**
   * Other classes that a row is held against: all, or that with the largest output.
   *
   * Change it when a weaker statement in a fraction of the time is enough.
   * @defaultValue 'all'
   */
  classes?: 'all' | 'runnerUp' | undefined;
  /**
   * Most nodes of the tree of a row, which stays `unknown` then.
   *
   * Change it when rows stay unknown and there is time (larger).
   * Expected: a number >= 1.
   * @defaultValue 10000
   */
  maxNodes?: number | undefined;
  /**
   * Whether the leaves of each row's tree are returned, with a dual vector each.
   *
   * Change it when bounds are to be checked by code of your own.
   * @defaultValue false
   */
  proof?: boolean | undefined;
}

export const certifyNetworkDefaults = {
  ...limitDefaults,
  maxIterations: 2147483647,
  tolerance: 0.00001,
  method: 'branchAndBound',
  goal: 'sign',
  classes: 'all',
  maxNodes: 10000,
  proof: false,
} as const satisfies CertifyNetworkOptions;

/** Members of a report of the solver beside those of all reports. */
export interface CertifyNetworkProgress extends Progress {
  /** Rows that were looked at. */
  done?: number;
  /** Rows that are proved robust. */
  certified?: number;
  /** Rows with an admissible input of another prediction. */
  attacked?: number;
  /** Nodes of all trees. */
  nodes?: number;
}

/** Members of a result of the solver beside those of all results. */
export interface CertifyNetworkSolution {
  /** Rows that were looked at. */
  done?: number;
  /** Rows that are proved robust. */
  certified?: number;
  /** Rows with an admissible input of another prediction. */
  attacked?: number;
  /** Nodes of all trees. */
  nodes?: number;
  /** What is known of each row. */
  rows: {
    /** `robust`: no admissible input has another prediction; `attacked`: x below has one. */
    verdict: 'unknown' | 'robust' | 'attacked';
    /** The smallest margin that was found: that of x. */
    margin: number;
    /** No admissible input has a smaller margin. */
    bound: number;
    /** The bound at the root of the tree, which `dual` proves. */
    relaxation?: number;
    /**
     * The other class, by its index, that `margin` is about; of numbers twice the index of the output, plus 1 where it
     * is too small. -1: not looked at.
     */
    against: number;
    /** Nodes of the tree that were looked at. */
    nodes: number;
    /** The worst input that was found, within the radius of the row. */
    x: Float64Array;
    /** A dual vector, a number for each hidden neuron, that proves `relaxation` for `against`. */
    dual: Float64Array;
    /** The leaves of the tree, by the setting `proof`. */
    leaves?: {
      /** The other class, or the number of the question, of each leaf. */
      questions: Int32Array;
      /** Of one leaf after the other: 1 for neurons that are active there, -1 for inactive ones, else 0. */
      splits: Int32Array;
      /** Of one leaf after the other: a dual vector whose bound is the row's bound or more. */
      duals: Float64Array;
    };
  }[];
  /** Rows that are neither proved robust nor attacked. */
  unknown: number;
  /** What is known of the share of robust rows. */
  certificate: Certificate;
  /** (objective - lowerBound) / gapScale, or (upperBound - objective) / gapScale. */
  gap?: number;
}
