// From a file of a model to an answer in its terms: all of its variables, and the objective with its sign.
import { existsSync, readFileSync } from 'node:fs';
import { withChoices } from '../core/choices.js';
import { SolverError } from '../core/error.js';
import { iterationTable } from '../core/iterationTable.js';
import { namedIntegers } from '../expressions/integers.js';
import type { Program } from '../expressions/program.js';
import { minimize, type NlpResult } from '../nlp/solver.js';
import { readMps } from '../problems/mps.js';
import { type NlProgram, readNl } from '../problems/nl.js';
import { decoded } from '../readers/file.js';
import { type Choices, UsageError } from './keywords.js';
import { print, type Run } from './print.js';
import { follow } from './progress.js';

/** The file that is meant, which may be given without its '.nl'. */
export function nlPath(path: string): string {
  return path.endsWith('.nl') ? path : `${path}.nl`;
}

/** Returns true if a file is one of {@link readMps}, as its name says. */
export const isMps = (path: string): boolean => /\.(mps|qps)(\.gz)?$/i.test(path);

/** A file of a model, and those beside a .nl file that have names. */
export function inputsBeside(path: string): string[] {
  return isMps(path) ? [path] : ['.nl', '.col', '.row'].map((ending) => path.replace(/\.nl$/, ending));
}

export interface RunOptions {
  /** True if people look on, who have a bar on terminals. */
  people?: boolean;
  onRead?: (variables: number, constraints: number, notes: readonly string[]) => void;
}

export async function run(
  path: string,
  choices: Choices,
  signal: AbortSignal,
  { people = false, onRead }: RunOptions = {},
): Promise<Run> {
  const model = await (isMps(path) ? mpsModel : nlModel)(path, choices, signal);
  const { program, notes, variableNames } = model;
  onRead?.(variableNames.length, program.m, notes);
  const { outlev, settings } = choices;
  const table = outlev > 0 ? (people ? follow('nlp', settings, outlev) : iterationTable('nlp', print)) : undefined;
  const result = await minimize(program, { ...withChoices('nlp', settings), signal, onProgress: table?.report });
  table?.end(result.history);
  const bounded = program.bounds.lower !== undefined;
  const { complementarity, phase } = result;
  return {
    result,
    objective: result.objective,
    multipliers: Array.from(result.multipliers),
    ...model.ofFile(result),
    ...((bounded || program.bounds.constraintsLower) && { inequalities: { complementarity, phase } }),
    ...{ notes, variableNames, constraintNames: model.constraintNames },
  };
}

/** A program with what a {@link Run} has of its file. */
interface ModelOfFile extends Pick<Run, 'notes' | 'variableNames' | 'constraintNames'> {
  program: Program;
  /** The members of a result about variables, in the terms of the file. */
  ofFile(result: NlpResult): Pick<Run, 'x' | 'free' | 'lowerMultipliers' | 'upperMultipliers'>;
}

async function nlModel(path: string, { objno: objective, relaxIntegers }: Choices): Promise<ModelOfFile> {
  const program = await readNl(path, { objective, relaxIntegers });
  requireNoIntegers(program);
  const variables = program.withFixed(program.start).length;
  return {
    ...{ program, notes: program.notes },
    variableNames: names(path, '.col', variables, '_svar'),
    constraintNames: names(path, '.row', program.m, '_scon'),
    ofFile(result) {
      const has = program.bounds.lower !== undefined || program.fixesVariables;
      const multipliers = has ? program.boundMultipliers(result) : undefined;
      return { x: Array.from(program.withFixed(result.x)), free: freePlaces(program), ...plain(multipliers) };
    },
  };
}

/** Refuses a program with integers by the error of a file, which a .sol file tells. */
function requireNoIntegers({ integers, variableNames }: NlProgram): void {
  if (integers.length === 0) return;
  const names = namedIntegers({ integers, names: variableNames });
  throw new SolverError(
    'UNSUPPORTED',
    `integer variables are not supported, but as any numbers between their bounds (relaxIntegers): ${names}`,
  );
}

async function mpsModel(path: string, { objno, relaxIntegers }: Choices, signal: AbortSignal): Promise<ModelOfFile> {
  if (objno !== 1) throw new UsageError(`objno = ${objno}: expected 1, as an .mps file has one objective`);
  const program = await readMps(path, { relaxIntegers, signal });
  return {
    ...{ program, notes: program.notes },
    variableNames: [...program.variableNames],
    constraintNames: [...program.constraintNames],
    ofFile: (result) => ({
      x: Array.from(result.x),
      free: [...result.x.keys()],
      ...plain(program.bounds.lower && result),
    }),
  };
}

type BoundMultipliers = Pick<NlpResult, 'lowerMultipliers' | 'upperMultipliers'>;

/** Multipliers of bounds as arrays, where there are bounds. */
const plain = (of: BoundMultipliers | undefined): Pick<Run, 'lowerMultipliers' | 'upperMultipliers'> =>
  of ? { lowerMultipliers: Array.from(of.lowerMultipliers), upperMultipliers: Array.from(of.upperMultipliers) } : {};

/** The places of the variables that a file does not fix: those that are not the same with two points. */
function freePlaces(program: NlProgram): number[] {
  const [zeros, ones] = [0, 1].map((value) => program.withFixed(new Float64Array(program.n).fill(value)));
  return [...(zeros as Float64Array).keys()].filter((k) => zeros?.[k] !== ones?.[k]);
}

function names(path: string, extension: string, count: number, generic: string): string[] {
  const beside = path.replace(/\.nl$/, extension);
  const given = existsSync(beside) ? decoded(readFileSync(beside)).split(/\r?\n/) : [];
  return Array.from({ length: count }, (_, k) => given[k] || `${generic}[${k + 1}]`);
}
