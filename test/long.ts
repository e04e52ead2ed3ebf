/** True in `npm run test:all`, which leaves nothing out. */
export const all = process.env.NONCONVEX_TESTS === 'all';

/** True in `npm run test:long` or `npm run test:all`. */
export const long = all || process.env.NONCONVEX_TESTS === 'long';

/** The first case and every n-th after it in `npm test`, the others in `npm run test:long`, all in `npm run test:all`. */
export function chosen<const Case>(cases: readonly Case[], n: number): Case[] {
  return cases.filter((_, k) => all || (k % n === 0) !== long);
}
