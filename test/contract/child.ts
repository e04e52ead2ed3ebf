// Runs a few lines of JavaScript, as an ES module, in a process of its own.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from './fixtures.js';

export interface Ended {
  code: number | null;
  signal: string | null;
  /** What it printed. */
  output: string;
  errors: string;
  seconds: number;
}

const here = dirname(fileURLToPath(import.meta.url));

/**
 * The lines see the package as `nonconvex` (built, from dist/), `problem`, and `solve(more)`, which solves it with further
 * settings.
 */
export function runInChild(
  lines: string,
  problem: Problem,
  { env = {}, flags = [] }: { env?: Record<string, string>; flags?: string[] } = {},
): Promise<Ended> {
  const program = `${preamble(problem)}\n${lines}`;
  const start = Date.now();
  const child = spawn(process.execPath, [...flags, '--input-type=module'], {
    cwd: here,
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  child.stdin.end(program);
  const ended: Ended = { code: null, signal: null, output: '', errors: '', seconds: 0 };
  child.stdout.on('data', (text) => {
    ended.output += text;
  });
  child.stderr.on('data', (text) => {
    ended.errors += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ ...ended, code, signal, seconds: (Date.now() - start) / 1000 }));
  });
}

/** The first lines of a program, for a child process or a worker. */
export function preamble(problem: Problem): string {
  const { x, y } = problem.data;
  const plain = { ...problem, data: { x: { ...x, data: Array.from(x.data) }, y } };
  return `
    import * as nonconvex from 'nonconvex';
    const problem = ${JSON.stringify(plain)};
    problem.data.x.data = Float64Array.from(problem.data.x.data);
    const solve = (more) => nonconvex[problem.solver](problem.data, { ...problem.settings, ...more });
  `;
}
