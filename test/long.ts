/** Whether this is `npm run test:all`, which leaves nothing out. */
export const all = process.env.NONCONVEX_TESTS === 'all';

/** Whether this is `npm run test:long` or `npm run test:all`. */
export const long = all || process.env.NONCONVEX_TESTS === 'long';

/** All cases in `npm run test:long`; otherwise the first, and every n-th after it. */
export function chosen<const Case>(cases: readonly Case[], n: number): Case[] {
  return cases.filter((_, k) => long || k % n === 0);
}
