export type SolverErrorCode = 'DEVICE_UNAVAILABLE' | 'OUT_OF_MEMORY' | 'CALLBACK_FAILED' | 'ADDON_NOT_FOUND';

/** A solve that could not run, though its arguments were right; `code` says why. */
export class SolverError extends Error {
  readonly code: SolverErrorCode;

  constructor(code: SolverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SolverError';
    this.code = code;
  }
}
