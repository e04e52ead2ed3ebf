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

/** A member that has a column, a number or a name, if the report has it. */
const valueIn = (report: Progress, member: string): number | string | undefined =>
  (report as unknown as Record<string, number | string | undefined>)[member];

/** '-1.25000000e-01', with 0 digits a whole number as it is, or '-' for a number that is not known. */
export function exponential(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (digits === 0 && Number.isSafeInteger(value)) return String(value);
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

/**
 * Prints whole lines, with a heading every 20 of them: of the members that the reports of a solver have, or of any solver if none
 * is named. A short solve is printed when it has ended, since its history also has the reports that came too fast.
 */
export function iterationTable(
  solver?: string,
  print: (line: string) => void = (line) => console.log(line),
): IterationTable {
  const wait = 0.5; // seconds
  const lines = new Lines(columnsFor(solver), print);
  let held: Progress[] | undefined = [];
  return {
    report(progress) {
      if (held && progress.seconds < wait) {
        held.push(progress);
      } else {
        lines.print([...(held ?? []), progress]);
        held = undefined;
      }
    },
    end(history) {
      if (held) lines.print(history);
      held = undefined;
    },
  };
}

/** Prints a line for each report, and a heading before every 20th. */
class Lines {
  readonly #columns: readonly Column[];
  readonly #print: (line: string) => void;
  readonly #known = new Set<string>();
  #shown: readonly Column[] = [];
  #count = 0;

  constructor(columns: readonly Column[], print: (line: string) => void) {
    this.#columns = columns;
    this.#print = print;
  }

  print(reports: readonly Progress[]): void {
    for (const progress of reports) {
      for (const { member } of this.#columns) if (valueIn(progress, member) !== undefined) this.#known.add(member);
    }
    for (const progress of reports) {
      if (this.#count++ % 20 === 0) this.#printHeading();
      this.#printLine(progress);
    }
  }

  /** Prints the titles of what has been known of a report so far. */
  #printHeading(): void {
    this.#shown = this.#columns.filter(({ member }) => this.#known.has(member));
    this.#print([' iter', ...this.#shown.map(({ title, width }) => title.padStart(width)), '  seconds'].join(' '));
  }

  #printLine(progress: Progress): void {
    const values = this.#shown.map(({ member, width, digits }) => {
      const value = valueIn(progress, member);
      return (typeof value === 'string' ? value : exponential(value, digits)).padStart(width);
    });
    this.#print([String(progress.iteration).padStart(5), ...values, progress.seconds.toFixed(3).padStart(9)].join(' '));
  }
}
