// The line that the console shows for the result of a training.
import { brief, inspectedAs, oneLine } from '../core/inspected.js';
import { networkText } from '../predict/network.js';
import type { ReluResult } from './problem.js';

/** A result for which the console shows a line. The function is no member where the result is copied or written as JSON. */
export function inLine<Result extends ReluResult>(result: Result): Result {
  const value = (): string => {
    const { status, network, lambda, gap } = result;
    return oneLine(status, [
      networkText(network),
      `lambda ${brief(lambda)}`,
      Number.isNaN(gap) ? undefined : `gap ${brief(gap, 1)}`,
    ]);
  };
  return Object.defineProperty(result, inspectedAs, { value });
}
