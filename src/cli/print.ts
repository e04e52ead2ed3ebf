// Lines that the command line program prints about a solve.
import { certificateText } from '../core/certificateText.js';
import { visible } from '../core/check.js';
import { exponential } from '../core/iterationTable.js';
import type { MinimizeGloballyResult } from '../nlp/minimizeGlobally.js';
import type { NlpResult } from '../nlp/solver.js';

/** A solve of a file of a model, in the terms of the file. */
export interface Run {
  result: NlpResult | MinimizeGloballyResult;
  objective: number;
  /** The bound and the work of a search for a global minimum. */
  search?: Pick<MinimizeGloballyResult, 'bound' | 'gap' | 'nodes' | 'counts'> | undefined;
  x: number[];
  /** The places in x of the variables that the file does not fix. */
  free: number[];
  /** Multipliers of L = f + multipliers^T c, with the objective f that the file has; none where a search for a global minimum has none. */
  multipliers: number[];
  /** Multipliers of lower and upper bounds, also of fixed variables; only of problems with bounds. */
  lowerMultipliers?: number[] | undefined;
  upperMultipliers?: number[] | undefined;
  /** How well bounds and sides are met, and what solved it; only of problems with bounds or inequalities. */
  inequalities?: { complementarity: number; phase: string } | undefined;
  /** The parts of the file that have been left out or relaxed. */
  notes: readonly string[];
  /** Names from the .mps file, or the .col file beside the .nl file; otherwise AMPL's generic names. */
  variableNames: string[];
  /** Names from the .mps file, or the .row file beside the .nl file; otherwise AMPL's generic names. */
  constraintNames: string[];
}

export function print(text: string): void {
  // Names of files and variables are not ours: a terminal must not obey what is in them.
  process.stdout.write(`${process.stdout.isTTY ? visible(text, '\n\t') : text}\n`);
}

/** How a solve ended, in a few lines. */
export function summary({ result, objective, inequalities, search }: Run): string {
  const { status, message, residual, feasibility, certificate, iterations, seconds } = result;
  const rows = {
    status,
    objective: exponential(objective, 15),
    ...(search
      ? { bound: exponential(search.bound, 15), gap: exponential(search.gap, 2) }
      : { residual: exponential(residual, 2) }),
    feasibility: exponential(feasibility, 2),
    ...(inequalities && {
      complementarity: exponential(inequalities.complementarity, 2),
      phase: inequalities.phase,
    }),
    certificate: certificateText(certificate),
    ...(search ? { nodes: search.nodes } : { iterations }),
    seconds: seconds.toFixed(3),
  };
  const width = inequalities ? 17 : 12;
  const lines = Object.entries(rows).map(([name, value]) => `${name.padEnd(width)}${value}`);
  return [message, ...lines].join('\n');
}

/** `wantsol`, a sum: 2 the variables, 4 the multipliers. */
export function printSolution({ x, multipliers, variableNames, constraintNames }: Run, wantsol: number): void {
  if (wantsol & 2) print(`\n${table(['variable', 'value'], variableNames, x)}`);
  if (wantsol & 4 && multipliers.length > 0)
    print(`\n${table(['constraint', 'multiplier'], constraintNames, multipliers)}`);
}

function table([left, right]: [string, string], names: string[], values: number[]): string {
  const width = names.reduce((most, name) => Math.max(most, name.length), left.length);
  const rows = names.map((name, k) => `${name.padEnd(width)}  ${values[k]}`);
  return [`${left.padEnd(width)}  ${right}`, ...rows].join('\n');
}
