// Models with integers: which solves refuse them.
import { rangeError } from '../core/argumentError.js';
import { CompiledProgram, type Program } from './program.js';

/** The most integer variables that a message names. */
const mostNamed = 3;

/** The names of a program's integer variables, as a message says them: 'x, y[2], y[3] and 4 more'. */
export function namedIntegers({ integers, ...rest }: Pick<Program, 'integers'> & { names: readonly string[] }): string {
  const names = Array.from(integers, (j) => rest.names[j] || `x[${j}]`);
  const more = names.length - mostNamed;
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ');
}

/**
 * Refuses a program with integers, for a verb that has derivatives alone.
 * @throws RangeError that names the integer variables.
 */
export function requireContinuous(program: Program, verb: string): void {
  const { integers } = program;
  if (integers.length === 0) return;
  const names = program instanceof CompiledProgram ? program.parts.variableNames() : [];
  const some = integers.length === 1 ? 'an integer variable' : `${integers.length} integer variables`;
  throw rangeError(
    `problem: has ${some} (${namedIntegers({ integers, names })}), which ${verb} does not take: minimizeGlobally does; ` +
      'variables without { integer: true }, or those of readNl(path, { relaxIntegers: true }), are any numbers between their bounds',
  );
}
