// An AMPL solver: `nonconvex stub -AMPL [key=value ...]` reads stub.nl and writes stub.sol.
import { existsSync } from 'node:fs';
import { SolverError } from '../core/error.js';
import { assignAll, type Choices, keywordList, UsageError } from './keywords.js';
import { print, printSolution } from './print.js';
import { nlPath, run } from './run.js';
import { failureNum, readHeader, type Solution, solveResultNum, writeSol } from './sol.js';
import { title } from './title.js';

const usage = `usage: nonconvex [options] stub [-AMPL] [key=value ...]
       nonconvex solve file.nl [options]

Reads stub.nl and writes stub.sol. Keywords are also taken from the environment variable nonconvex_options.

Options:
  --  end of options
  -=  list the keywords
  -?  show this
  -e  do not repeat the assignments
  -s  write stub.sol without -AMPL, too
  -v  show the version`;

interface Call {
  stub: string;
  /** AMPL calls, which prints the message itself. */
  byAmpl: boolean;
  echo: boolean;
  choices: Choices;
  assignments: string[];
}

/** Returns the exit status: for AMPL 0 when the .sol file has been written, otherwise 0 when the problem is solved, else 1. */
export async function ampl(args: string[], signal: AbortSignal): Promise<number> {
  const call = read(args);
  if (typeof call === 'string') {
    print(call);
    return 0;
  }
  const { byAmpl, choices } = call;
  if (call.echo && call.assignments.length > 0) print(`${title}: ${call.assignments.join(' ')}`);
  const path = nlPath(call.stub);
  // Not for a file that is missing or something else: nothing can be said of it in a .sol file.
  const header = (byAmpl || choices.wantsol & 1) && existsSync(path) ? readHeader(path) : undefined;
  const answer = (solution: Solution): Promise<void> | undefined =>
    header &&
    writeSol(path.replace(/\.nl$/, '.sol'), header, { ...solution, message: `${title}: ${solution.message}` });
  try {
    const solved = await run(path, choices, signal);
    const { result, objective, x, multipliers, notes, lowerMultipliers, upperMultipliers } = solved;
    const message = [result.message, `objective ${objective}`, ...notes].join('\n');
    // AMPL's duals and reduced costs are derivatives of the objective by sides and bounds.
    const duals = multipliers.map((lambda) => -lambda);
    const reducedCosts = { ipopt_zL_out: lowerMultipliers, ipopt_zU_out: upperMultipliers?.map((z) => 0 - z) };
    if (!byAmpl) {
      if (!(choices.wantsol & 8)) print(`${title}: ${message}`);
      printSolution({ ...solved, multipliers: duals }, choices.wantsol);
    }
    await answer({
      ...{ message, code: solveResultNum(result.status, result.residual), x, duals },
      ...{ objective: choices.objno - 1, suffixes: reducedCosts },
    });
    return byAmpl || result.status === 'solved' ? 0 : 1;
  } catch (error) {
    // Settings out of range are errors, too, but not of this class.
    if (!(error instanceof SolverError) || !header) throw error;
    console.error(`nonconvex: ${error.message}`);
    await answer({ message: error.message, code: failureNum(error.code), objective: choices.objno - 1 });
    return byAmpl ? 0 : 2;
  }
}

/** A text is all there is to do. */
function read(args: string[]): Call | string {
  const choices: Choices = { settings: {}, outlev: 0, wantsol: 0, objno: 1, relaxIntegers: true };
  const given: string[] = [];
  let stub: string | undefined;
  let byAmpl = false;
  let echo = true;
  let switches = true;
  for (const argument of args) {
    if (argument === '-AMPL') byAmpl = true;
    else if (stub !== undefined) given.push(argument);
    else if (!switches || !argument.startsWith('-')) stub = argument;
    else if (argument === '--') switches = false;
    else if (argument === '-v') return title;
    else if (argument === '-=') return keywordList();
    else if (argument === '-?') return usage;
    else if (argument === '-e') echo = false;
    else if (argument === '-s') choices.wantsol |= 1;
    else throw new UsageError(`unknown option '${argument}'\n${usage}`);
  }
  if (stub === undefined) throw new UsageError(`no stub\n${usage}`);
  if (!byAmpl && !existsSync(nlPath(stub))) {
    throw new UsageError(
      `there is no command '${stub}' and no file ${nlPath(stub)}; nonconvex --help lists the commands`,
    );
  }
  const assignments = [process.env.nonconvex_options ?? '', given.join(' ')].flatMap((text) =>
    assignAll(choices, text),
  );
  return { stub, byAmpl, echo, choices, assignments };
}
