#!/usr/bin/env node
// The command line program: `nonconvex solve file.nl` for people, `nonconvex stub -AMPL` for AMPL, Pyomo and JuMP.
import { ampl } from './cli/ampl.js';
import { solve } from './cli/solve.js';

const controller = new AbortController();
const args = process.argv.slice(2);
const forAmpl = args.includes('-AMPL');

// The first interrupt ends the solve with its best point; the second one has its usual effect.
process.once('SIGINT', () => controller.abort());
// Who reads no more is not interested in the rest, unless that is a .sol file.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 2;
  if (!forAmpl) controller.abort();
});

try {
  const commands = ['solve', 'help', '--help', '-h', '--version'];
  const first = args[0];
  const forPeople = !forAmpl && (first === undefined || commands.includes(first));
  process.exitCode = await (forPeople ? solve : ampl)(args, controller.signal);
} catch (error) {
  console.error(`nonconvex: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
