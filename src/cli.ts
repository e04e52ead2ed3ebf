#!/usr/bin/env node
// The command line program: `nonconvex solve file.nl` for people, `nonconvex stub -AMPL` for AMPL, Pyomo and JuMP.
import { calledByAmpl, fail, main } from './cli/main.js';

const controller = new AbortController();
const args = process.argv.slice(2);

// The first interrupt ends the solve with its best point; the second one has its usual effect.
process.once('SIGINT', () => controller.abort());

let unwritten = false;
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Who has stopped reading does not want the rest, unless that is a .sol file.
  if (!calledByAmpl(args)) controller.abort();
  if (code === 'EPIPE' || unwritten) return;
  unwritten = true;
  process.exitCode = fail(message);
});

const status = await main(args, controller.signal);
process.exitCode ??= status;
