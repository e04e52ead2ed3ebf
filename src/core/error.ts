import { acrossCopies } from './brand.js';

/**
 * - `DEVICE_UNAVAILABLE`, `ADDON_NOT_FOUND`: the machine or the package lacks it
 * - `DEVICE_FAILED`: a GPU's driver or library failed during a solve
 * - `OUT_OF_MEMORY`; `TOO_LARGE`: more entries than can be counted
 * - `CALLBACK_FAILED`: a function of yours threw, or gave what it must not
 * - `FILE_NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED`, `WRITE_FAILED`: of files of models
 */
export type SolverErrorCode =
  | 'DEVICE_UNAVAILABLE'
  | 'DEVICE_FAILED'
  | 'ADDON_NOT_FOUND'
  | 'OUT_OF_MEMORY'
  | 'TOO_LARGE'
  | 'CALLBACK_FAILED'
  | 'FILE_NOT_FOUND'
  | 'INVALID_FILE'
  | 'UNSUPPORTED'
  | 'WRITE_FAILED';

/** A solve that could not run, though its arguments were right; `code` says why. */
export class SolverError extends Error {
  static {
    acrossCopies(SolverError, 'SolverError');
  }

  readonly code: SolverErrorCode;

  constructor(code: SolverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SolverError';
    this.code = code;
  }
}

/** SolverError is a class of this side: the addon makes an Error with a `code`. */
export function fromNative(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SolverError) return error;
  const code = (error as { code?: SolverErrorCode }).code;
  if (code !== undefined) return new SolverError(code, error.message);
  // It was made on no stack at all; this one leads to whoever awaits the solve.
  Error.captureStackTrace(error, fromNative);
  return error;
}
