// Runs a few lines of JavaScript, as an ES module, in a process of its own.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patience } from '../patience.js';
import type { Problem } from './problem.js';

export interface Ended {
  code: number | null;
  signal: string | null;
  /** Its output. */
  output: string;
  errors: string;
  seconds: number;
}

const here = dirname(fileURLToPath(import.meta.url));

/**
 * The lines see the package as `nonconvex` (built, from dist/), `problem`, `solve(more)`, which solves it with further
 * settings, and `values(result)`, a text by which results are compared.
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
    timeout: patience,
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
  return `
    import * as nonconvex from 'nonconvex';
    /** A function that solves a problem with further settings, or other data instead of its own. */
    const solverOf = async (problem) => {
      const build = problem.build ?? ((library, data) => data);
      const [family, name] = problem.solver.split('/');
      const core = problem.direct && (await import(new URL('../cjs/core/solve.js', import.meta.resolve('nonconvex')))).default;
      const call = core
        ? (data, settings) => core.solve(name, data, settings, { cpuOnly: 'these problems' })
        : nonconvex[family][name];
      return (more, data = problem.data) => call(build(nonconvex, data), { ...problem.settings, ...more });
    };
    const problem = ${source(problem)};
    const values = ({ objective, residual, iterations }) => JSON.stringify([objective, residual, iterations]);
    const solve = await solverOf(problem);
  `;
}

/** The source text of a value made of plain objects, arrays, typed arrays, numbers, strings, booleans and functions. */
export function source(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `new ${value.constructor.name}([${(value as Float64Array).join()}])`;
  if (Array.isArray(value)) return `[${value.map(source).join()}]`;
  return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${source(member)}`)}}`;
}
