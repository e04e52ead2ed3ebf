// Random problems of the solvers in turn, whose results are looked at by code that shares nothing with them.
import type { Trial } from '../contract/problem.js';
import { sequentialMaxMarginTrial } from './sequentialMaxMarginTrial.js';
import { teachKernelTrial } from './teachKernelTrial.js';
import { unlearnTrial } from './unlearnTrial.js';

const trials: Trial[] = [unlearnTrial, sequentialMaxMarginTrial, teachKernelTrial];

export const trial: Trial = (seed) => (trials[seed % trials.length] as Trial)(seed);
