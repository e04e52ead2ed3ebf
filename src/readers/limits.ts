// The most rows and columns that a reader takes, for a caller that knows how many there may be.
import { checkNumber } from '../core/check.js';

export interface Limits {
  /** Most rows: a file with more is refused. */
  maxRows?: number | undefined;
  /** Most columns: a file with more is refused. */
  maxColumns?: number | undefined;
}

/** The limits, checked; as many as can be counted where there is none. */
export function checkLimits({ maxRows, maxColumns }: Limits): { maxRows: number; maxColumns: number } {
  const most = (name: string, value: number | undefined) =>
    value === undefined ? Number.POSITIVE_INFINITY : checkNumber(name, value, { lower: 0 });
  return { maxRows: most('maxRows', maxRows), maxColumns: most('maxColumns', maxColumns) };
}
