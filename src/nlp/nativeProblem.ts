// The problem of a solve, as the addon takes it: a program with the numbers that the call gives beside it.
import type { MakeProblem } from '../core/solve.js';
import type { Program } from '../expressions/program.js';

/**
 * The problem of a program with the members of `first` beside it. A program that takes long to compile is awaited; where the solve is
 * aborted before that, the problem has its start alone.
 */
export function nativeProblem<Problem extends { start?: Float64Array | undefined }>(
  program: Program,
  first: Problem,
): MakeProblem<Problem> {
  return (guard, native, leave) => {
    const made = () => Object.assign(program.toNative(guard, native), first);
    const ahead = program.ahead(native, leave);
    const unread = () => ({ ...first, start: first.start ?? program.givenStart, unread: true });
    return ahead ? ahead.then((ready) => (ready ? made() : unread())) : made();
  };
}
