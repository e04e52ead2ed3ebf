// Random starts of variables.
import { checkInteger, checkMembers } from '../core/check.js';
import { uniforms } from '../core/random.js';
import type { Shape } from './shape.js';

type DrawStart = (shape: Shape, stream: number, seed: number) => Float64Array;

/** Random numbers for a variable to begin with, drawn for its shape: made by {@link glorot} or {@link he}, for the `start` of {@link Model.variable}. */
export class RandomStart {
  /** @internal The numbers for the variable number `stream` in a solve with this seed. */
  readonly draw: DrawStart;

  /** @internal */
  constructor(draw: DrawStart) {
    this.draw = draw;
  }
}

export interface RandomStartOptions {
  /**
   * An integer >= 0. The numbers are the same in every run with this seed, and others for each variable of a model. Default: the `seed` of the
   * solve, which is 0 unless it is given.
   */
  seed?: number | undefined;
}

/**
 * Uniform numbers in (-a, a), a^2 = 6 / (inputs + outputs), for the W of {@link matvec}(W, x) of shape [outputs, inputs], which keep the
 * size of what goes forwards and of gradients that go back. Of a vector of n numbers inputs = n and outputs = 1.
 *
 * X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
 */
export function glorot(options: RandomStartOptions = {}): RandomStart {
  return new RandomStart(drawn(options, (inputs, outputs) => Math.sqrt(6 / (inputs + outputs))));
}

/**
 * Uniform numbers in (-a, a), a^2 = 6 / inputs: those of {@link glorot} for layers that {@link relu} follows.
 *
 * K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.
 */
export function he(options: RandomStartOptions = {}): RandomStart {
  return new RandomStart(drawn(options, (inputs) => Math.sqrt(6 / inputs)));
}

function drawn(options: RandomStartOptions, boundOf: (inputs: number, outputs: number) => number): DrawStart {
  const { seed: own } = checkMembers('options', options, ['seed'], 'option');
  if (own !== undefined) checkInteger('seed', own, 0);
  return (shape, stream, ofSolve) => {
    const seed = own ?? ofSolve;
    const [outputs, inputs] = shape.length === 2 ? shape : [1, shape[0] ?? 1];
    const bound = boundOf(inputs, outputs);
    const next = uniforms(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
    return Float64Array.from({ length: inputs * outputs }, () => bound * (2 * next() - 1));
  };
}
