// Problems on which no private steps are taken, and the privacy of those that were.
import { rangeError } from '../core/argumentError.js';
import { checkNumber } from '../core/check.js';
import { RegressionProgram } from '../problems/regression.js';
import { privacySpent } from './privacy.js';

/** The method whose steps are private. */
export const privateMethod = 'dpSgd';

const of = `for method '${privateMethod}'`;

/**
 * (epsilon, privacyDelta)-differential privacy: an observer who sees x, and no more, learns of single rows what that allows, after the steps that were
 * taken. The number of rows is taken for known: a row that is absent is one whose gradient is 0.
 */
export interface Privacy {
  epsilon: number;
  privacyDelta: number;
}

/** Settings that the privacy of a solve rests on. */
interface PrivacySettings {
  method?: string | undefined;
  noise?: number | undefined;
  insecureNoise?: boolean | undefined;
  batchSize?: number | 'full' | undefined;
  validation?: unknown;
  privacyDelta?: number | undefined;
}

/**
 * Looks, before the solve, at what its privacy is to rest on; the addon refuses settings that let rows without noise decide something.
 * @throws TypeError or RangeError that names the argument.
 */
export function checkPrivacy(
  problem: unknown,
  { method = 'auto', validation, privacyDelta }: PrivacySettings,
  rows: number,
): void {
  if (method !== privateMethod) return;
  deltaOf(privacyDelta, rows);
  if (validation !== undefined)
    throw rangeError(`validation: expected none ${of}, as losses of rows, by which it chooses, are not private`);
  if (problem instanceof RegressionProgram) refuseStatistics(problem);
}

/** Refuses regressions in which what one row counts, or is, depends on the others. */
function refuseStatistics({ rows, classes = [0, 1] }: RegressionProgram): void {
  if (rows.weighted) {
    throw rangeError(
      `problem.sampleWeight: expected none ${of}, as weights are divided by their sum, so that a row changes what all others ` +
        'count; a model of rows may multiply the loss of each by its weight',
    );
  }
  const [zero, one] = classes;
  if (typeof zero === 'number' && typeof one === 'number' && zero >= 0 && one <= 1 && one - zero < 1) {
    throw rangeError(
      `problem.y: expected 0 and 1 ${of}, got ${zero} and ${one}, which are two classes, or shares if another row has a third number`,
    );
  }
}

/** The delta of the privacy: as given, or by the number of rows. */
function deltaOf(given: unknown, rows: number): number {
  if (given === undefined) return 1 / (10 * rows);
  const delta = checkNumber('privacyDelta', given, { lower: 0, open: true });
  if (delta >= 1) throw rangeError(`privacyDelta = ${delta}: expected below 1`);
  return delta;
}

/** The privacy of a number of private steps; nothing without noise, or where it would be of no use. */
export function privacyOf(settings: PrivacySettings, rows: number, steps: number): Privacy | undefined {
  const { noise = 1, insecureNoise = false, batchSize = 64 } = settings;
  if (insecureNoise || noise === 0 || steps === 0) return undefined;
  const rate = batchSize === 'full' ? 1 : Math.min(1, (batchSize || 64) / rows);
  const privacyDelta = deltaOf(settings.privacyDelta, rows);
  const epsilon = privacySpent({ noise, rate, steps, privacyDelta });
  return Number.isFinite(epsilon) ? { epsilon, privacyDelta } : undefined;
}
