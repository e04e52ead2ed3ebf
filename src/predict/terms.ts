// The coefficients of a regression with the names of their columns.
import type { Label } from '../core/targets.js';

/** A coefficient that is not 0. */
export interface Term {
  /** The name of its column; x1, x2, ... of data without names. */
  name: string;
  /** The class that it is for, or the number of the response from 0, where there are several. */
  response?: Label;
  /** The coefficient, in the units of the column. */
  coefficient: number;
  /** The coefficient times the standard deviation of its column; of a model that was fitted with `standardize`, as long as it is not read from a file. */
  standardized?: number;
}

/** The coefficients that are not 0, the largest first, by their standardised size where scales of the columns are known. */
export function termsOf(
  model: {
    coefficients: Float64Array;
    responses?: number;
    classes?: readonly Label[];
    names?: readonly string[];
  },
  scales: ArrayLike<number> | undefined,
): Term[] {
  const { coefficients, responses = 1, classes, names } = model;
  const columns = coefficients.length / responses;
  const terms = Array.from(coefficients, (coefficient, place): Term => {
    const [j, k] = [place % columns, Math.floor(place / columns)];
    return {
      name: names?.[j] ?? `x${j + 1}`,
      ...(responses > 1 && { response: classes?.[k] ?? k }),
      coefficient,
      ...(scales?.length && { standardized: coefficient * (scales[j] as number) }),
    };
  });
  return terms.filter(({ coefficient }) => coefficient !== 0).sort((a, b) => sizeOf(b) - sizeOf(a));
}

/** The size that terms are compared by. */
export const sizeOf = ({ coefficient, standardized = coefficient }: Term): number => Math.abs(standardized);
