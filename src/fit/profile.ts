// Profile intervals: a parameter is held while the sum of squares is minimised over the others.
import { rangeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import type { Origin } from './curveProblem.js';
import { type SquaresResult, solveResiduals } from './solver.js';

export interface Interval {
  lower: number;
  upper: number;
}

/** The profile interval: where sqrt(RSS(value) - RSS) / s is t, on either side. */
export async function profileInterval(
  fit: SquaresResult,
  { program, settings, problem }: Origin,
  j: number,
  t: number,
): Promise<Interval> {
  if ((settings.loss ?? 'squared') !== 'squared') {
    throw rangeError(`loss = ${show(settings.loss)}: expected 'squared' for a profile; method: 'linear' takes all`);
  }
  const bounds = program.bounds;
  const n = program.n;
  const [low, high] = [bounds.lower?.[j] ?? Number.NEGATIVE_INFINITY, bounds.upper?.[j] ?? Number.POSITIVE_INFINITY];
  const unit = problem.absoluteSigma ? 1 : (fit.residualDeviation as number);
  const least = fit.residualSumOfSquares as number;
  const end = async (sign: 1 | -1): Promise<number> => {
    let warm: Float64Array = fit.x.slice();
    const growth = async (value: number): Promise<number> => {
      const lower = bounds.lower?.slice() ?? new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
      const upper = bounds.upper?.slice() ?? new Float64Array(n).fill(Number.POSITIVE_INFINITY);
      lower[j] = upper[j] = value;
      warm = warm.map((entry, k) => (k === j ? value : entry));
      const { onProgress: _, verbose: __, restarts: ___, ...others } = settings;
      const at = await solveResiduals(
        program,
        { ...others, projection: false, warmStart: { x: warm } },
        { lower, upper },
      );
      if (at.status === 'solved') warm = at.x;
      return Math.sqrt(Math.max(0, (at.residualSumOfSquares as number) - least)) / unit;
    };
    return crossing(growth, {
      center: fit.x[j] as number,
      step: sign * t * (fit.standardErrors?.[j] as number),
      t,
      low,
      high,
    });
  };
  return { lower: await end(-1), upper: await end(1) };
}

/** Finds where a function that is 0 at the center reaches t to one side; a bound, or infinity, if it does not. */
async function crossing(
  growth: (value: number) => Promise<number>,
  { center, step, t, low, high }: { center: number; step: number; t: number; low: number; high: number },
): Promise<number> {
  let [inside, insideValue] = [center, 0];
  let [outside, outsideValue] = [Number.NaN, Number.NaN];
  let next = center + step;
  for (let k = 0; k < 60; ++k) {
    const value = Math.min(Math.max(next, low), high);
    const found = await growth(value);
    if (Math.abs(found - t) <= 1e-7 * t) return value;
    if (found < t) {
      if (value === low || value === high) return value;
      [inside, insideValue] = [value, found];
      if (Number.isNaN(outside) && k >= 40) return step > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    } else {
      [outside, outsideValue] = [value, found];
    }
    if (Number.isNaN(outside)) {
      const linear = center + (inside - center) * Math.min(2, (1.05 * t) / Math.max(insideValue, 1e-3 * t));
      next = Math.abs(linear - center) > Math.abs(inside - center) ? linear : inside + step;
    } else {
      // Regula falsi, by bisection now and then, so that no end stays for ever.
      const share = k % 4 === 3 ? 0.5 : (t - insideValue) / (outsideValue - insideValue);
      next = inside + (outside - inside) * Math.min(0.99, Math.max(0.01, share));
      if (Math.abs(outside - inside) <= 1e-10 * Math.abs(outside - center)) return next;
    }
  }
  return next;
}
