// Made by scripts/types.mjs from what the native library declares. Do not edit.

import { makersOf } from '../core/makers.js';

/** The settings that belong to choices of `relu`. */
export interface ReluChoiceSettings {
  /**
   * Where Huber's loss turns from quadratic to linear, in units of y.
   *
   * Change it when outliers still move the fit (smaller), or many good rows count as outliers (larger).
   * Expected: a finite number > 0.
   * @defaultValue 1
   */
  huberDelta?: number | undefined;
  /**
   * Where ADMM keeps the cone constraints: inside the proximal step (every iterate is feasible), or relaxed by slack
   * variables as published.
   *
   * @defaultValue 'cone'
   */
  splitting?: 'cone' | 'slack' | undefined;
  /**
   * How the linear system of each iteration is solved: `exact` factors its matrix, `krylov` iterates with a
   * preconditioner and without the matrix, `auto` chooses by size and memory.
   *
   * Change it when there is no memory for the matrix of the linear system: `krylov`.
   * @defaultValue 'auto'
   */
  inner?: 'auto' | 'exact' | 'krylov' | undefined;
  /**
   * Penalty of the augmented Lagrangian; fixed when given.
   *
   * Expected: a finite number > 0.
   * @defaultValue adaptive
   */
  rho?: number | undefined;
  /**
   * Over-relaxation of ADMM; 1 is none.
   *
   * Expected: a number in (0, 2).
   * @defaultValue 1.8
   */
  relaxation?: number | undefined;
  /**
   * Numbers of the iterations on a GPU; the CPU iterates in 'float64'. Objective, bound and network are computed in
   * 'float64' in any case.
   *
   * Change it when a GPU is slow with `float64` and a rough answer is enough.
   * @defaultValue 'float64'
   */
  precision?: 'float64' | 'float32' | undefined;
}

const choice = makersOf<ReluChoiceSettings>();

/** The loss `huber` of `relu` with its settings. */
export const huber = choice('huber', ['huberDelta']);

/** The name of a loss, or one with its settings. */
export type ReluLoss =
  | 'squared'
  | 'logistic'
  | 'hinge'
  | 'softmax'
  | 'huber'
  | ReturnType<typeof huber>;

/** The method `admm` of `relu` with its settings. */
export const admm = choice('admm', ['splitting', 'inner', 'rho', 'relaxation', 'precision']);

/** The method `sampled` of `relu` with its settings. */
export const sampled = choice('sampled', ['inner', 'rho', 'relaxation', 'precision']);

/** The name of a method, or one with its settings. */
export type ReluMethod =
  | 'admm'
  | 'sampled'
  | ReturnType<typeof admm>
  | ReturnType<typeof sampled>;
