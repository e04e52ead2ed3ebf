// From a file of a model to an answer in its terms: all of its variables, and the objective with its sign.
import { existsSync, readFileSync } from 'node:fs';
import { withChoices } from '../core/choices.js';
import { SolverError } from '../core/error.js';
import { iterationTable } from '../core/iterationTable.js';
import { namedIntegers } from '../expressions/integers.js';
import type { Program } from '../expressions/program.js';
import { minimizeGloballyDefaults } from '../generated/minimizeGlobally.js';
import { minimizeGlobally } from '../nlp/minimizeGlobally.js';
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
  const { program, notes, variableNames, constraintNames } = model;
  onRead?.(variableNames.length, program.m, notes);
  const solve = choices.global ? globally : locally;
  return { ...(await solve(model, choices, signal, people)), notes, variableNames, constraintNames };
}

/** The members of a run that come from the solve, not from the file. */
type Solved = Omit<Run, 'notes' | 'variableNames' | 'constraintNames'>;

async function locally(model: ModelOfFile, choices: Choices, signal: AbortSignal, people: boolean): Promise<Solved> {
  const { program } = model;
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
  };
}

async function globally(model: ModelOfFile, choices: Choices, signal: AbortSignal, people: boolean): Promise<Solved> {
  const { outlev, settings } = choices;
  const solver = 'minimizeGlobally';
  const limits = { ...settings, tolerance: Number(settings.gap ?? minimizeGloballyDefaults.tolerance) };
  const table = outlev > 0 ? (people ? follow(solver, limits, outlev) : iterationTable(solver, print)) : undefined;
  const result = await minimizeGlobally(model.program, { ...settings, signal, onProgress: table?.report });
  table?.end(result.history);
  const { bound, gap, nodes, counts } = result;
  return {
    ...{ result, objective: result.objective, multipliers: Array.from(result.multipliers) },
    ...model.ofFile(result.lowerMultipliers.length > 0 ? result : { x: result.x }),
    search: { bound, gap, nodes, counts },
  };
}

/** A point, and multipliers of bounds where the solve has them. */
type PointOfSolve = Pick<NlpResult, 'x'> & Partial<Multipliers>;

/** A program with what a {@link Run} has of its file. */
interface ModelOfFile extends Pick<Run, 'notes' | 'variableNames' | 'constraintNames'> {
  program: Program;
  /** The members of a result about variables, in the terms of the file. */
  ofFile(result: PointOfSolve): Pick<Run, 'x' | 'free' | 'lowerMultipliers' | 'upperMultipliers'>;
}

async function nlModel(path: string, { objno: objective, relaxIntegers, global }: Choices): Promise<ModelOfFile> {
  const program = await readNl(path, { objective, relaxIntegers });
  if (!global) requireNoIntegers(program);
  const variables = program.withFixed(program.start).length;
  return {
    ...{ program, notes: program.notes },
    variableNames: names(path, '.col', variables, '_svar'),
    constraintNames: names(path, '.row', program.m, '_scon'),
    ofFile(result) {
      const has = hasMultipliers(result) && (program.bounds.lower !== undefined || program.fixesVariables);
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
    `integer variables are not supported without global=1, but as any numbers between their bounds (relaxIntegers): ${names}`,
  );
}

async function mpsModel(
  path: string,
  { objno, relaxIntegers, global }: Choices,
  signal: AbortSignal,
): Promise<ModelOfFile> {
  if (objno !== 1) throw new UsageError(`objno = ${objno}: expected 1, as an .mps file has one objective`);
  if (global) throw new UsageError(`${path}: expected an .nl file with global=1`);
  const program = await readMps(path, { relaxIntegers, signal });
  return {
    ...{ program, notes: program.notes },
    variableNames: [...program.variableNames],
    constraintNames: [...program.constraintNames],
    ofFile: (result) => ({
      x: Array.from(result.x),
      free: [...result.x.keys()],
      ...plain(program.bounds.lower && hasMultipliers(result) ? result : undefined),
    }),
  };
}

type BoundMultipliers = Pick<NlpResult, 'lowerMultipliers' | 'upperMultipliers'>;
type Multipliers = BoundMultipliers & Pick<NlpResult, 'multipliers'>;

const hasMultipliers = (result: PointOfSolve): result is PointOfSolve & Multipliers =>
  result.lowerMultipliers !== undefined && result.upperMultipliers !== undefined;

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
