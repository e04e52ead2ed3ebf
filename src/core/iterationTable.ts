// The table of a running solve: a line for each report of progress.
import type { Progress } from './progress.js';

export interface IterationTable {
  /** Takes a report of the running solve. */
  report(progress: Progress): void;
  /** Takes all reports of a solve that has ended. */
  end(history: readonly Progress[]): void;
}

type Member = 'objective' | 'lowerBound' | 'residual' | 'feasibility' | 'step';

/** The first three are known of any solver, the others of some. */
type Report = Progress & { readonly [name in Member]?: number };

interface Column {
  member: Member;
  title: string;
  width: number;
  digits: number;
}

const columns: readonly Column[] = [
  { member: 'objective', title: 'objective', width: 16, digits: 8 },
  { member: 'lowerBound', title: 'lower bound', width: 16, digits: 8 },
  { member: 'residual', title: 'residual', width: 10, digits: 2 },
  { member: 'feasibility', title: 'feasibility', width: 11, digits: 2 },
  { member: 'step', title: 'step', width: 10, digits: 2 },
];

/** '-1.25000000e-01', or '-' for a number that is not known. */
export function exponential(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

/**
 * Prints whole lines, with a heading every 20 of them: of the members that the reports have. A short solve is printed when it
 * has ended, since its history has the reports that came too fast, too.
 */
export function iterationTable(print: (line: string) => void = (line) => console.log(line)): IterationTable {
  const wait = 0.5; // seconds
  const known = new Set<Member>();
  let shown: readonly Column[] = [];
  let held: Progress[] | undefined = [];
  let lines = 0;

  const look = (progress: Report): void => {
    for (const { member } of columns) if (progress[member] !== undefined) known.add(member);
  };
  const line = (progress: Report): void => {
    if (lines++ % 20 === 0) {
      shown = columns.filter(({ member }) => known.has(member));
      print([' iter', ...shown.map(({ title, width }) => title.padStart(width)), '  seconds'].join(' '));
    }
    const numbers = shown.map(({ member, width, digits }) => exponential(progress[member], digits).padStart(width));
    print([String(progress.iteration).padStart(5), ...numbers, progress.seconds.toFixed(3).padStart(9)].join(' '));
  };
  const printAll = (reports: readonly Progress[]): void => {
    reports.forEach(look);
    reports.forEach(line);
  };
  return {
    report(progress) {
      if (held && progress.seconds < wait) {
        held.push(progress);
      } else {
        printAll([...(held ?? []), progress]);
        held = undefined;
      }
    },
    end(history) {
      if (held) printAll(history);
      held = undefined;
    },
  };
}
