// The history of a solve, as the addon gives it and as its user sees it.
import type { Progress } from '../generated/solve.js';

/** Reports by their members: native/binding/results.hpp. */
export interface HistoryTable {
  length: number;
  /** A column of each member, under its name. */
  columns: Record<string, HistoryColumn>;
}

interface HistoryColumn {
  values: ArrayLike<unknown>;
  /** 0 where a report lacks the member. Absent: none does. */
  known?: Float64Array;
  /** What `values` are indices of. */
  names?: string[];
}

/** The reports, plain objects. Member by member, since assigning one name over and over is fast. */
export function reportsOf({ length, columns }: HistoryTable): Progress[] {
  const reports = Array.from({ length }, (): Record<string, unknown> => ({}));
  for (const [name, { values, known, names }] of Object.entries(columns)) {
    reports.forEach((report, i) => {
      if (known?.[i] !== 0) report[name] = names ? names[values[i] as number] : values[i];
    });
  }
  return reports as unknown as Progress[];
}
