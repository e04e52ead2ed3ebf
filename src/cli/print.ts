// What the command line program prints of a solve.
import type { Progress } from '../core/solve.js';
import type { Run } from './run.js';

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** '-1.25000000e-01', or '-' for a number that is not known. */
export function exponential(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

export interface IterationLog {
  /** A report of the running solve. */
  report(progress: Progress): void;
  /** The solve has ended, with these reports. */
  end(history: Progress[]): void;
}

/** A line a report; `sign` is that of the objective. A short solve is printed when it has ended: its history has the reports that came too fast, too. */
export function iterationLog(sign: number): IterationLog {
  const wait = 0.5; // seconds
  let held: Progress[] | undefined = [];
  let lines = 0;
  const line = (progress: Progress): void => {
    if (lines++ % 20 === 0) print(' iter        objective   residual feasibility       step   seconds');
    print(
      [
        String(progress.iteration).padStart(5),
        exponential(progress.objective && sign * progress.objective, 8).padStart(16),
        exponential(progress.residual, 2).padStart(10),
        exponential(progress.feasibility, 2).padStart(11),
        exponential(progress.step, 2).padStart(10),
        progress.seconds.toFixed(3).padStart(9),
      ].join(' '),
    );
  };
  return {
    report(progress) {
      if (held && progress.seconds < wait) {
        held.push(progress);
      } else {
        for (const each of held ?? []) line(each);
        held = undefined;
        line(progress);
      }
    },
    end(history) {
      if (held) for (const each of history) line(each);
      held = undefined;
    },
  };
}

/** How a solve ended, in a few lines. */
export function summary({ result, objective }: Run): string {
  const { status, message, residual, feasibility, iterations, seconds } = result;
  const rows = {
    status,
    objective: exponential(objective, 15),
    residual: exponential(residual, 2),
    feasibility: exponential(feasibility, 2),
    iterations,
    seconds: seconds.toFixed(3),
  };
  const lines = Object.entries(rows).map(([name, value]) => `${name.padEnd(12)}${value}`);
  return [message, ...lines].join('\n');
}

/** `wantsol`, a sum: 2 the variables, 4 the multipliers. */
export function printSolution({ x, multipliers, variableNames, constraintNames }: Run, wantsol: number): void {
  if (wantsol & 2) print(`\n${table(['variable', 'value'], variableNames, x)}`);
  if (wantsol & 4) print(`\n${table(['constraint', 'multiplier'], constraintNames, multipliers)}`);
}

function table([left, right]: [string, string], names: string[], values: number[]): string {
  const width = names.reduce((most, name) => Math.max(most, name.length), left.length);
  const rows = names.map((name, k) => `${name.padEnd(width)}  ${values[k]}`);
  return [`${left.padEnd(width)}  ${right}`, ...rows].join('\n');
}
