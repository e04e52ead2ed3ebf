// Times until an event: how they are read, Cox's partial likelihood of predictions, their concordance, and the baseline hazard.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkVector, isList, show } from '../core/check.js';
import { distinct, type Label } from '../core/targets.js';

/** The responses of the family `cox`, a number for each row. */
export interface SurvivalTimes {
  /** Times of the events, or, where there was none, until when there was none. */
  time: ArrayLike<number>;
  /** The event at that time: 1 or true if it came, or 0 or false where the row was censored. */
  event: ArrayLike<number | boolean>;
  /**
   * Starts, n numbers below `time`: at risk at t are the rows with start < t <= time. For late entry, and for covariates that change with
   * time, of which a subject has a row for each span. Default: rows are at risk from the beginning.
   */
  start?: ArrayLike<number> | undefined;
  /** Integers or strings, the stratum of each row: each has a baseline hazard of its own. Default: one for all rows. */
  strata?: ArrayLike<number | string> | undefined;
}

/** Times until an event, checked. */
export interface Survival {
  time: Float64Array;
  /** 0 or 1. */
  event: Float64Array;
  start?: Float64Array;
  /** Numbers from 0. */
  strata?: Float64Array;
  /** The labels of the strata, by number. */
  labels?: readonly Label[];
}

const members = ['time', 'event', 'start', 'strata'];

/** The responses of the family `cox`, checked. */
export function readSurvival(y: unknown, rows: number): Survival {
  if (typeof y !== 'object' || y === null || isList(y)) {
    throw typeError(`y = ${show(y)}: expected { time, event } for family 'cox'`);
  }
  const { time, event, start, strata } = checkMembers('y', y as SurvivalTimes, members);
  const per = 'one for each row of x';
  const times = checkVector('y.time', time, { length: rows, per }).slice();
  if (!isList(event)) throw typeError(`y.event = ${show(event)}: expected an array of 0 and 1, or booleans`);
  requireRows('y.event', event.length, rows);
  const events = Float64Array.from({ length: rows }, (_, i) => {
    const value = (event as ArrayLike<unknown>)[i];
    if (value === true || value === 1) return 1;
    if (value === false || value === 0) return 0;
    throw typeError(`y.event[${i}] = ${show(value)}: expected 0 or 1, or a boolean`);
  });
  if (!events.includes(1)) throw rangeError('y.event: expected at least one event');
  return {
    ...{ time: times, event: events },
    ...(start !== undefined && { start: readStarts(start, times) }),
    ...(strata !== undefined && readStrata(strata, rows)),
  };
}

function readStarts(start: unknown, time: Float64Array): Float64Array {
  const starts = checkVector('y.start', start, {
    length: time.length,
    per: 'one for each row of x',
    infinite: true,
  }).slice();
  const i = starts.findIndex((from, row) => !(from < (time[row] as number)));
  if (i < 0) return starts;
  throw rangeError(`y.start[${i}] = ${starts[i]}: expected less than y.time[${i}] = ${time[i]}`);
}

function readStrata(strata: unknown, rows: number): Pick<Survival, 'strata' | 'labels'> {
  if (!isList(strata)) throw typeError(`y.strata = ${show(strata)}: expected an array of integers or strings`);
  requireRows('y.strata', strata.length, rows);
  const given = Array.from(strata as ArrayLike<unknown>, (stratum, i) => {
    if (typeof stratum === 'string' || Number.isInteger(stratum)) return stratum as Label;
    throw typeError(`y.strata[${i}] = ${show(stratum)}: expected an integer or a string`);
  });
  const labels = distinct(given);
  const codes = new Map(labels.map((label, code) => [label, code]));
  return { strata: Float64Array.from(given, (label) => codes.get(label) as number), labels };
}

function requireRows(name: string, length: number, rows: number): void {
  if (length === rows) return;
  throw rangeError(`${name}: expected ${rows} entries, one for each row of x, got ${length}`);
}

/** Rows with a weight by stratum, as times fall: those of a stratum with a time together, what is censored first. */
interface RiskSets {
  survival: Survival;
  weights: ArrayLike<number>;
  /** The strata, each with its code and its groups, and its rows as their starts fall, where there are starts. */
  strata: {
    code: number;
    groups: { time: number; censored: number[]; events: number[] }[];
    leaving: number[];
  }[];
}

/** The rows that have a weight above 0, sorted once for many predictions of all rows. */
export function riskSets(
  survival: Survival,
  weights: ArrayLike<number> = new Float64Array(survival.time.length).fill(1),
): RiskSets {
  const { time, event, start, strata } = survival;
  const at = (numbers: ArrayLike<number> | undefined, i: number): number => (numbers ? (numbers[i] as number) : 0);
  const order = Array.from(time.keys()).filter((i) => at(weights, i) > 0);
  order.sort((i, j) => at(strata, i) - at(strata, j) || at(time, j) - at(time, i));
  const sets: RiskSets['strata'] = [];
  for (const i of order) {
    const code = at(strata, i);
    if (sets.at(-1)?.code !== code) sets.push({ code, groups: [], leaving: [] });
    const { groups, leaving } = sets.at(-1) as RiskSets['strata'][number];
    if (start) leaving.push(i);
    if (groups.at(-1)?.time !== at(time, i)) groups.push({ time: at(time, i), censored: [], events: [] });
    groups.at(-1)?.[event[i] === 1 ? 'events' : 'censored'].push(i);
  }
  for (const { leaving } of sets) leaving.sort((i, j) => at(start, j) - at(start, i));
  return { survival, weights, strata: sets };
}

const none = new Float64Array(0);

/** Sums at a time with events, in units of exp(shift): of the rows at risk, of the events, and the weight of these. */
interface AtRisk {
  code: number;
  time: number;
  shift: number;
  risk: number;
  tied: number;
  weight: number;
  events: readonly number[];
}

/** Goes through the times with events, falling in each stratum. */
function eachTime(
  { survival: { start = none }, weights, strata }: RiskSets,
  links: ArrayLike<number>,
  visit: (at: AtRisk) => void,
) {
  const at = (numbers: ArrayLike<number>, i: number): number => numbers[i] as number;
  const logRisk = (i: number): number => at(links, i) + Math.log(at(weights, i));
  for (const { code, groups, leaving } of strata) {
    const rows = groups.flatMap(({ censored, events }) => [...censored, ...events]);
    const risks = new RisksThatLeave(Math.ceil(rows.reduce((most, i) => Math.max(most, logRisk(i)), -Infinity)));
    let left = 0;
    for (const { time, censored, events } of groups) {
      for (const i of [...censored, ...events]) risks.add(at(links, i), at(weights, i));
      if (events.length === 0) continue;
      for (; left < leaving.length && at(start, leaving[left] as number) >= time; ++left) {
        const i = leaving[left] as number;
        risks.remove(at(links, i), at(weights, i));
      }
      const { shift, sum } = risks.total();
      const tied = events.reduce((all, i) => all + at(weights, i) * Math.exp(at(links, i) - shift), 0);
      const weight = events.reduce((all, i) => all + at(weights, i), 0);
      visit({ code, time, shift, risk: Math.max(sum, tied), tied, weight, events });
    }
  }
}

/**
 * A sum of weights times exp(link), of rows that come and leave. What a large one leaves of a plain sum is rounding, so they are added up
 * in bands by size, each in twice the precision (T. J. Dekker, "A floating-point technique for extending the available precision",
 * Numerische Mathematik 18, 1971).
 */
class RisksThatLeave {
  /** How far logarithms of one band are apart: 32 bits. */
  private static readonly width = 22;
  /** The sums of rows, by how many bands below `top` they are, in units of exp(top - width bands). */
  private readonly bands = new Map<number, { rows: number; high: number; low: number }>();

  /** The logarithm of no row's weight times exp(link) is above `top`. */
  constructor(private readonly top: number) {}

  add(link: number, weight: number): void {
    this.count(link, weight, 1);
  }
  remove(link: number, weight: number): void {
    this.count(link, weight, -1);
  }
  /** The sum in units of exp(shift), near that of its largest number. */
  total(): { shift: number; sum: number } {
    const first = Math.min(...this.bands.keys());
    let sum = 0;
    for (const [k, { high, low }] of this.bands) sum += (high + low) * Math.exp(RisksThatLeave.width * (first - k));
    return { shift: this.shiftOf(first), sum };
  }

  private shiftOf(band: number): number {
    return this.top - RisksThatLeave.width * band;
  }
  private count(link: number, weight: number, sign: 1 | -1): void {
    const k = Math.floor((this.top - (link + Math.log(weight))) / RisksThatLeave.width);
    const value = sign * weight * Math.exp(link - this.shiftOf(k));
    const band = this.bands.get(k) ?? { rows: 0, high: 0, low: 0 };
    const sum = band.high + value;
    const part = sum - band.high;
    band.low += band.high - (sum - part) + (value - part);
    band.high = sum;
    band.rows += sign;
    if (band.rows === 0) this.bands.delete(k);
    else this.bands.set(k, band);
  }
}

/** The sum over the terms of a time, of their weight times f(the sum of a term): one, or with Efron's ties as many as events. */
function overTerms({ risk, tied, weight, events }: AtRisk, ties: string, f: (sum: number) => number): number {
  if (ties === 'breslow') return weight * f(risk);
  let sum = 0;
  for (let k = 0; k < events.length; ++k) sum += f(risk - (k / events.length) * tied);
  return (weight / events.length) * sum;
}

/** Twice the negative logarithm of the partial likelihood of links, less that of the best links there could be. */
export function coxDeviance(sets: RiskSets, links: ArrayLike<number>, ties: string): number {
  let [loss, perfect] = [0, 0];
  eachTime(sets, links, (at) => {
    loss += overTerms(at, ties, Math.log);
    for (const i of at.events) loss -= (sets.weights[i] as number) * ((links[i] as number) - at.shift);
    perfect += overTerms({ ...at, risk: at.weight, tied: at.weight }, ties, Math.log);
  });
  return 2 * (loss - perfect);
}

/**
 * The weighted share of comparable pairs of rows of a stratum in which the one with the larger link had its event first; ties of links count
 * half. A row with an event is comparable to those that are at risk at its time, and have theirs later. NaN without such pairs.
 */
export function concordance(
  { survival: { start = none }, strata, weights }: RiskSets,
  links: ArrayLike<number>,
): number {
  const weight = (i: number): number => weights[i] as number;
  const values = [...new Set(Array.from(links))].sort((a, b) => a - b);
  const rank = new Map(values.map((value, k) => [value, k]));
  const rankOf = (i: number): number => rank.get(links[i] as number) as number;
  let [concordant, all] = [0, 0];
  for (const { groups, leaving } of strata) {
    const later = new PrefixSums(values.length);
    let left = 0;
    for (const { time, censored, events } of groups) {
      for (const i of censored) later.add(rankOf(i), weight(i));
      const from = left;
      if (events.length > 0) {
        while (left < leaving.length && (start[leaving[left] as number] as number) >= time) ++left;
      }
      for (const i of leaving.slice(from, left)) later.add(rankOf(i), -weight(i));
      for (const i of events) {
        const [below, upTo] = [later.before(rankOf(i)), later.before(rankOf(i) + 1)];
        concordant += (weight(i) * (below + upTo)) / 2;
        all += weight(i) * later.total;
      }
      for (const i of events) later.add(rankOf(i), weight(i));
    }
  }
  return concordant / all;
}

/** Sums of the numbers before a place, kept as numbers are added (a Fenwick tree). */
class PrefixSums {
  private readonly tree: Float64Array;
  total = 0;
  constructor(private readonly size: number) {
    this.tree = new Float64Array(size + 1);
  }
  add(place: number, value: number): void {
    this.total += value;
    for (let k = place + 1; k <= this.size; k += k & -k) this.tree[k] = (this.tree[k] as number) + value;
  }
  before(place: number): number {
    let sum = 0;
    for (let k = place; k > 0; k -= k & -k) sum += this.tree[k] as number;
    return sum;
  }
}

/** The cumulative hazard of a row whose link is 0, at the times with events of a stratum. */
export interface BaselineHazard {
  /** The label of the stratum, where there are strata. */
  stratum?: Label;
  /** Times with events, rising. */
  time: Float64Array;
  /** The cumulative hazard from each of them on. */
  hazard: Float64Array;
}

/** The estimate of Breslow, or with Efron's ties that of Efron, one for each stratum. */
export function baselineHazards(sets: RiskSets, links: ArrayLike<number>, ties: string): BaselineHazard[] {
  const steps = new Map<number, [time: number, step: number][]>();
  eachTime(sets, links, (at) => {
    const of = steps.get(at.code) ?? [];
    steps.set(at.code, of);
    of.push([at.time, overTerms(at, ties, (sum) => Math.exp(-at.shift) / sum)]);
  });
  const { labels } = sets.survival;
  return sets.strata.map(({ code }) => {
    const rising = (steps.get(code) ?? []).reverse();
    let total = 0;
    return {
      ...(labels && { stratum: labels[code] as Label }),
      time: Float64Array.from(rising, ([time]) => time),
      hazard: Float64Array.from(rising, ([, step]) => {
        total += step;
        return total;
      }),
    };
  });
}
