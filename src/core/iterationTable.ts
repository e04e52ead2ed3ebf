// The table of a running solve: a line for each report of progress.
import type { Progress } from '../generated/solve.js';
import { columnsOf } from './addon.js';

export interface IterationTable {
  /** Takes a report of the running solve. */
  report(progress: Progress): void;
  /** Takes all reports of a solve that has ended. */
  end(history: readonly Progress[]): void;
}

interface Column {
  member: string;
  title: string;
  width: number;
  digits: number;
}

/** The columns of a solver's reports, as native/core/status.hpp and its problem.hpp declare them. */
function columnsFor(solver: string | undefined): Column[] {
  // Beside the digits a sign, one digit, a point, 'e+00' and a space.
  const widthOf = (title: string, digits: number) => Math.max(title.length, digits + 8);
  return columnsOf(solver).map(({ name, column: { title, digits } }) => ({
    ...{ member: name, title, digits },
    width: widthOf(title, digits),
  }));
}

/** A member that has a column, if the report has it. */
const numberIn = (report: Progress, member: string): number | undefined =>
  (report as unknown as Record<string, number | undefined>)[member];

/** '-1.25000000e-01', or '-' for a number that is not known. */
export function exponential(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

/**
 * Prints whole lines, with a heading every 20 of them: of the members that the reports of a solver have, or of any solver if none
 * is named. A short solve is printed when it has ended, since its history has the reports that came too fast, too.
 */
export function iterationTable(
  solver?: string,
  print: (line: string) => void = (line) => console.log(line),
): IterationTable {
  const wait = 0.5; // seconds
  const columns = columnsFor(solver);
  const known = new Set<string>();
  let shown: readonly Column[] = [];
  let held: Progress[] | undefined = [];
  let lines = 0;

  const look = (progress: Progress): void => {
    for (const { member } of columns) if (numberIn(progress, member) !== undefined) known.add(member);
  };
  const line = (progress: Progress): void => {
    if (lines++ % 20 === 0) {
      shown = columns.filter(({ member }) => known.has(member));
      print([' iter', ...shown.map(({ title, width }) => title.padStart(width)), '  seconds'].join(' '));
    }
    const numbers = shown.map(({ member, width, digits }) =>
      exponential(numberIn(progress, member), digits).padStart(width),
    );
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
