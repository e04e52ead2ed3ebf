// From a .nl file to an answer in its terms: all of its variables, and the objective with its sign.
import { existsSync, readFileSync } from 'node:fs';
import { withChoices } from '../core/choices.js';
import { iterationTable } from '../core/iterationTable.js';
import { minimize } from '../nlp/solver.js';
import { type NlProgram, readNl } from '../problems/nl.js';
import { decoded } from '../readers/file.js';
import type { Choices } from './keywords.js';
import { print, type Run } from './print.js';
import { follow } from './progress.js';

/** The file that is meant, which may be given without its '.nl'. */
export function nlPath(path: string): string {
  return path.endsWith('.nl') ? path : `${path}.nl`;
}

/** A .nl file and those beside it that have names. */
export function inputsBeside(nl: string): string[] {
  return ['.nl', '.col', '.row'].map((ending) => nl.replace(/\.nl$/, ending));
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
  const { objno: objective, relaxIntegers } = choices;
  const program = await readNl(path, { objective, relaxIntegers });
  const variables = program.withFixed(program.start).length;
  onRead?.(variables, program.m, program.notes);
  const { outlev, settings } = choices;
  const table = outlev > 0 ? (people ? follow('nlp', settings, outlev) : iterationTable('nlp', print)) : undefined;
  const result = await minimize(program, { ...withChoices('nlp', settings), signal, onProgress: table?.report });
  table?.end(result.history);
  const bounded = program.bounds.lower !== undefined;
  const { lowerMultipliers, upperMultipliers } = program.boundMultipliers(result);
  const { complementarity, phase } = result;
  return {
    result,
    objective: result.objective,
    x: Array.from(program.withFixed(result.x)),
    free: freePlaces(program),
    multipliers: Array.from(result.multipliers),
    ...((bounded || program.fixesVariables) && {
      lowerMultipliers: Array.from(lowerMultipliers),
      upperMultipliers: Array.from(upperMultipliers),
    }),
    ...((bounded || program.bounds.constraintsLower) && { inequalities: { complementarity, phase } }),
    notes: program.notes,
    variableNames: names(path, '.col', variables, '_svar'),
    constraintNames: names(path, '.row', program.m, '_scon'),
  };
}

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
