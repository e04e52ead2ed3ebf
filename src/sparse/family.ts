// Families of responses: what a linear prediction says of the mean, and how far a response is from it.
import { checkMembers, checkNumber, checkOneOf, show } from '../core/check.js';
import { type Family, meanOf } from '../predict/regression.js';
import { checkOpenFraction } from './fractions.js';

export { meanOf };

/**
 * What the responses are: numbers (`huber`: with outliers, `quantile`: whose quantile is wanted), two classes or shares, counts, positive
 * numbers, times until an event, classes. Counts and positive numbers have the logarithmic link.
 */
export type SparseFamily = Family;

/** What families have beside their name. */
export interface FamilyParameters {
  /** The residual, in units of y, from which on the loss of `huber` grows linearly. */
  huberDelta?: number;
  /** Which quantile it is of `quantile`, between 0 and 1. */
  level?: number;
  /** How several events at one time count, for `cox`. */
  ties?: 'efron' | 'breslow';
}

/** A family made by {@link huber}, {@link quantile} or {@link cox}. */
export interface SparseLoss extends Readonly<FamilyParameters> {
  readonly kind: 'huber' | 'quantile' | 'cox';
}

/**
 * Huber's loss, for numbers with outliers: r^2 / 2 of residuals up to huberDelta, huberDelta |r| - huberDelta^2 / 2 beyond. `huberDelta` is in units of y, as no
 * scale is estimated: 1.35 times the standard deviation of the noise loses 5 % against least squares where there are no outliers.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function huber(huberDelta = 1.35): SparseLoss {
  return Object.freeze({ kind: 'huber', huberDelta: checkNumber('huberDelta', huberDelta, { lower: 0, open: true }) });
}

/**
 * The loss of a quantile, the median for `level` 0.5: level r of residuals r = y - t above 0, (level - 1) r of those below.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function quantile(level: number): SparseLoss {
  return Object.freeze({ kind: 'quantile', level: checkOpenFraction('level', level) });
}

/**
 * Cox's proportional hazards: y are `{ time, event }`, and there is no intercept. Ties are those of Efron, or of Breslow as in glmnet.
 * @throws TypeError or RangeError that names the argument and the value.
 */
export function cox(options: Pick<FamilyParameters, 'ties'> = {}): SparseLoss {
  const { ties = 'efron' } = checkMembers('options', options, ['ties'], 'option');
  return Object.freeze({ kind: 'cox', ties: checkOneOf('ties', ties, ['efron', 'breslow']) });
}

const families: readonly SparseFamily[] = [
  'gaussian',
  'binomial',
  'poisson',
  'gamma',
  'huber',
  'quantile',
  'cox',
  'multinomial',
];
/** The family that a parameter belongs to, and what it is by default. */
const parameters = { huberDelta: ['huber', 1.35], level: ['quantile', 0.5], ties: ['cox', 'efron'] } as const;

/** A family, made by a function or the name of one beside its parameter, with its parameter. */
export function familySettings(given: unknown, beside: FamilyParameters): FamilyParameters & { family: SparseFamily } {
  const made = typeof given === 'object' && given !== null ? (given as Partial<SparseLoss>) : undefined;
  if (made ? !['huber', 'quantile', 'cox'].includes(made.kind as string) : typeof given !== 'string') {
    throw new TypeError(
      `family = ${show(given)}: expected the name of a family, or huber(huberDelta), quantile(level), cox()`,
    );
  }
  const family = made ? (made.kind as SparseFamily) : checkOneOf('family', given as SparseFamily, families);
  const settings: FamilyParameters = {};
  for (const name of ['huberDelta', 'level', 'ties'] as const) {
    const [of, usual] = parameters[name];
    if (beside[name] !== undefined && made) {
      throw new RangeError(`${name} = ${show(beside[name])}: expected none beside a family with its own`);
    }
    if (beside[name] !== undefined) Object.assign(settings, { [name]: beside[name] });
    else if (of === family) Object.assign(settings, { [name]: made?.[name] ?? usual });
  }
  return { family, ...settings };
}

/** The losses of src/problems by which responses are read. */
export const losses = {
  gaussian: 'squared',
  binomial: 'logistic',
  poisson: 'poisson',
  gamma: 'gamma',
  huber: 'squared',
  quantile: 'squared',
} as const;

/** A family with its parameters. */
export type FamilyOf = FamilyParameters & { family: SparseFamily };

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
      throw new TypeError(`the deviance of '${family}' is no sum over numbers`);
  }
}

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0);
