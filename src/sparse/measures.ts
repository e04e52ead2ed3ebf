// How far predictions are from responses that the model has not seen.
import { rangeError } from '../core/argumentError.js';
import { checkOneOf } from '../core/check.js';
import { devianceOf, type FamilyOf, meanOf } from './family.js';
import type { Prepared } from './problem.js';
import { placeOfLargest, probabilities, rowOf } from './responses.js';

/**
 * A measure of cross-validation on the rows that were left out: the mean of the deviances, the squared or the absolute errors of the mean
 * response, the share of wrong classes, or, which are better the larger they are, the area under the curve of the rates of true and false
 * second classes and the share of pairs of times in the order of their predictions.
 */
export type SparseMeasure = 'deviance' | 'squaredError' | 'absoluteError' | 'misclassification' | 'auc' | 'concordance';

const ofRows: readonly SparseMeasure[] = ['deviance', 'squaredError', 'absoluteError', 'misclassification', 'auc'];
const ofTimes: readonly SparseMeasure[] = ['deviance', 'concordance'];

/** Returns true if a measure is better the larger it is. */
export const isGain = (measure: SparseMeasure): boolean => measure === 'auc' || measure === 'concordance';

/** A measure that the responses allow. */
export function checkMeasure(measure: unknown, { about }: Pick<Prepared, 'about'>): SparseMeasure {
  const checked = checkOneOf('measure', measure, [...ofRows, 'concordance'] as const);
  if (!(about.origin.family === 'cox' ? ofTimes : ofRows).includes(checked)) {
    const meant = about.origin.family === 'cox' ? "'deviance' or 'concordance'" : 'another one';
    throw rangeError(`measure = '${checked}': expected ${meant}, as family is '${about.origin.family}'`);
  }
  if (checked === 'auc' && about.origin.responses) {
    throw rangeError("measure = 'auc': expected another one, as there are several responses or classes");
  }
  if ((checked === 'auc' || checked === 'misclassification') && !about.origin.classes) {
    throw rangeError(`measure = '${checked}': expected another one, as y are not two classes`);
  }
  return checked;
}

/** Rows with their linear predictions, responses and weights. */
export interface Rows {
  /** A number for each row, of several responses one response after the other, and so y. */
  links: Float64Array;
  y: Float64Array;
  weights: Float64Array;
}

/** The measure over rows, by their weights. */
export function measured(measure: Exclude<SparseMeasure, 'concordance'>, family: FamilyOf, rows: Rows): number {
  if (measure === 'auc') return areaUnderCurve(rows);
  if (family.family === 'multinomial') return measuredClasses(measure, rows);
  const of = (t: number, y: number): number => {
    switch (measure) {
      case 'deviance':
        return devianceOf(family, t, y);
      case 'squaredError':
        return (meanOf(family, t) - y) ** 2;
      case 'absoluteError':
        return Math.abs(meanOf(family, t) - y);
      case 'misclassification':
        return Number(t > 0 !== y > 0.5);
    }
  };
  const { links, y, weights } = rows;
  let [sum, total] = [0, 0];
  for (let i = 0; i < links.length; ++i) {
    const weight = weights[i % weights.length] as number;
    if (weight === 0) continue;
    sum += weight * of(links[i] as number, y[i] as number);
    if (i < weights.length) total += weight;
  }
  return sum / total;
}

/** The measure of the probabilities of classes, whose errors are added up. */
function measuredClasses(measure: Exclude<SparseMeasure, 'auc' | 'concordance'>, { links, y, weights }: Rows): number {
  const [rows, count] = [weights.length, y.length / weights.length];
  const of = (p: readonly number[], shares: readonly number[]): number => {
    if (measure === 'misclassification') return Number(placeOfLargest(p) !== placeOfLargest(shares));
    return p.reduce((sum, probability, k) => {
      const share = shares[k] as number;
      if (measure === 'squaredError') return sum + (probability - share) ** 2;
      if (measure === 'absoluteError') return sum + Math.abs(probability - share);
      return sum + (share > 0 ? 2 * share * Math.log(share / Math.max(probability, Number.MIN_VALUE)) : 0);
    }, 0);
  };
  let [sum, total] = [0, 0];
  for (let i = 0; i < rows; ++i) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    sum += weight * of(probabilities(rowOf(links, rows, count, i)), rowOf(y, rows, count, i));
    total += weight;
  }
  return sum / total;
}

/** The weighted share of pairs of the two classes whose predictions are in order; ties count half. NaN where a class is missing. */
function areaUnderCurve({ links, y, weights }: Rows): number {
  const order = Array.from(links.keys()).sort((a, b) => (links[a] as number) - (links[b] as number));
  let [below, area, positive, negative] = [0, 0, 0, 0];
  for (let from = 0; from < order.length; ) {
    const t = links[order[from] as number];
    let [ups, downs] = [0, 0];
    for (; from < order.length && links[order[from] as number] === t; ++from) {
      const i = order[from] as number;
      if (y[i] === 1) ups += weights[i] as number;
      else downs += weights[i] as number;
    }
    area += ups * (below + downs / 2);
    below += downs;
    positive += ups;
    negative += downs;
  }
  return area / (positive * negative);
}
