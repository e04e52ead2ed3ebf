#!/usr/bin/env node
// The command line program: `nonconvex solve file.nl` for people, `nonconvex stub -AMPL` for AMPL, Pyomo and JuMP.
import { ampl } from './cli/ampl.js';
import { solve } from './cli/solve.js';
import { messageOf, visible } from './core/check.js';

const controller = new AbortController();
const args = process.argv.slice(2);
const byAmpl = args.includes('-AMPL');

// The first interrupt ends the solve with its best point; the second one has its usual effect.
process.once('SIGINT', () => controller.abort());

let unwritten = false;
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Who has stopped reading does not want the rest, unless that is a .sol file.
  if (!byAmpl) controller.abort();
  if (code === 'EPIPE' || unwritten) return;
  unwritten = true;
  fail(message);
});

function fail(message: string): void {
  console.error(`nonconvex: ${process.stderr.isTTY ? visible(message, '\n\t') : message}`);
  process.exitCode = 2;
}

try {
  const commands = ['solve', 'help', '--help', '-h', '--version'];
  const forPeople = !byAmpl && (args[0] === undefined || commands.includes(args[0]));
  const status = await (forPeople ? solve : ampl)(args, controller.signal);
  process.exitCode ??= status;
} catch (error) {
  fail(messageOf(error));
}
