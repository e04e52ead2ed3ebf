// How many rows of training a network is certified for.

import type { Prediction, Targets } from '../core/targets.js';
import { certifyNetwork } from '../discrete/certifyNetwork.js';
import { defined, type ReluData, type ReluResult, type ReluRobustness, type ReluSettings } from './problem.js';

/** Adds the rows that are proved robust, and attacked, to `robustness`; in what time is left. */
export async function withCertifiedRows<P extends Prediction>(
  result: ReluResult<P>,
  { x, y }: ReluData<Targets>,
  { adversary, timeLimit, threads, signal, deadline }: ReluSettings,
): Promise<ReluResult<P>> {
  const { network, robustness, seconds: before } = result;
  if (!adversary || !robustness || network.outputWeights.rows === 0) return result;
  const left = typeof timeLimit === 'number' ? Math.max(0, timeLimit - before) : undefined;
  const { norm, radius } = adversary;
  const limits = defined({ timeLimit: left, threads, signal, deadline });
  const { certified, attacked, seconds } = await certifyNetwork({ network, x, y }, { norm, radius, ...limits });
  const known: ReluRobustness = { ...robustness, certified, attacked };
  return Object.assign(result, { robustness: known, seconds: before + seconds });
}
