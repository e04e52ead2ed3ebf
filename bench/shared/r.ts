// Programs of bench/ in R.
import { join } from 'node:path';
import { root } from './native.js';
import { Script } from './script.js';

/** Starts a script; undefined where there is no R that has its packages. */
export const startR = (script: string): Promise<Script | undefined> =>
  Script.start(script, [['Rscript', '--vanilla', join(root, script)]]);
