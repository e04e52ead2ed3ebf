// A substitute for the clock in tests, so that no verdict depends on how fast the machine is or on what else it does.
import { vi } from 'vitest';

/**
 * Runs `work` with a clock that is a count: each look at `performance.now()` finds it so many milliseconds later. Limits of time and pauses
 * of work on JavaScript's thread then come after a number of looks; the solvers in C++ have the machine's clock.
 */
export async function withCountedClock<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += milliseconds;
    return now;
  });
  try {
    return await work();
  } finally {
    clock.mockRestore();
  }
}

/** Counts the turns of the event loop while `work` runs, which may ask how many there have been so far. */
export async function countingTurns<T>(
  work: (turnsSoFar: () => number) => Promise<T>,
): Promise<{ result: T; turns: number }> {
  let [turns, running] = [0, true];
  const turn = (): void => {
    ++turns;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    const result = await work(() => turns);
    return { result, turns };
  } finally {
    running = false;
  }
}

/** Waits for a later turn of the event loop, or for so many of them. */
export async function nextTurns(count = 1): Promise<void> {
  for (let k = 0; k < count; ++k) await new Promise((resolve) => setImmediate(resolve));
}
