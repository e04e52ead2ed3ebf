// Errors of arguments. They are a TypeError or a RangeError of the language, and a code tells them from those of a bug.

/** The code of all of them. */
export const invalidArgument = 'INVALID_ARGUMENT' as const;

/** An error of an argument: wrong input, not a bug. */
export type ArgumentError = (TypeError | RangeError) & {
  readonly code: typeof invalidArgument;
  /** The name of the argument, such as `x` or `bounds.lower`, without the place of an entry; absent where the message begins with no name. */
  readonly argument?: string;
};

/** The name that a message begins with. */
const named = /^(?:(?:columns|rows) of )?([$\w]+(?:\.[$\w]+)*)(?=[[(]| =| \(|: )|^(?:unknown \w+ )?'([^']+)'/;

/** Marks an error as one of an argument, whose name its message begins with. */
export function ofArgument(error: Error): ArgumentError {
  const [, name, quoted] = named.exec(error.message) ?? [];
  const argument = name ?? quoted;
  return Object.assign(error, { code: invalidArgument, ...(argument !== undefined && { argument }) });
}

/** An argument of the wrong type. */
export function typeError(message: string, options?: ErrorOptions): ArgumentError {
  const error = ofArgument(new TypeError(message, options));
  Error.captureStackTrace?.(error, typeError);
  return error;
}

/** An argument of the right type with a value that cannot be taken. */
export function rangeError(message: string, options?: ErrorOptions): ArgumentError {
  const error = ofArgument(new RangeError(message, options));
  Error.captureStackTrace?.(error, rangeError);
  return error;
}
