// Methods of minimizeSum() with their settings: those that the native library declares, and two that have more, which stay in TypeScript.
import { checkObject } from '../core/check.js';
import type { Choice, SettingsOf } from '../core/makers.js';
import * as declared from '../generated/minimizeSumChoices.js';

export * from '../generated/minimizeSumChoices.js';

export interface NormSteepestSettings extends SettingsOf<typeof declared.normSteepest> {
  /** A norm for each variable, in order. Default: `'spectral'` for matrices and `'l2'` for the rest. Change it when variables differ in kind, as matrices and vectors do. */
  geometry?: readonly ('l2' | 'sign' | 'spectral')[] | undefined;
}

export interface DpSgdSettings extends SettingsOf<typeof declared.dpSgd> {
  /** The delta of differential privacy. Default: 1 / (10 N) for N rows. Change it when another one was promised. */
  privacyDelta?: number | undefined;
}

/** The method `normSteepest` of `minimizeSum` with its settings. */
export function normSteepest(settings: NormSteepestSettings = {}): Choice<'normSteepest', NormSteepestSettings> {
  const { geometry, ...others } = checkObject('settings', settings);
  return Object.freeze({ ...declared.normSteepest(others), ...(geometry !== undefined && { geometry }) });
}

/** The method `dpSgd` of `minimizeSum` with its settings. */
export function dpSgd(settings: DpSgdSettings = {}): Choice<'dpSgd', DpSgdSettings> {
  const { privacyDelta, ...others } = checkObject('settings', settings);
  return Object.freeze({ ...declared.dpSgd(others), ...(privacyDelta !== undefined && { privacyDelta }) });
}
