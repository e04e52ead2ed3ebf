// The short text that Node's console shows for a result.

/** The name of the function that `util.inspect` asks an object for its text by; without Node nobody asks. */
export const inspectedAs: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** A number in few digits: 0.0502, 9e-9. */
export const brief = (value: number, digits = 3): string => String(Number(value.toPrecision(digits)));

/** '1 column', '2 columns'. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Facts in one line; behind the status where that is not `'solved'`. */
export function oneLine(status: string | undefined, facts: readonly (string | undefined)[]): string {
  const line = facts.filter((fact) => fact !== undefined).join(', ');
  return status === undefined || status === 'solved' ? line : `${status}: ${line}`;
}
