// What the arguments ask for: by people, or by AMPL.
import { messageOf, visible } from '../core/check.js';
import { ampl } from './ampl.js';
import { people } from './people.js';

/** Whether AMPL, or what calls solvers as it does, is to read the answer. */
export function calledByAmpl(args: readonly string[]): boolean {
  return args.includes('-AMPL');
}

/** Runs the program, and says an error on stderr. Returns the exit status. */
export async function main(args: string[], signal: AbortSignal): Promise<number> {
  const commands = ['solve', 'path', 'train', 'predict', 'doctor', 'help', '--help', '-h', '--version'];
  const forPeople = !calledByAmpl(args) && (args[0] === undefined || commands.includes(args[0]));
  try {
    return await (forPeople ? people : ampl)(args, signal);
  } catch (error) {
    return fail(messageOf(error));
  }
}

/** Says what went wrong; returns the exit status for it. */
export function fail(message: string): number {
  console.error(`nonconvex: ${process.stderr.isTTY ? visible(message, '\n\t') : message}`);
  return 2;
}
