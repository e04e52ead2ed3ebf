// The .sol file with which a solver answers AMPL, Pyomo or JuMP.
import { closeSync, openSync, readSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { SolverErrorCode } from '../core/error.js';
import type { Status } from '../core/solve.js';

/** The first two lines of a .nl file, which are text also in binary files. */
export interface NlHeader {
  /** A .sol file repeats them. */
  options: number[];
  /** AMPL's tolerance for variables at their bounds, if the options say that it is there. */
  vbtol?: string;
  variables: number;
  constraints: number;
}

export interface Solution {
  message: string;
  /** AMPL's solve_result_num. */
  code: number;
  /** Which objective it is of, from 0; -1: none. */
  objective: number;
  /** All of the file's variables; absent: none. */
  x?: ArrayLike<number>;
  /** Multipliers with AMPL's sign; absent: none. */
  duals?: ArrayLike<number>;
  /** Numbers of all the file's variables by the name of a suffix; undefined: none. */
  suffixes?: Record<string, ArrayLike<number> | undefined>;
}

/** Undefined if the file does not begin as a .nl file does. */
export function readHeader(path: string): NlHeader | undefined {
  const bytes = Buffer.alloc(512);
  const file = openSync(path, 'r');
  const length = readSync(file, bytes);
  closeSync(file);
  const [first = '', second = ''] = bytes.toString('latin1', 0, length).split('\n');
  const words = (line: string): string[] => line.replace(/#.*/, '').trim().split(/\s+/);
  const [begin = '', ...rest] = words(first);
  const [variables, constraints] = words(second).map(Number);
  const count = Number(begin.slice(1));
  const options = rest.slice(0, count).map(Number);
  const known = [variables, constraints, count, ...options].every(Number.isSafeInteger);
  if (!/^[gb]\d$/.test(begin) || !known || variables === undefined || constraints === undefined) return undefined;
  return { options, ...(hasVbtol(options) && { vbtol: rest[count] ?? '0' }), variables, constraints };
}

function hasVbtol(options: number[]): boolean {
  return options[1] === 3;
}

export function solText({ options, vbtol, variables, constraints }: NlHeader, solution: Solution): string {
  const { message, code, objective, x = [], duals = [], suffixes = {} } = solution;
  return [
    // An empty line ends the message.
    ...message.split(/\r?\n/).filter((line) => line.trim() !== ''),
    '',
    'Options',
    options.length + (vbtol === undefined ? 0 : 2),
    ...options,
    constraints,
    duals.length,
    variables,
    x.length,
    ...(vbtol === undefined ? [] : [vbtol]),
    ...numbers(duals),
    ...numbers(x),
    `objno ${objective} ${code}`,
    ...Object.entries(suffixes).flatMap(([name, values]) => suffixLines(name, values ?? [])),
    '',
  ].join('\n');
}

/** A suffix of variables whose values are real, those that are not 0; nothing if there are none. */
function suffixLines(name: string, values: ArrayLike<number>): (string | number)[] {
  const given = Array.from(values, (value, k) => ({ value, k })).filter(({ value }) => value !== 0);
  if (given.length === 0) return [];
  const realOfVariables = 4;
  const texts = numbers(given.map(({ value }) => value));
  const lines = given.map(({ k }, place) => `${k} ${texts[place]}`);
  return [`suffix ${realOfVariables} ${given.length} ${name.length + 1} 0 0`, name, ...lines];
}

/** Numbers with all their digits, as C reads them. */
function numbers(values: ArrayLike<number>): string[] {
  return Array.from(values, (value) => {
    if (Object.is(value, -0)) return '-0';
    return String(value).replace('Infinity', 'inf').toLowerCase();
  });
}

export async function writeSol(path: string, header: NlHeader, solution: Solution): Promise<void> {
  await writeFile(path, solText(header, solution));
}

/**
 * AMPL's ranges: 0 solved, 100 solved?, 200 infeasible, 300 unbounded, 400 limit, 500 failure. `admissible` is said of a point that
 * satisfies all constraints, whose objective may be the least or not.
 */
export function solveResultNum(status: Status, residual = Number.POSITIVE_INFINITY, admissible = false): number {
  /** Ipopt's acceptable_tol. */
  const acceptable = 1e-6;
  switch (status) {
    case 'solved':
      return 0;
    case 'stalled':
      return admissible || residual <= acceptable ? 100 : 500;
    case 'infeasible':
      return 200;
    case 'unbounded':
      return 300;
    case 'iterationLimit':
      return 400;
    case 'timeLimit':
      return 401;
    case 'aborted':
      return 402;
    case 'evaluationLimit':
      return 403;
    case 'numericalError':
      return 501;
  }
}

/** The result code of a problem that could not be solved at all. */
export function failureNum(code: SolverErrorCode): number {
  if (code === 'UNSUPPORTED') return 510;
  return code === 'INVALID_FILE' ? 511 : 520;
}
