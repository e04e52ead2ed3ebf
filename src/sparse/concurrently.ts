// Many solves, of which no more run at a time than keep all threads busy.
import { addon } from '../core/addon.js';
import { type Ends, isOver } from '../core/deadline.js';

/**
 * Results of `count` jobs, of which no more run than keep all threads busy: each has a copy of what it reads. Where the call is to end, the
 * last results are of jobs that were cut short, and there are fewer.
 */
export async function concurrently<T>(count: number, ends: Ends, job: (k: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let over = false; next < count && !over; ) {
      over = isOver(ends);
      const k = next++;
      results[k] = await job(k);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, 2 * addon().threads()) }, lane));
  return results;
}
