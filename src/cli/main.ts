// The command that the arguments ask for, by people or by AMPL.
import { existsSync } from 'node:fs';
import { closest, isError, messageOf, visible } from '../core/check.js';
import { ampl } from './ampl.js';
import { commands, people } from './people.js';
import { nlPath } from './run.js';

/** Returns true if AMPL, or what calls solvers as it does, is to read the answer. */
export function calledByAmpl(args: readonly string[]): boolean {
  return args.includes('-AMPL');
}

/** Returns true if a first argument is a command, or one that is misspelt and no problem's name. */
function isCommand(word: string): boolean {
  if ([...commands, '--help', '-h', '--version'].includes(word)) return true;
  return /^[a-z]+$/i.test(word) && !existsSync(nlPath(word)) && closest(word, commands) !== undefined;
}

/** Runs the program, and says an error on stderr. Returns the exit status. */
export async function main(args: string[], signal: AbortSignal): Promise<number> {
  const forPeople = !calledByAmpl(args) && (args[0] === undefined || isCommand(args[0]));
  try {
    return await (forPeople ? people : ampl)(args, signal);
  } catch (error) {
    return fail(sentenceOf(error));
  }
}

/** The message of an error; of one of the file system, in words. */
export function sentenceOf(error: unknown): string {
  const { code, path } = (isError(error) ? error : {}) as NodeJS.ErrnoException;
  if (path === undefined) return messageOf(error);
  if (code === 'ENOENT') return `there is no file ${path}`;
  if (code === 'EISDIR') return `${path}: is a folder; expected a file`;
  if (code === 'EACCES' || code === 'EPERM') return `${path}: permission denied`;
  return messageOf(error);
}

/** Says what went wrong; returns the exit status for it. */
export function fail(message: string): number {
  console.error(`nonconvex: ${process.stderr.isTTY ? visible(message, '\n\t') : message}`);
  return 2;
}
