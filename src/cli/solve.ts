// `nonconvex solve file.nl` or `file.mps`: an iteration log and a summary, or one JSON object.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { SolverError } from '../core/error.js';
import type { Certificate } from '../core/solve.js';
import type { NlpResult } from '../nlp/solver.js';
import { counted } from '../report/text.js';
import { type Answer, answerTo } from './answer.js';
import { dataForm } from './dataFile.js';
import {
  addSettings,
  assign,
  assignAll,
  type Choices,
  checkSettings,
  keywords,
  synonymsOf,
  UsageError,
} from './keywords.js';
import { checkOutputs } from './outputs.js';
import { print, printSolution, type Run, summary } from './print.js';
import { reportOption, writeReport } from './reportFile.js';
import { inputsBeside, isMps, nlPath, run } from './run.js';
import { title } from './title.js';

/** Adds the command to the program; `ended` takes the exit status: 0 when the problem is solved, 1 when it is not. */
export function addSolve(program: Command, signal: AbortSignal, ended: (status: number) => void): void {
  const command = program
    .command('solve')
    .description('Solve a problem in a .nl, .mps or .qps file. The exit status is 0 only if it is solved.')
    .argument('<file>', 'a .nl file, with or without its ending, or an .mps or .qps file, plain or .gz')
    .argument('[key=value...]', 'the options below as AMPL writes them')
    .addOption(reportOption())
    .option('--json', 'print one JSON object instead of a log and a summary')
    .action(async (file: string, assignments: string[], { json, report, ...rest }: Record<string, string | true>) => {
      const wantsol = isMps(file) ? 6 : 0;
      const choices: Choices = { settings: {}, outlev: 1, wantsol, objno: 1, relaxIntegers: false };
      for (const [name, text] of Object.entries(rest)) assign(choices, name, String(text));
      assignAll(choices, assignments.join(' '));
      checkSettings(choices);
      const page = report as string | undefined;
      const path = isMps(file) ? file : nlPath(file);
      checkThere(file, path);
      if (isMps(file) && choices.wantsol & 1)
        throw new UsageError(
          `wantsol = ${choices.wantsol}: expected no 1 in the sum, as AMPL reads answers to .nl files`,
        );
      const answer = choices.wantsol & 1 ? answerTo(path, choices.objno) : undefined;
      await checkOutputs({ '--report': page }, inputsBeside(path), answer?.path);
      const solved = await answered(answer, (json ? printJson : printAll)(path, choices, signal));
      await writeReport(page, resultOfFile(solved), {
        title: basename(file),
        settings: choices.settings,
        names: { variables: solved.variableNames, constraints: solved.constraintNames },
      });
      if (answer && !json) print(`\nThe answer for AMPL is in ${answer.path}.`);
      if (page !== undefined && !json) print(`\nThe report is in ${page}.`);
      ended(solved.result.status === 'solved' ? 0 : 1);
    });
  addSettings(command, keywords());
  for (const keyword of keywords()) {
    for (const synonym of synonymsOf(keyword.name)) command.addOption(new Option(`--${synonym} <value>`).hideHelp());
  }
}

/** Throws unless the file is there, with a hint where the user has named a file of data. */
function checkThere(file: string, path: string): void {
  if (existsSync(path)) return;
  const form = existsSync(file) ? dataForm(file) : undefined;
  throw new UsageError(
    form === undefined
      ? `there is no file ${path}`
      : `${file}: solve reads .nl, .mps and .qps files; path, train and ratio read .${form} files`,
  );
}

/** Awaits a solve, and writes the answer to it, also where the file could not be solved. */
async function answered(answer: Answer | undefined, running: Promise<Run>): Promise<Run> {
  try {
    const solved = await running;
    await answer?.solved(solved);
    return solved;
  } catch (error) {
    if (error instanceof SolverError) await answer?.failed(error);
    throw error;
  }
}

async function printJson(path: string, choices: Choices, signal: AbortSignal): Promise<Run> {
  const solved = await run(path, { ...choices, outlev: 0 }, signal);
  const { objective, inequalities, notes, x, multipliers, lowerMultipliers, upperMultipliers, search } = solved;
  // Values that are not known or not finite are null.
  const { status, message, residual = null, feasibility = null, certificate, iterations, seconds } = solved.result;
  const { complementarity = null, phase } = inequalities ?? {};
  const answer = {
    ...{ status, message, objective, residual, feasibility },
    ...search,
    ...(inequalities && { complementarity, phase }),
    ...{ certificate: plain(certificate), iterations, seconds, x },
    ...((!search || multipliers.length > 0) && { multipliers }),
    ...conflictOfFile(solved),
    ...(lowerMultipliers && { lowerMultipliers, upperMultipliers }),
    ...(isMps(path) && { variableNames: solved.variableNames, constraintNames: solved.constraintNames }),
    ...(notes.length > 0 && { notes }),
  };
  print(JSON.stringify(answer));
  return solved;
}

async function printAll(path: string, choices: Choices, signal: AbortSignal): Promise<Run> {
  const onRead = (variables: number, constraints: number, notes: readonly string[]): void => {
    print(`${title}: ${basename(path)}, ${counted(variables, 'variable')}, ${counted(constraints, 'constraint')}`);
    for (const note of notes) print(`note: ${note}`);
    print('');
  };
  const solved = await run(path, choices, signal, { people: true, onRead });
  const quiet = choices.wantsol & 8;
  if (choices.outlev > 0 && !quiet) print('');
  if (!quiet) print(summary(solved));
  printSolution(solved, choices.wantsol);
  return solved;
}

/** A certificate as JSON has it, with the vectors of a proof as arrays. */
function plain({ proof, ...certificate }: Certificate): object {
  const members = Object.entries(proof ?? {}).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  ]);
  return { ...certificate, ...(proof && { proof: Object.fromEntries(members) }) };
}

/** The conflict of an infeasible problem with the variables' places in the file. */
function conflictOfFile({ result, free }: Run): { conflict?: NlpResult['conflict'] } {
  const { conflict } = result as Partial<NlpResult>;
  if (!conflict) return {};
  const bounds = conflict.bounds.map((bound) => ({ ...bound, index: free[bound.index] as number }));
  return { conflict: { ...conflict, bounds } };
}

/** The result in the terms of the file, with the variables that it fixes. */
function resultOfFile(run: Run): object {
  const { result, x, multipliers, free, ...of } = run;
  if (!('activeLower' in result)) return { ...result, x };
  const { lowerMultipliers = result.lowerMultipliers, upperMultipliers = result.upperMultipliers } = of;
  const inFile = (places: ArrayLike<number>): number[] => Array.from(places, (k) => free[k] as number);
  const [activeLower, activeUpper] = [inFile(result.activeLower), inFile(result.activeUpper)];
  const point = { x, multipliers, lowerMultipliers, upperMultipliers, activeLower, activeUpper };
  return { ...result, ...point, ...conflictOfFile(run) };
}
