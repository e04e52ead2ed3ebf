// Families of responses: what a linear prediction says of the mean, and how far a response is from it.
import { choicesOf, defaultOfSetting, namesOfSetting } from '../core/addon.js';
import { typeError } from '../core/argumentError.js';
import { checkNumber, checkOneOf, show } from '../core/check.js';
import type { NameOf, SettingsOf } from '../core/makers.js';
import type { SparseFamily } from '../generated/sparseChoices.js';
import * as made from '../generated/sparseChoices.js';
import { meanOf } from '../predict/regression.js';
import { checkOpenFraction } from './fractions.js';

export type { SparseFamily };
export { meanOf };

/**
 * Huber's loss, for numbers with outliers: r^2 / 2 of residuals up to huberDelta, huberDelta |r| - huberDelta^2 / 2 beyond. `huberDelta` is in units of y, as no
 * scale is estimated: 1.35 times the standard deviation of the noise loses 5 % against least squares where there are no outliers.
 */
export function huber(settings: SettingsOf<typeof made.huber> = {}): ReturnType<typeof made.huber> {
  const family = made.huber(settings);
  if (family.huberDelta !== undefined) checkNumber('huberDelta', family.huberDelta, { lower: 0, open: true });
  return family;
}

/** The loss of a quantile, the median for `level` 0.5: level r of residuals r = y - t above 0, (level - 1) r of those below. */
export function quantile(settings: SettingsOf<typeof made.quantile> = {}): ReturnType<typeof made.quantile> {
  const family = made.quantile(settings);
  if (family.level !== undefined) checkOpenFraction('level', family.level);
  return family;
}

/** Cox's proportional hazards: y are `{ time, event }`, and there is no intercept. Ties are those of Efron, or of Breslow as in glmnet. */
export function cox(settings: SettingsOf<typeof made.cox> = {}): ReturnType<typeof made.cox> {
  const family = made.cox(settings);
  if (family.ties !== undefined) checkOneOf('ties', family.ties, ['efron', 'breslow']);
  return family;
}

/** The name of a family. */
export type FamilyName = NameOf<SparseFamily>;

/** Parameters of families beside their name. */
export type FamilyParameters = Pick<made.SparseChoiceSettings, 'huberDelta' | 'level' | 'ties'>;

/** A family with its parameters. */
export type FamilyOf = FamilyParameters & { family: FamilyName };

/** A family with its parameters, those that are not given by default. */
export function familyOf(family: unknown, given: FamilyParameters): FamilyOf {
  if (typeof family !== 'string') {
    const expected = 'expected the name of a family, or huber({ huberDelta }), quantile({ level }), cox({ ties })';
    throw typeError(`family = ${show(family)}: ${expected}`);
  }
  const name = checkOneOf('family', family as FamilyName, families());
  const its = choicesOf('sparse').find((choice) => choice.setting === 'family' && choice.name === name)?.settings ?? [];
  const usual = its.map((each) => [each, defaultOfSetting('sparse', each)]);
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { family: name, ...Object.fromEntries([...usual, ...defined]) };
}

/** The names of families. */
const families = (): readonly FamilyName[] => namesOfSetting('sparse', 'family') as readonly FamilyName[];

/** The losses of src/problems by which responses are read. */
export const losses = {
  gaussian: 'squared',
  binomial: 'logistic',
  poisson: 'poisson',
  gamma: 'gamma',
  huber: 'squared',
  quantile: 'squared',
} as const;

/** The deviance of a response y whose linear prediction is t: twice its loss less that of a perfect prediction. */
export function devianceOf({ family, huberDelta: delta = 1.35, level = 0.5 }: FamilyOf, t: number, y: number): number {
  switch (family) {
    case 'gaussian':
      return (t - y) ** 2;
    case 'binomial':
      return 2 * (Math.max(0, t) + Math.log1p(Math.exp(-Math.abs(t))) - y * t + xLogX(y) + xLogX(1 - y));
    case 'poisson':
      return 2 * (Math.exp(t) - y * t - y + xLogX(y));
    case 'gamma':
      return 2 * (t + y * Math.exp(-t) - 1 - Math.log(y));
    case 'huber':
      return Math.abs(t - y) <= delta ? (t - y) ** 2 : delta * (2 * Math.abs(t - y) - delta);
    case 'quantile':
      return 2 * (y > t ? level : level - 1) * (y - t);
    case 'cox':
    case 'multinomial':
      throw typeError(`the deviance of '${family}' is no sum over numbers`);
  }
}

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0);
