// How much privacy noisy gradients of random batches cost.
import { rangeError } from '../core/argumentError.js';
import { checkInteger, checkMembers, checkNumber } from '../core/check.js';

export interface PrivacySpending {
  /** Standard deviation of the noise over the norm that gradients are clipped to. */
  noise: number;
  /** The chance of a row to be in a batch, which are drawn independently: batch size / rows. */
  rate: number;
  /** How many batches were used. */
  steps: number;
  /** The chance that the promise fails. */
  privacyDelta: number;
}

/** The largest order of Renyi's divergence that is tried. */
const mostOrders = 512;

/**
 * The epsilon for which `steps` steps of DP-SGD with Poisson batches are (epsilon, privacyDelta)-differentially private:
 *
 *     min over a = 2, 3, ... of steps rdp(a) + log(1 / privacyDelta) / (a - 1),
 *     rdp(a) = log(sum_i binom(a, i) (1 - q)^(a - i) q^i exp((i^2 - i) / (2 noise^2))) / (a - 1),   q = rate.
 *
 * M. Abadi et al., "Deep learning with differential privacy", CCS 2016; I. Mironov, K. Talwar, L. Zhang, "Renyi differential privacy of the sampled
 * Gaussian mechanism", 2019, section 3.3.
 *
 * Infinity where the noise is so small that nothing is promised.
 *
 * @throws TypeError or RangeError that names the member.
 */
export function privacySpent(spending: PrivacySpending): number {
  const members = ['noise', 'rate', 'steps', 'privacyDelta'];
  const { noise, rate, steps, privacyDelta } = checkMembers('spending', spending, members);
  checkNumber('noise', noise, { lower: 0, open: true });
  checkNumber('rate', rate, { lower: 0, open: true });
  checkInteger('steps', steps, 1);
  checkNumber('privacyDelta', privacyDelta, { lower: 0, open: true });
  if (rate > 1) throw rangeError(`rate = ${rate}: expected at most 1`);
  if (privacyDelta >= 1) throw rangeError(`privacyDelta = ${privacyDelta}: expected below 1`);
  let least = Number.POSITIVE_INFINITY;
  for (let order = 2; order <= mostOrders; ++order) {
    least = Math.min(least, steps * divergence(order, noise, rate) + Math.log(1 / privacyDelta) / (order - 1));
  }
  return least;
}

/**
 * Renyi's divergence of that order, of a step: the sum is 1 + sum_i binom(a, i) (1 - q)^(a - i) q^i (exp((i^2 - i) / (2 noise^2)) - 1), of
 * which nothing cancels.
 */
function divergence(order: number, noise: number, rate: number): number {
  if (rate === 1) return order / (2 * noise ** 2);
  const terms: number[] = [];
  let binomial = Math.log(order); // its logarithm
  for (let i = 2; i <= order; ++i) {
    binomial += Math.log((order - i + 1) / i);
    const growth = (i * i - i) / (2 * noise ** 2);
    terms.push(
      binomial + (order - i) * Math.log1p(-rate) + i * Math.log(rate) + growth + Math.log(-Math.expm1(-growth)),
    );
  }
  const largest = Math.max(...terms);
  if (!Number.isFinite(largest)) return Math.max(largest, 0);
  const excess = largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
  return (excess > 30 ? excess + Math.log1p(Math.exp(-excess)) : Math.log1p(Math.exp(excess))) / (order - 1);
}
