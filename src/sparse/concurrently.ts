// Many solves, of which no more run at a time than keep all threads busy.
import { addon } from '../core/addon.js';

/** Results of `count` jobs, of which no more run than keep all threads busy: each has a copy of what it reads. */
export async function concurrently<T>(count: number, job: (k: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const k = next++;
      results[k] = await job(k);
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, 2 * addon().threads()) }, lane));
  return results;
}
