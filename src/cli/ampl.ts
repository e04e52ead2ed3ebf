// An AMPL solver: `nonconvex stub -AMPL [key=value ...]` reads stub.nl and writes stub.sol.
import { existsSync } from 'node:fs';
import { SolverError } from '../core/error.js';
import { amplMultipliers, answerTo, messageOfRun } from './answer.js';
import { assignAll, type Choices, checkSettings, keywordList, UsageError } from './keywords.js';
import { checkOutputs } from './outputs.js';
import { print, printSolution } from './print.js';
import { inputsBeside, isMps, nlPath, run } from './run.js';
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
  checkSettings(choices);
  if (call.echo && call.assignments.length > 0) print(`${title}: ${call.assignments.join(' ')}`);
  const path = nlPath(call.stub);
  const answer = byAmpl || choices.wantsol & 1 ? answerTo(path, choices.objno) : undefined;
  await checkOutputs({}, inputsBeside(path), answer?.path);
  try {
    const solved = await run(path, choices, signal);
    if (!byAmpl) {
      if (!(choices.wantsol & 8)) print(`${title}: ${messageOfRun(solved)}`);
      printSolution({ ...solved, multipliers: amplMultipliers(solved) }, choices.wantsol);
    }
    await answer?.solved(solved);
    return byAmpl || solved.result.status === 'solved' ? 0 : 1;
  } catch (error) {
    // Settings out of range are also errors, but not of this class.
    if (!(error instanceof SolverError) || !answer) throw error;
    console.error(`nonconvex: ${error.message}`);
    await answer.failed(error);
    return byAmpl ? 0 : 2;
  }
}

/** A text is all there is to do. */
function read(args: string[]): Call | string {
  const choices: Choices = { settings: {}, outlev: 0, wantsol: 0, objno: 1 };
  const given: string[] = [];
  let stub: string | undefined;
  let byAmpl = false;
  let echo = true;
  let switches = true;
  for (const argument of args) {
    if (argument === '-AMPL') byAmpl = true;
    else if (/^--?ampl$/i.test(argument)) throw new UsageError(`unknown option '${argument}': did you mean -AMPL?`);
    else if (stub !== undefined && /^-[a-z=?-]$/.test(argument))
      throw new UsageError(`option '${argument}' stands before the name of the problem: nonconvex ${argument} ${stub}`);
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
  if (isMps(stub)) throw new UsageError(`${stub}: nonconvex solve ${stub} reads .mps and .qps files`);
  if (!byAmpl && !existsSync(nlPath(stub))) {
    throw new UsageError(
      `there is no command '${stub}' and no file ${nlPath(stub)}; nonconvex --help lists the commands`,
    );
  }
  if (byAmpl && stub === 'solve' && !existsSync(nlPath(stub)))
    throw new UsageError(`-AMPL is without a command: nonconvex ${given[0] ?? 'stub'} -AMPL`);
  const assignments = [process.env.nonconvex_options ?? '', given.join(' ')].flatMap((text) =>
    assignAll(choices, text),
  );
  choices.relaxIntegers ??= !choices.global;
  return { stub, byAmpl, echo, choices, assignments };
}
