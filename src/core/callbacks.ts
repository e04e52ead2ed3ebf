// Functions of the user on vectors, for any solver.
import type { Guard } from './solve.js';

/**
 * What the addon calls from the thread of a solve (native/binding/callbacks.hpp): `call` reads `inputs` and a few numbers, writes
 * `outputs` and returns a number. Both sides see the arrays, and several functions may share them.
 */
export interface VectorFunction {
  call: (...numbers: number[]) => number;
  inputs: readonly Float64Array[];
  outputs: readonly Float64Array[];
}

/** A function that ends the solve if it throws or its value is not a number; messages call it `name`. */
export function vectorFunction(
  guard: Guard,
  name: string,
  f: (...numbers: number[]) => number,
  memory: { inputs: readonly Float64Array[]; outputs: readonly Float64Array[] },
): VectorFunction {
  return { call: guard(name, f), ...memory };
}
