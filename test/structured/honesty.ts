// Random problems of the solvers in turn, whose results are looked at by code that shares nothing with them.
import type { Trial } from '../contract/problem.js';
import { blindTrial } from './blindTrial.js';
import { checkeredTrial } from './checkeredTrial.js';
import { dictionaryTrial } from './dictionaryTrial.js';
import { oneClassTrial } from './oneClassTrial.js';
import { robustTrial } from './robustTrial.js';
import { roughClaims } from './roughClaims.js';
import { sequentialMaxMarginTrial } from './sequentialMaxMarginTrial.js';
import { teachKernelTrial } from './teachKernelTrial.js';
import { unlearnTrial } from './unlearnTrial.js';

export const claims = roughClaims;

const trials: Trial[] = [
  unlearnTrial,
  sequentialMaxMarginTrial,
  teachKernelTrial,
  checkeredTrial,
  robustTrial,
  blindTrial,
  oneClassTrial,
  dictionaryTrial,
];

export const trial: Trial = (seed) => (trials[seed % trials.length] as Trial)(seed);
