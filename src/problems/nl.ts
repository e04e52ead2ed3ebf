import { fileURLToPath } from 'node:url';
import type { ProgramHandle } from '../core/addon.js';
import { addon } from '../core/addon.js';
import { show } from '../core/check.js';
import { fromNative } from '../core/error.js';
import { Model } from '../expressions/model.js';
import { CompiledProgram, numbers, type Program } from '../expressions/program.js';

/** A problem read from an .nl file. */
export class NlProgram extends CompiledProgram {
  /** Names from the .col file beside it; empty without one. */
  readonly variableNames: readonly string[];
  /** Names from the .row file beside it; empty without one. */
  readonly constraintNames: readonly string[];

  readonly #places: Int32Array;
  readonly #fixedValues: Float64Array;

  /** @internal */
  constructor(answer: NlAnswer) {
    const { program, n, m, start, multipliers, maximise, variableNames, constraintNames } = answer;
    super({
      deviceSupport: { cpuOnly: 'models from .nl files' },
      handle: () => program,
      n,
      m,
      sense: maximise ? 'maximize' : 'minimize',
      start: () => start.slice(),
      parameters: () => new Float64Array(0),
      // Zeros are what the file has not.
      multipliers: multipliers.some((value) => value !== 0) ? multipliers : undefined,
      writable: () => program,
      variableNames: () => variableNames,
      constraintNames: () => constraintNames,
    });
    this.variableNames = variableNames;
    this.constraintNames = constraintNames;
    this.#places = answer.places;
    this.#fixedValues = answer.fixedValues;
  }

  /** All of the file's variables: x, and the values of those that are fixed, in their places. */
  withFixed(x: ArrayLike<number>): Float64Array {
    const given = numbers('x', x, this.n);
    return Float64Array.from(this.#places, (place, k) => (place < 0 ? this.#fixedValues[k] : given[place]) as number);
  }
}

interface NlAnswer {
  program: ProgramHandle;
  n: number;
  m: number;
  start: Float64Array;
  multipliers: Float64Array;
  maximise: boolean;
  /** Place in x of each of the file's variables, -1 for a fixed one. */
  places: Int32Array;
  fixedValues: Float64Array;
  variableNames: string[];
  constraintNames: string[];
}

/**
 * A problem from an .nl file, which AMPL, Pyomo and JuMP write, text or binary, for {@link minimize}.
 *
 * ```ts
 * const program = await readNl('model.nl');
 * const { x, objective } = await minimize(program);
 * ```
 *
 * x are the file's variables without those whose bounds fix them (`withFixed` has them all). A maximisation
 * is read as the minimisation of -f (`sense`). Names come from the .col and .row files beside it.
 *
 * D. M. Gay, "Writing .nl files", Sandia report SAND2005-7907P, 2005.
 *
 * @throws (rejects) {@link SolverError} `FILE_NOT_FOUND`; `INVALID_FILE` for what is cut off or corrupt; `UNSUPPORTED` for
 * inequalities, bounds, integers, imported functions and logic: with the line, or the byte of a binary file.
 */
export async function readNl(path: string | URL): Promise<NlProgram> {
  const name = pathOf(path);
  return new NlProgram((await settled(() => addon().readNl(name).promise)) as NlAnswer);
}

/**
 * Writes a model to an .nl file in text form, for Ipopt and other solvers, with its start and the present values of its
 * parameters; the names of variables and constraints to the .col and .row files beside it.
 * @throws (rejects) TypeError for a problem of callbacks, which has no formulas; {@link SolverError} `WRITE_FAILED`.
 */
export async function writeNl(model: Model | Program, path: string | URL): Promise<void> {
  const name = pathOf(path);
  const program = model instanceof Model ? model.compile() : model;
  if (!(program instanceof CompiledProgram)) {
    throw new TypeError(`model = ${show(model)}: expected a Model or what readNl gives`);
  }
  const { parts, start, multipliers } = program;
  const request = {
    program: parts.writable(),
    path: name,
    start,
    multipliers,
    variableNames: parts.variableNames(),
    constraintNames: parts.constraintNames(),
  };
  await settled(() => addon().writeNl(request).promise);
}

async function settled(job: () => Promise<unknown>): Promise<unknown> {
  try {
    return await job();
  } catch (error) {
    throw fromNative(error);
  }
}

function pathOf(path: string | URL): string {
  if (typeof path === 'string') return path;
  if (path instanceof URL) return fileURLToPath(path);
  throw new TypeError(`path = ${show(path)}: expected a string or a URL`);
}
