import { checkInteger } from '../../core/check.js';
import { fixDeadline } from '../../core/deadline.js';
import { theVerb } from '../theModule.js';

type Problem = Parameters<typeof theVerb>[0];
type Settings = NonNullable<Parameters<typeof theVerb>[1]>;

export type NewFunctionSettings = Settings & {
  /** Solves, with the seeds `seed`, `seed` + 1, ... Default: 5. */
  tries?: number | undefined;
};

export type NewFunctionResult = Awaited<ReturnType<typeof theVerb>>;

/**
 * Solves a problem from several starts, one solve after the other, and gives the result with the least objective.
 *
 * ```ts
 * const { objective } = await newFunction(problem, { tries: 3 });
 * ```
 *
 * @throws (rejects) what {@link theVerb} throws.
 */
export async function newFunction(problem: Problem, settings: NewFunctionSettings = {}): Promise<NewFunctionResult> {
  const { tries = 5, ...others } = fixDeadline(settings);
  const count = checkInteger('tries', tries, 1);
  const solve = (k: number) => theVerb(problem, { ...others, seed: (others.seed ?? 0) + k } as Settings);
  let best = await solve(0);
  for (let k = 1; k < count; ++k) {
    const result = await solve(k);
    if ((result.objective ?? Infinity) < (best.objective ?? Infinity)) best = result;
  }
  return best;
}
