// The commands for people, as the library for command lines has them.
import { Command, CommanderError } from 'commander';
import { addDoctor } from './doctor.js';
import { addPath } from './path.js';
import { addPredict } from './predict.js';
import { addSolve } from './solve.js';
import { title } from './title.js';
import { addTrain } from './train.js';

/** Returns the exit status: 0 when the problem is solved, 1 when it is not, 2 when nothing was run. */
export async function people(args: string[], signal: AbortSignal): Promise<number> {
  let status = 0;
  const ended = (code: number): void => {
    status = code;
  };
  const program = new Command('nonconvex')
    .description(
      'Minimises an objective under bounds and constraints by Newton’s method, and fits networks and regressions that select columns.',
    )
    .version(title, '-v, --version', 'show the version')
    .addHelpText(
      'after',
      '\nAs a solver for AMPL, Pyomo and JuMP: nonconvex stub -AMPL [key=value ...]; see nonconvex -?',
    )
    .exitOverride();
  addDoctor(program, ended);
  // Options of the others come from the addon, which may be what the doctor is asked about.
  if (args[0] !== 'doctor') {
    addSolve(program, signal, ended);
    addPath(program, signal, ended);
    addTrain(program, args, signal, ended);
    addPredict(program, signal, ended);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // It has been printed already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return status;
}
