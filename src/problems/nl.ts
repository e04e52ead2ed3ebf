import type { ProgramHandle } from '../core/addon.js';
import { addon } from '../core/addon.js';
import { typeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { checkBoolean, checkInteger, checkMembers, checkNumber, checkPath, isError, show } from '../core/check.js';
import { fromNative } from '../core/error.js';
import { Model } from '../expressions/model.js';
import { CompiledProgram, numbers, type Program } from '../expressions/program.js';

export interface ReadNlOptions {
  /** Which of the file's objectives counts, from 1; 0: none, f = 0. Default 1. */
  objective?: number | undefined;
  /**
   * True if integer variables are read as any numbers between their bounds. Otherwise the program has its `integers`, which
   * {@link minimizeGlobally} takes and other verbs refuse. Default false.
   */
  relaxIntegers?: boolean | undefined;
  /** Most bytes that the file may have; the model takes some ten times that. Default: a tenth of the memory that is available. */
  maxBytes?: number | undefined;
}

/** A problem read from an .nl file. */
export class NlProgram extends CompiledProgram {
  /** Names from the .col file beside it; empty without one. */
  readonly variableNames: readonly string[];
  /** Names from the .row file beside it; empty without one. */
  readonly constraintNames: readonly string[];
  /** The parts of the file that have been left out or relaxed, such as '3 integer variables are relaxed'. */
  readonly notes: readonly string[];

  readonly #places: Int32Array;
  readonly #fixedValues: Float64Array;
  readonly #whole: ProgramHandle | undefined;

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
      bounds: boundsOf(answer),
      integers: answer.integers,
      parameters: () => new Float64Array(0),
      // Zeros are what the file has not.
      multipliers: multipliers.some((value) => value !== 0) ? multipliers : undefined,
      lowerMultipliers: answer.lowerMultipliers.length > 0 ? answer.lowerMultipliers : undefined,
      upperMultipliers: answer.upperMultipliers.length > 0 ? answer.upperMultipliers : undefined,
      writable: () => program,
      variableNames: () => variableNames,
      constraintNames: () => constraintNames,
    });
    this.variableNames = variableNames;
    this.constraintNames = constraintNames;
    this.notes = answer.notes;
    this.#places = answer.places;
    this.#fixedValues = answer.fixedValues;
    this.#whole = answer.whole;
  }

  /** Returns true if the file fixes variables, which are then no part of x. */
  get fixesVariables(): boolean {
    return this.#whole !== undefined;
  }

  /** n numbers in the places of the file's variables, 0 for those that are fixed. */
  ofFile(values: ArrayLike<number>): Float64Array {
    const given = numbers('values', values, this.n);
    return Float64Array.from(this.#places, (place) => (place < 0 ? 0 : (given[place] as number)));
  }

  /** All of the file's variables: x, and the values of those that are fixed, in their places. */
  withFixed(x: ArrayLike<number>): Float64Array {
    const given = numbers('x', x, this.n);
    return Float64Array.from(this.#places, (place, k) => (place < 0 ? this.#fixedValues[k] : given[place]) as number);
  }

  /**
   * Bound multipliers of all of the file's variables: those of a result in their places, and of a variable that the file fixes, what is
   * left of the gradient of the Lagrangian; 0 where that is not finite. Signs are those of results.
   */
  boundMultipliers(result: WithMultipliers): BoundMultipliers {
    const lowerMultipliers = this.ofFile(result.lowerMultipliers);
    const upperMultipliers = this.ofFile(result.upperMultipliers);
    const left = this.#whole && this.#lagrangianGradient(this.#whole, result);
    this.#places.forEach((place, k) => {
      if (!left || place >= 0 || !Number.isFinite(left[k])) return;
      const entry = left[k] as number;
      // Where f is maximised its gradient is the negative one, and multipliers are <= 0.
      const sign = this.sense === 'maximize' ? -1 : 1;
      if (entry > 0) lowerMultipliers[k] = sign * entry;
      if (entry < 0) upperMultipliers[k] = -sign * entry;
    });
    return { lowerMultipliers, upperMultipliers };
  }

  /** The gradient of f + multipliers^T c, f as it is minimised, in all of the file's variables. */
  #lagrangianGradient(program: ProgramHandle, { x, multipliers }: WithMultipliers): Float64Array {
    const sign = this.sense === 'maximize' ? -1 : 1;
    const vector = numbers('multipliers', multipliers, this.m).map((value) => sign * value);
    const request = { program, parameters: new Float64Array(0), x: this.withFixed(x) };
    const gradient = addon().evaluate({ ...request, what: 'gradient' }) as Float64Array;
    const ofRows = addon().evaluate({ ...request, what: 'jacobianTransposedProduct', vector }) as Float64Array;
    return gradient.map((value, k) => value + (ofRows[k] as number));
  }
}

interface BoundMultipliers {
  lowerMultipliers: Float64Array;
  upperMultipliers: Float64Array;
}

/** Members of a result about its point. */
interface WithMultipliers extends BoundMultipliers {
  x: Float64Array;
  multipliers: Float64Array;
}

/** Bounds as {@link Program} has them: none where no variable has any, and none of c where all rows are equations. */
function boundsOf({ lower, upper, constraintsLower, constraintsUpper }: NlAnswer): () => Bounds {
  const bounded = lower.some(Number.isFinite) || upper.some(Number.isFinite);
  const equations = constraintsLower.every((value, i) => value === 0 && constraintsUpper[i] === 0);
  return () => ({
    ...(bounded && { lower: lower.slice(), upper: upper.slice() }),
    ...(!equations && { constraintsLower: constraintsLower.slice(), constraintsUpper: constraintsUpper.slice() }),
  });
}

interface NlAnswer {
  program: ProgramHandle;
  n: number;
  m: number;
  start: Float64Array;
  multipliers: Float64Array;
  /** xl, xu, cl and cu; infinite: none. */
  lower: Float64Array;
  upper: Float64Array;
  constraintsLower: Float64Array;
  constraintsUpper: Float64Array;
  /** Places in x of the integer variables. */
  integers: Int32Array;
  /** zL and zU, empty where the file has none. */
  lowerMultipliers: Float64Array;
  upperMultipliers: Float64Array;
  maximise: boolean;
  /** Place in x of each of the file's variables, -1 for a fixed one. */
  places: Int32Array;
  fixedValues: Float64Array;
  /** A program of all of the file's variables, where it fixes some. */
  whole?: ProgramHandle;
  variableNames: string[];
  constraintNames: string[];
  notes: string[];
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
 * is read as the minimisation of -f (`sense`). c is the body of a row, minus its right-hand side where it is an equation; `bounds` has
 * the sides of the others, and the bounds of x; `integers` which variables are to be integers. Names come from the .col and .row files beside it.
 *
 * D. M. Gay, "Writing .nl files", Sandia report SAND2005-7907P, 2005.
 *
 * @throws (rejects) {@link SolverError} `FILE_NOT_FOUND`; `OUT_OF_MEMORY` for a file of more than `maxBytes`; `INVALID_FILE` for what is cut off or corrupt; `UNSUPPORTED` for
 * imported functions, logic and complementarity: with the line, or the byte of a binary
 * file. RangeError where there is no such objective.
 */
export async function readNl(path: string | URL, options: ReadNlOptions = {}): Promise<NlProgram> {
  const known = ['objective', 'relaxIntegers', 'maxBytes'];
  const { objective = 1, relaxIntegers = false, maxBytes } = checkMembers('options', options, known, 'option');
  const request = {
    path: checkPath('path', path),
    objective: checkInteger('objective', objective, 0),
    relaxIntegers: checkBoolean('relaxIntegers', relaxIntegers),
    ...(maxBytes !== undefined && { maxBytes: checkNumber('maxBytes', maxBytes, { lower: 0 }) }),
  };
  return new NlProgram((await settled(request.path, () => addon().readNl(request).promise)) as NlAnswer);
}

/**
 * Writes a model to an .nl file in text form, for Ipopt and other solvers, with its start, its bounds and sides, and the present
 * values of its parameters; the names of variables and constraints to the .col and .row files beside it. An objective that is to be
 * maximised is written as it was stated. Integer variables stand behind the others in the file, as the format has them.
 * @throws (rejects) TypeError for a problem of callbacks, which has no formulas; {@link SolverError} `WRITE_FAILED`.
 */
export async function writeNl(model: Model | Program, path: string | URL): Promise<void> {
  const name = checkPath('path', path);
  const program = model instanceof Model ? model.compile() : model;
  if (!(program instanceof CompiledProgram)) {
    throw typeError(`model = ${show(model)}: expected a Model or what readNl gives`);
  }
  const { parts, start, sense, multipliers, lowerMultipliers, upperMultipliers } = program;
  const request = {
    program: parts.writable(),
    path: name,
    start,
    integers: program.integers,
    maximise: sense === 'maximize',
    multipliers,
    lowerMultipliers,
    upperMultipliers,
    ...program.bounds,
    variableNames: parts.variableNames(),
    constraintNames: parts.constraintNames(),
  };
  await settled(request.path, () => addon().writeNl(request).promise);
}

/** The answer of a job about a file, whose path its errors quote, a long one in part. */
async function settled(path: string, job: () => Promise<unknown>): Promise<unknown> {
  const [most, ends] = [400, 100];
  try {
    return await job();
  } catch (error) {
    const told = fromNative(error);
    if (path.length > most && isError(told)) {
      told.message = told.message.replace(path, () => `${path.slice(0, ends)}...${path.slice(-ends)}`);
    }
    throw told;
  }
}
