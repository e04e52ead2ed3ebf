// Long loops that let the event loop run in between.
import { setImmediate } from 'node:timers/promises';

/** How many numbers are dealt with at a time. */
export const slice = 1 << 16;

/** Runs `step(from, to)` over all of [0, count), with a pause after each slice. */
export async function inSlices(
  count: number,
  signal: AbortSignal | undefined,
  step: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 0; from < count; from += slice) {
    step(from, Math.min(count, from + slice));
    if (from + slice < count) await setImmediate();
    signal?.throwIfAborted();
  }
}
