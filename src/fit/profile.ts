// Profiles of parameters, and intervals by them: a parameter is held while the sum of squares is minimised over the others.
import { rangeError } from '../core/argumentError.js';
import type { Bounds } from '../core/bounds.js';
import { show } from '../core/check.js';
import type { Profile } from '../core/drawing.js';
import type { Origin } from './curveProblem.js';
import type { FitResult } from './result.js';
import { type FitSettings, solveResiduals } from './solver.js';

export interface Interval {
  lower: number;
  upper: number;
}

/** The root of how much the sum of squares grows over s where parameter j is held at a value. Begins where the last one ended. */
function growthOf(
  fit: FitResult,
  { program, settings, problem }: Origin,
  j: number,
): (value: number) => Promise<number> {
  const { bounds, n } = program;
  const unit = problem.absoluteSigma ? 1 : (fit.residualDeviation as number);
  const { onProgress: _, verbose: __, restarts: ___, ...others } = settings;
  let warm: Float64Array = fit.x.slice();
  return async (value) => {
    const lower = bounds.lower?.slice() ?? new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    const upper = bounds.upper?.slice() ?? new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    lower[j] = upper[j] = value;
    warm = warm.map((entry, k) => (k === j ? value : entry));
    const at = await solveResiduals(
      program,
      { ...others, projection: false, warmStart: { x: warm } },
      { lower, upper },
    );
    if (at.status === 'solved') warm = at.x;
    const growth = (at.residualSumOfSquares as number) - (fit.residualSumOfSquares as number);
    return Math.sqrt(Math.max(0, growth)) / unit;
  };
}

function requireSquares({ loss = 'squared' }: FitSettings): void {
  if (loss === 'squared') return;
  throw rangeError(`loss = ${show(loss)}: expected 'squared' for a profile; method: 'linear' takes all`);
}

const boundsAt = ({ lower, upper }: Bounds, j: number): { low: number; high: number } => ({
  low: lower?.[j] ?? Number.NEGATIVE_INFINITY,
  high: upper?.[j] ?? Number.POSITIVE_INFINITY,
});

/** The profile interval: where sqrt(RSS(value) - RSS) / s is t, on either side. */
export async function profileInterval(fit: FitResult, origin: Origin, j: number, t: number): Promise<Interval> {
  requireSquares(origin.settings);
  const end = (sign: 1 | -1): Promise<number> =>
    crossing(growthOf(fit, origin, j), {
      center: fit.x[j] as number,
      step: sign * t * (fit.standardErrors?.[j] as number),
      t,
      ...boundsAt(origin.program.bounds, j),
    });
  return { lower: await end(-1), upper: await end(1) };
}

/** The profile of parameter j, of `steps` values on either side, up to some t. */
export async function profileOf(fit: FitResult, origin: Origin, j: number, t: number, steps: number): Promise<Profile> {
  requireSquares(origin.settings);
  const center = fit.x[j] as number;
  const { low, high } = boundsAt(origin.program.bounds, j);
  const side = async (sign: 1 | -1): Promise<[value: number, t: number][]> => {
    const growth = growthOf(fit, origin, j);
    const found: [number, number][] = [];
    let [value, grown] = [center, 0];
    let step = (t * (fit.standardErrors?.[j] as number)) / steps;
    for (let k = 0; k < 4 * steps && grown < t && value > low && value < high; ++k) {
      const next = Math.min(high, Math.max(low, value + sign * step));
      const there = await growth(next);
      if (!(there > grown)) break; // the others went to another minimum
      if (there > grown + t / 2) {
        step /= 4; // steep, or a minimum that is none of these
        continue;
      }
      // The next step is as long as the last slope says for the next t, and neither far longer nor far shorter than the last.
      step *= Math.min(2, Math.max(0.25, t / steps / (there - grown)));
      [value, grown] = [next, there];
      found.push([value, sign * grown]);
    }
    return found;
  };
  const points = [...(await side(-1)).reverse(), [center, 0] as [number, number], ...(await side(1))];
  return {
    name: origin.problem.names[j] as string,
    values: Float64Array.from(points, ([value]) => value),
    t: Float64Array.from(points, ([, grown]) => grown),
  };
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
