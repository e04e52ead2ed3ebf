// A kind of the workers' own, beside those of the package: `nonconvex worker --module kinds.js`.
import { setTimeout as pause } from 'node:timers/promises';

export const kinds = {
  /** Fails every time, to show what becomes of such a job. */
  async broken() {
    await pause(200);
    throw new TypeError('this kind of job cannot succeed');
  },
};
