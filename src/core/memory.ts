// Checks of the memory that an argument asks for, before any of it is taken.
import { addon } from './addon.js';
import { fromNative } from './error.js';

/**
 * Throws a {@link SolverError} `OUT_OF_MEMORY` unless these bytes are there: the system may promise them, and end the process
 * when they are used. The subject names the argument, and ends with "needs" or "need".
 */
export function requireMemory(bytes: number, subject: () => string): void {
  const few = 5e7; // found in any case: the addon need not be loaded to ask
  if (!(bytes > few)) return;
  try {
    addon().requireMemory({ bytes, subject: subject() });
  } catch (error) {
    throw fromNative(error);
  }
}
