// How far a running solve is: a bar on a terminal, plain lines elsewhere.
import { Presets, SingleBar } from 'cli-progress';
import { exponential, type IterationTable, iterationTable } from '../core/iterationTable.js';
import type { Progress } from '../core/solve.js';
import { print } from './print.js';

/** Limits of a solve, of which the first one that is met ends it. */
export interface ProgressLimits {
  tolerance?: number | undefined;
  maxIterations?: number | undefined;
  timeLimit?: number | undefined;
}

/** The share of a solve that is done, in [0, 1]: by the residual, which falls about geometrically, or by a limit. */
export function shareDone(
  first: Progress,
  now: Progress,
  { tolerance, maxIterations, timeLimit }: ProgressLimits,
): number {
  const shares = [now.iteration / (maxIterations ?? Number.POSITIVE_INFINITY)];
  if (timeLimit !== undefined && timeLimit > 0) shares.push(now.seconds / timeLimit);
  const [from, to] = [first.residual ?? 0, now.residual ?? 0];
  if (tolerance !== undefined && tolerance > 0 && from > tolerance && to > 0) {
    shares.push(Math.log(from / to) / Math.log(from / tolerance));
  }
  return Math.min(1, Math.max(0, ...shares.filter(Number.isFinite)));
}

/** The text beside the bar: objective, bound, gap and the time that is left at this pace. */
export function progressText(now: Progress & { upperBound?: number }, share: number): string {
  const { objective, lowerBound, upperBound, seconds } = now;
  const bound = lowerBound ?? upperBound;
  const gap =
    objective === undefined || bound === undefined ? undefined : Math.abs(objective - bound) / Math.abs(objective);
  const parts = [
    objective === undefined ? '' : `objective ${exponential(objective, 4)}`,
    bound === undefined ? '' : `bound ${exponential(bound, 4)}`,
    gap === undefined || !Number.isFinite(gap) ? '' : `gap ${exponential(gap, 1)}`,
    share > 0.01 && share < 1 ? `${Math.ceil((seconds * (1 - share)) / share)} s left` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/**
 * Follows a solve: by a bar on standard error where that and standard output are terminals and `outlev` is 1, otherwise by the table of
 * iterations on standard output.
 */
export function follow(
  solver: string,
  limits: ProgressLimits,
  outlev = 1,
  isTerminal = process.stderr.isTTY && process.stdout.isTTY,
): IterationTable {
  return isTerminal && outlev === 1 ? bar(limits) : iterationTable(solver, print);
}

function bar(limits: ProgressLimits): IterationTable {
  const shown = new SingleBar(
    { format: '{bar} {percentage} % {text}', stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  let first: Progress | undefined;
  let share = 0;
  return {
    report(now) {
      if (first === undefined) {
        first = now;
        shown.start(100, 0, { text: '' });
      }
      // A residual may rise; a bar that falls back says nothing.
      share = Math.max(share, shareDone(first, now, limits));
      shown.update(Math.floor(100 * share), { text: progressText(now, share) });
    },
    end() {
      shown.stop();
    },
  };
}
