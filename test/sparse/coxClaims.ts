// Random proportional hazards with late entry, ties, strata, weights that are all but 0 and predictions far apart, whose results are checked
// by the definition: each risk set is summed from its own rows, in units of its own largest.
import { cox, elasticNet, lasso, mcp, type SparsePenalty, scad } from '../../src/sparse/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { sparseRegression } from '../flat.js';
import { numbersOf } from './numbersOf.js';
import { columnsOf, Draws, drawn, penaltyOf } from './values.js';

const at = (values: ArrayLike<number>, k: number): number => values[k] as number;
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Times until an event, with weights that sum to 1. */
export interface CoxRows {
  time: readonly number[];
  event: readonly boolean[];
  start?: readonly number[];
  strata?: readonly number[];
  weights: readonly number[];
  ties: 'breslow' | 'efron';
}

interface Term {
  /** The time's events, their weight over that of a term, and who is at risk with which part of its weight. */
  weight: number;
  risk: { i: number; part: number }[];
  time: number;
  stratum: number;
}

/** The terms of the partial likelihood: weight log sum of part w exp(t). */
export function termsOf({ time, event, start, strata, weights, ties }: CoxRows): Term[] {
  const rows = time.map((_, i) => i).filter((i) => at(weights, i) > 0);
  const stratumOf = (i: number) => (strata ? at(strata, i) : 0);
  return [...new Set(rows.map(stratumOf))].flatMap((stratum) => {
    const own = rows.filter((i) => stratumOf(i) === stratum);
    const times = [...new Set(own.filter((i) => event[i]).map((i) => at(time, i)))].sort((a, b) => a - b);
    return times.flatMap((now) => {
      const events = own.filter((i) => event[i] && at(time, i) === now);
      const risk = own.filter((i) => at(time, i) >= now && (!start || at(start, i) < now));
      const count = ties === 'breslow' ? 1 : events.length;
      const weight = total(events.map((i) => at(weights, i))) / count;
      return Array.from({ length: count }, (_, k) => ({
        ...{ weight, time: now, stratum },
        risk: risk.map((i) => ({ i, part: at(weights, i) * (events.includes(i) ? 1 - k / count : 1) })),
      }));
    });
  });
}

/** The loss, and its derivatives in the predictions. */
export function coxLossAt(rows: CoxRows, terms: readonly Term[], t: ArrayLike<number>) {
  const slopes = rows.time.map((_, i) => (rows.event[i] ? -at(rows.weights, i) : 0));
  const parts = terms.map(({ weight, risk }) => {
    const most = Math.max(...risk.map(({ i }) => at(t, i)));
    const each = risk.map(({ i, part }) => part * Math.exp(at(t, i) - most)).sort((a, b) => a - b);
    const sum = total(each);
    for (const { i, part } of risk) slopes[i] = at(slopes, i) + (weight * part * Math.exp(at(t, i) - most)) / sum;
    return { most, value: weight * Math.log(sum) };
  });
  let loss = total(parts.map(({ value }) => value));
  terms.forEach(({ weight }, k) => {
    loss += weight * (parts[k] as { most: number }).most;
  });
  rows.time.forEach((_, i) => {
    if (rows.event[i]) loss -= at(rows.weights, i) * at(t, i);
  });
  return { loss, slopes };
}

/** The loss where only the events of each time are at risk, each with the same prediction. */
function perfectOf(rows: CoxRows): number {
  const { time, event } = rows;
  const parts = termsOf(rows).map(({ weight, risk, time: now }) => {
    const events = risk.filter(({ i }) => event[i] && at(time, i) === now);
    return weight * Math.log(total(events.map(({ part }) => part)));
  });
  return total(parts);
}

/** Rows of which some enter late, and some have predictions far from those of others. */
function drawnRows(draws: Draws, count: number) {
  const integer = (most: number) => Math.floor(most * draws.uniform());
  const some = (share: number) => draws.uniform() < share;
  const late = some(0.8);
  const start = Array.from({ length: count }, () => integer(6));
  const time = start.map((from) => (late ? from : 0) + 1 + integer(8));
  const event = time.map((_, i) => i === 0 || some(0.7));
  const strata = some(0.4) ? time.map(() => integer(3)) : undefined;
  const weights = some(0.5) ? time.map(() => (some(0.4) ? 1e-12 : 0.2 + draws.uniform())) : time.map(() => 1);
  const far = 10 ** (3 * draws.uniform());
  const latest = Math.max(...start);
  const choice = integer(4);
  // Those that enter last have large risks, or any row; or none.
  const offset = time.map((_, i) => {
    if (choice === 0) return 0;
    if (choice === 1) return at(start, i) === latest ? Math.min(far, 700) : 0;
    return some(0.2) ? Math.min(far, 700) * (2 * draws.uniform() - 1) : draws.normal();
  });
  return { time, event, weights, offset, ...(late && { start }), ...(strata && { strata }) };
}

/** The least objective that steps along coordinates find from a point. */
function lowered(objective: (b: readonly number[]) => number, from: readonly number[]): number {
  let [b, best] = [[...from], objective(from)];
  for (let k = 0; k < 40; ++k) {
    const before = best;
    for (let j = 0; j < b.length; ++j) {
      for (let step = 0.3; step > 1e-9; step /= 4) {
        for (const to of [at(b, j) + step, at(b, j) - step, 0]) {
          const other = b.with(j, to);
          const value = objective(other);
          if (value < best) [b, best] = [other, value];
        }
      }
    }
    if (before - best <= 1e-12 * (1 + Math.abs(best))) break;
  }
  return best;
}

/** Late entry, ties and strata with predictions that are far apart. */
const lateEntry: Trial = async (seed) => {
  const draws = new Draws(seed + 8000);
  const some = (share: number) => draws.uniform() < share;
  const count = 12 + Math.floor(25 * draws.uniform());
  const { x } = drawn(seed, 'gaussian', count, 1 + Math.floor(4 * draws.uniform()));
  // An outlier in a column does what an offset does.
  if (some(0.2)) x.data[Math.floor(x.data.length * draws.uniform())] = 600 * (2 * draws.uniform() - 1);
  const { offset, weights: given, ...y } = drawnRows(draws, count);
  const ties = some(0.5) ? 'breslow' : 'efron';
  const lambda = 0.1 * draws.uniform() ** 2 + 2e-3;
  const penalty = [lasso(), elasticNet(0.5), mcp(), scad()][Math.floor(4 * draws.uniform())] as SparsePenalty;
  const tolerance = 1e-7;
  const fit = await sparseRegression(
    { x, y, offset, sampleWeight: given },
    { family: cox({ ties }), lambda, penalty, standardize: false, tolerance },
  );
  const rows: CoxRows = { ...y, ties, weights: given.map((w) => w / total(given)) };
  const terms = termsOf(rows);
  const columns = columnsOf(x);
  const links = (b: ArrayLike<number>) =>
    offset.map((o, i) => o + total(columns.map((column, j) => at(column, i) * at(b, j))));
  const of = { gamma: 3, ...numbersOf(penalty) };
  const penalties = (b: ArrayLike<number>) => total(Array.from(b, (value) => penaltyOf(of, value, lambda)));
  const objectiveAt = (b: ArrayLike<number>) => coxLossAt(rows, terms, links(b)).loss + penalties(b);
  const objective = objectiveAt(fit.coefficients);
  // Offsets cancel in the loss, and leave the rounding of what cancels.
  const size = 1 + Math.abs(objective) + Math.max(...links(fit.coefficients).map(Math.abs));
  const wrong: string[] = [];
  const differs = (a: number, b: number, share: number) => !(Math.abs(a - b) <= share * size);
  // Predictions are added up over the steps of the solve.
  if (differs(objective, fit.objective, 1e-11)) wrong.push(`objective ${fit.objective}, which is ${objective}`);
  const nullLoss = coxLossAt(rows, terms, offset).loss;
  const scale = nullLoss - perfectOf(rows);
  if (differs(fit.nullDeviance / 2 / total(given), scale, 1e-10))
    wrong.push(`null deviance ${fit.nullDeviance}, which is ${2 * total(given) * scale}`);
  wrong.push(...wrongHazards(rows, terms, links(fit.coefficients), fit.baselineHazard ?? [], total(given)));
  const { lowerBound, status } = fit;
  const least = lowered(objectiveAt, Array.from(fit.coefficients));
  if (lowerBound !== undefined) {
    if (!(lowerBound <= least + 1e-11 * size)) wrong.push(`bound ${lowerBound} above ${least}`);
    if (status === 'solved' && !(objective - least <= tolerance * scale + 1e-11 * size))
      wrong.push(`objective ${objective}, but ${least} near by`);
  }
  if (status === 'solved' && lowerBound === undefined) {
    const { slopes } = coxLossAt(rows, terms, links(fit.coefficients));
    columns.forEach((column, j) => {
      const pull = total(slopes.map((u, i) => u * at(column, i)));
      const b = fit.coefficients[j] as number;
      const step = 1e-7 * (1 + Math.abs(b));
      const slope =
        (penaltyOf(of, Math.abs(b) + step, lambda) - penaltyOf(of, Math.abs(b) - step, lambda)) / (2 * step);
      const violation = b === 0 ? Math.abs(pull) - lambda * of.alpha : Math.abs(pull + Math.sign(b) * slope);
      const rounding = 1e-13 * size * Math.max(...column.map(Math.abs));
      if (!(violation <= 5e-3 * lambda + 1e-7 + rounding)) wrong.push(`violation ${violation} of column ${j}`);
    });
  }
  return { status, wrong };
};

/** Baseline hazards by the definition, of weights that sum to `sum`. */
function wrongHazards(
  rows: CoxRows,
  terms: readonly Term[],
  t: readonly number[],
  hazards: readonly { hazard: Float64Array; stratum?: unknown }[],
  sum: number,
): string[] {
  return hazards.flatMap(({ hazard, stratum = 0 }) => {
    const own = terms.filter((term) => term.stratum === stratum);
    const inTurn = [...new Set(own.map(({ time }) => time))].map((now) =>
      total(
        own
          .filter(({ time }) => time === now)
          .map(({ weight, risk }) => {
            const most = Math.max(...risk.map(({ i }) => at(t, i)));
            return (weight * Math.exp(-most)) / total(risk.map(({ i, part }) => part * Math.exp(at(t, i) - most)));
          }),
      ),
    );
    let all = 0;
    return inTurn.flatMap((step, k) => {
      all += step;
      const told = at(hazard, k);
      // The least numbers there are have few digits.
      if (Math.abs(told - all) <= 1e-9 * all + 1e-290 || told === all) return [];
      return [
        `hazard ${told} of ${rows.ties} at place ${k} of stratum ${stratum}, which is ${all} (weights of ${sum})`,
      ];
    });
  });
}

export const coxClaims: Record<string, Claim> = { 'late entry': { trial: lateEntry, cases: 2000 } };
