// Long loops that let the event loop run in between.
import { setImmediate } from 'node:timers/promises';

const slice = 1 << 16;

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

/** Memory for what a file says that it holds; a RangeError that begins with `place` where there is not as much. */
export function allocate<T>(place: string, what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new RangeError(`${place}: ${what} do not fit in memory`, { cause: error });
  }
}
