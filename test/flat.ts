// Solvers that take the settings of methods beside the others, as tables of trials have them: a method's come with it, and without one with `auto`.
import { isList } from '../src/core/check.js';
import { withMethod } from '../src/core/methodSettings.js';
import type { Prediction, Targets } from '../src/core/targets.js';
import type { MinimizeSumMethodSettings } from '../src/generated/minimizeSumMethods.js';
import type { NlpMethodSettings } from '../src/generated/nlpMethods.js';
import type { ReluMethodSettings } from '../src/generated/reluMethods.js';
import * as nlp from '../src/nlp/index.js';
import * as relu from '../src/relu/index.js';
import * as smooth from '../src/smooth/index.js';

export interface NlpSettings extends nlp.NlpSettings, NlpMethodSettings {}

export interface ReluSettings extends relu.ReluSettings, ReluMethodSettings {}

export interface MinimizeSumSettings
  extends smooth.MinimizeSumSettings,
    MinimizeSumMethodSettings,
    Pick<smooth.NormSteepestSettings, 'geometry'>,
    Pick<smooth.DpSgdSettings, 'privacyDelta'> {}

/** Settings as users give them; what is no object stays what it is. */
function grouped(solver: string, settings: object, more: readonly string[] = []): object {
  const plain = typeof settings === 'object' && settings !== null && !isList(settings);
  return plain ? withMethod(solver, settings as Record<string, unknown>, more) : settings;
}

export const minimize = (problem: Parameters<typeof nlp.minimize>[0], settings: NlpSettings = {}) =>
  nlp.minimize(problem, grouped('nlp', settings));

export const minimizeSum = (problem: Parameters<typeof smooth.minimizeSum>[0], settings: MinimizeSumSettings = {}) =>
  smooth.minimizeSum(problem, grouped('minimizeSum', settings, ['geometry', 'privacyDelta']));

export const trainReluNetwork = <const Y extends Targets>(
  data: relu.ReluData<Y>,
  settings: ReluSettings = {},
): Promise<relu.ReluResult<Prediction<Y>>> => relu.trainReluNetwork(data, grouped('relu', settings));
