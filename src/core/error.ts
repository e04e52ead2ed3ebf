import { invalidArgument, ofArgument } from './argumentError.js';
import { acrossCopies } from './brand.js';
import { isError } from './check.js';

const codes = [
  ...(['DEVICE_UNAVAILABLE', 'DEVICE_FAILED', 'ADDON_NOT_FOUND', 'OUT_OF_MEMORY', 'TOO_LARGE'] as const),
  ...(['CALLBACK_FAILED', 'FILE_NOT_FOUND', 'INVALID_FILE', 'UNSUPPORTED', 'WRITE_FAILED'] as const),
  ...(['LIBRARY_NOT_FOUND', 'QUEUE_FULL', 'JOB_FAILED', 'JOB_REMOVED', 'PEER_FAILED'] as const),
  ...(['DEADLINE_EXCEEDED', 'DEBUG_SOLUTION_LOST'] as const),
];

/**
 * - `DEVICE_UNAVAILABLE`, `ADDON_NOT_FOUND`: the machine or the package lacks it
 * - `DEVICE_FAILED`: a GPU's driver or library failed during a solve
 * - `OUT_OF_MEMORY`; `TOO_LARGE`: more entries than can be counted
 * - `CALLBACK_FAILED`: a function of yours threw, or gave what it must not
 * - `FILE_NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED`, `WRITE_FAILED`: of files of models
 * - `LIBRARY_NOT_FOUND`: a library that a part of the package needs is not installed
 * - `QUEUE_FULL`, `JOB_FAILED`, `JOB_REMOVED`: of queues (`nonconvex/queue`)
 * - `DEADLINE_EXCEEDED`: the setting `deadline` has ended work that has no answer yet
 * - `DEBUG_SOLUTION_LOST`: a search has lost the known solution that it was asked to follow
 * - `PEER_FAILED`: another rank of a solve over ranks cannot go on, or has gone another way
 */
export type SolverErrorCode = (typeof codes)[number];

/** A solve that could not run, though its arguments were right; `code` says why. */
export class SolverError extends Error {
  static {
    acrossCopies(SolverError, 'SolverError');
  }

  readonly code: SolverErrorCode;

  constructor(code: SolverErrorCode, message: string, options?: ErrorOptions) {
    super(String(message), options);
    this.name = 'SolverError';
    this.code = code;
  }
}

/**
 * An error of the addon as one of this side: an Error with a `code` as a {@link SolverError}, and others, where they are of another realm
 * (the addon knows that of the process, not a context of node:vm that the package may be evaluated in), as one of the same name.
 */
export function fromNative(error: unknown): unknown {
  if (!isError(error) || error instanceof SolverError) return error;
  const { name, message, code: given } = error as Error & { code?: unknown };
  const code = codes.find((each) => each === given);
  if (code !== undefined) return new SolverError(code, message);
  const own = error instanceof Error ? error : new (classes.get(name) ?? Error)(message);
  if (given === invalidArgument) ofArgument(own);
  // The addon's was made on no stack at all; this one leads to the code that awaits the solve.
  Error.captureStackTrace(own, fromNative);
  return own;
}

const classes = new Map<string, new (message: string) => Error>([
  ['RangeError', RangeError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
]);

/** The functions of an addon, whose errors are of this side. */
export function withOwnErrors<Exports extends Record<string, unknown>>(exported: Exports): Exports {
  const wrapped = Object.entries(exported).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value];
    const call = (...given: unknown[]): unknown => {
      try {
        return value(...given);
      } catch (error) {
        throw fromNative(error);
      }
    };
    return [name, call];
  });
  return Object.fromEntries(wrapped) as Exports;
}
