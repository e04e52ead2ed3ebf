// Many solves, of which no more run at a time than keep all threads busy.
import { addon } from '../core/addon.js';
import { type Ends, isOver } from '../core/deadline.js';

/**
 * Results of `count` jobs, of which no more run than keep all threads busy: each has a copy of what it reads. Where the call is to end, there
 * are fewer, and one at least is of a job that was cut short.
 */
export async function concurrently<T extends { status: string }>(
  count: number,
  ends: Ends,
  job: (k: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    const k = next++;
    results[k] = await job(k);
  };
  const lane = async (): Promise<void> => {
    while (next < count && !isOver(ends)) await one();
  };
  await Promise.all(Array.from({ length: Math.min(count, 2 * addon().threads()) }, lane));
  if (next < count && results.every(({ status }) => status === 'solved')) await one();
  return results;
}
