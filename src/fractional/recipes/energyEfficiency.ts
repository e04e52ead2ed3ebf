// Powers for channels of a radio link.
import { rangeError } from '../../core/argumentError.js';
import { checkMembers, checkNumber, checkNumbers, checkVector } from '../../core/check.js';
import { checkOptions } from '../../core/settingNames.js';
import { type FractionalResult, type FractionalSettings, minimizeRatio } from '../solver.js';
import { affine, at, box, sumLog } from '../terms.js';

export interface EnergyEfficiencyData {
  /** n numbers >= 0: each channel's gain over its noise, per unit of power. */
  gains: ArrayLike<number>;
}

export interface EnergyEfficiencyOptions extends FractionalSettings {
  /** Power that is used whatever is sent, > 0, in the unit of the result. */
  circuitPower: number;
  /** Most power of each channel, > 0, one number for all or n of them. Default: Infinity. */
  maxPower?: number | ArrayLike<number> | undefined;
}

export interface EnergyEfficiencyResult extends FractionalResult {
  /** Power of each channel, n numbers. The same as `x`. */
  power: Float64Array;
  /** circuitPower + the sum of `power`. */
  totalPower: number;
  /** sum_i log(1 + gains_i power_i), in nats per channel use; divide by ln 2 for bits. */
  rate: number;
  /** rate / totalPower: what is maximised. */
  efficiency: number;
}

/**
 * The powers that send the most for their energy over n parallel channels:
 *
 *     maximise  sum_i log(1 + gains_i p_i) / (circuitPower + sum_i p_i)   subject to   0 <= p_i <= maxPower_i
 *
 * The denominator of its inverse, which is minimised, is
 * concave, so the optimum is global.
 *
 * ```ts
 * const { power, efficiency } = await energyEfficiency({ gains }, { circuitPower: 1, maxPower: 2 });
 * ```
 *
 * A. Zappone, E. Jorswieck, "Energy efficiency in wireless networks via fractional programming theory", Foundations and Trends in
 * Communications and Information Theory 11, 2015.
 *
 * @throws (rejects) TypeError or RangeError that names the argument and the value, and as {@link minimizeRatio} does.
 */
export async function energyEfficiency(
  data: EnergyEfficiencyData,
  options: EnergyEfficiencyOptions,
): Promise<EnergyEfficiencyResult> {
  const {
    circuitPower,
    maxPower = Number.POSITIVE_INFINITY,
    ...settings
  } = checkOptions('fractional', options, ['circuitPower', 'maxPower']);
  const { gains } = checkMembers('data', data, ['gains']);
  const h = checkVector('gains', gains, { lower: 0 });
  if (h.every((gain) => gain === 0)) throw rangeError('gains: expected a number that is not 0');
  const fixed = checkNumber('circuitPower', circuitPower, { lower: 0, open: true });
  const most = checkNumbers('maxPower', maxPower, { lower: 0, infinite: true });
  if (typeof most !== 'number' && most.length !== h.length) {
    throw rangeError(`maxPower: expected ${h.length} numbers, one for each gain, got ${most.length}`);
  }
  h.forEach((_, i) => {
    const place = typeof most === 'number' ? '' : `[${i}]`;
    if (!(at(most, i) > 0)) throw rangeError(`maxPower${place} = ${at(most, i)}: expected a number > 0`);
  });
  const result = await minimizeRatio(
    {
      numerator: [affine(new Float64Array(h.length).fill(1), fixed), box(0, most)],
      denominator: sumLog(h),
      // A power of 1 / gain is one nat per channel or so; channels without gain only cost.
      start: h.map((gain, i) => (gain === 0 ? 0 : Math.min(at(most, i), 1 / gain))),
    },
    settings,
  );
  const { x: power, numerator: totalPower, denominator: rate } = result;
  return { ...result, power, totalPower, rate, efficiency: rate / totalPower };
}
