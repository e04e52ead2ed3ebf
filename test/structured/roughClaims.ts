// The solvers with rows that are repeated, of low rank or nearly so.
import type { Claim, Trial } from '../contract/problem.js';
import { degenerate, roughened } from '../contract/rough.js';
import { checkeredTrial } from './checkeredTrial.js';
import { type Change, uniforms } from './data.js';
import { dictionaryTrial } from './dictionaryTrial.js';
import { oneClassTrial } from './oneClassTrial.js';
import { robustTrial } from './robustTrial.js';
import { unlearnTrial } from './unlearnTrial.js';

const trials = { unlearnTrial, checkeredTrial, robustTrial, oneClassTrial, dictionaryTrial };

const rough =
  (among: readonly string[]): Change =>
  (x, seed) =>
    roughened(x, Math.floor(seed / 5), uniforms(seed + 11), among).x;

const degenerateRows: Trial = async (seed) => {
  const [name, trial] = Object.entries(trials)[seed % 5] as [string, typeof unlearnTrial];
  const { status, wrong } = await trial(
    seed,
    rough(trial === robustTrial ? ['repeated rows'] : degenerate), // which refuses columns that depend on one another
  );
  return { status, wrong: wrong.map((what) => `${name}: ${what}`) };
};

export const roughClaims: Record<string, Claim> = { 'degenerate rows': { trial: degenerateRows, cases: 2000 } };
