import { rangeError } from '../../core/argumentError.js';
import { checkInteger, checkVector } from '../../core/check.js';
import { fixDeadline } from '../../core/deadline.js';
import { checkFoldCount, dealRows } from '../../core/folds.js';
import { type Matrix, toMatrix } from '../../core/matrix.js';
import { type Label, readClasses } from '../../core/targets.js';
import { type RiskScoreData, type RiskScoreResult, type RiskScoreSettings, riskScore } from '../riskScore.js';

export type CrossValidateRiskScoreSettings = Omit<RiskScoreSettings, 'maxSize' | 'warmStart'> & {
  /** The sizes of cards that are compared. Default: 1 to 10, as far as there are columns. */
  sizes?: readonly number[] | undefined;
  /** Parts of the rows, each of which is left out in turn. Default: 5. */
  folds?: number | undefined;
};

/** The cards of one size. */
export interface RiskScoreOfSize {
  maxSize: number;
  /** The mean log loss of rows that were left out, and its standard error over the folds. */
  loss: number;
  standardError: number;
  /** The share of those rows whose likelier class is right. */
  accuracy: number;
  /** True if all cards of this size were proved to be the best ones of their rows. */
  proved: boolean;
}

export interface CrossValidateRiskScoreResult extends RiskScoreResult {
  sizes: RiskScoreOfSize[];
  /** The size with the least loss, which the card of all rows has. */
  maxSize: number;
  /** The smallest size whose loss is within one standard error of that. */
  sizeWithinError: number;
}

/**
 * Chooses the size of a score card by cross-validation, and gives the card of all rows with that size.
 *
 * ```ts
 * const { sizes, maxSize, card } = await crossValidateRiskScore({ x, y, names }, { sizes: [1, 2, 3, 4, 5], folds: 5 });
 * ```
 *
 * Rows are dealt out at random, by `seed`, class by class. `timeLimit` is for each card.
 *
 * @throws (rejects) what {@link riskScore} throws.
 */
export async function crossValidateRiskScore(
  data: RiskScoreData,
  settings: CrossValidateRiskScoreSettings = {},
): Promise<CrossValidateRiskScoreResult> {
  const { sizes: wanted, folds = 5, ...others } = fixDeadline(settings);
  const x = toMatrix('x', data.x);
  const sizes = sizesOf(wanted, x.columns);
  checkFoldCount(folds, x.rows);
  const { classes, codes } = readClasses(data.y as ArrayLike<Label>);
  const foldOf = dealRows(x.rows, folds, others.seed ?? 0, (i) => codes[i] as number);
  const made: RiskScoreOfSize[] = [];
  for (const maxSize of sizes) {
    const parts = await partsOf({ ...data, x }, foldOf, classes, { ...others, maxSize });
    if (!Array.isArray(parts)) return Object.assign(parts, { sizes: made, maxSize, sizeWithinError: maxSize });
    made.push(summed(maxSize, parts));
  }
  const best = made.reduce((a, b) => (b.loss < a.loss ? b : a));
  const within = made.filter(({ loss }) => loss <= best.loss + best.standardError);
  const result = await riskScore({ ...data, x }, { ...others, maxSize: best.maxSize });
  return Object.assign(result, {
    sizes: made,
    maxSize: best.maxSize,
    sizeWithinError: Math.min(...within.map(({ maxSize }) => maxSize)),
  });
}

/** The losses of the rows of each fold, or the card whose solve was aborted. */
async function partsOf(
  data: RiskScoreData & { x: Matrix },
  foldOf: Int32Array,
  classes: readonly Label[],
  settings: RiskScoreSettings,
): Promise<Part[] | RiskScoreResult> {
  const parts: Part[] = [];
  for (let fold = 0; fold <= Math.max(...foldOf); ++fold) {
    const [kept, left] = [false, true].map((inside) => {
      const rows = Array.from(foldOf.keys()).filter((i) => (foldOf[i] === fold) === inside);
      return rowsOf(data, data.x, rows);
    }) as [Rows, Rows];
    const card = await riskScore(kept, settings);
    if (card.status === 'aborted') return card;
    parts.push(judged(card, left, classes));
  }
  return parts;
}

type Rows = ReturnType<typeof rowsOf>;

function sizesOf(wanted: unknown, columns: number): number[] {
  if (wanted === undefined) return Array.from({ length: Math.min(10, columns) }, (_, k) => k + 1);
  const sizes = Array.from(checkVector('sizes', wanted), (size, k) => checkInteger(`sizes[${k}]`, size, 1));
  if (sizes.length === 0) throw rangeError('sizes: expected at least one size');
  return sizes;
}

/** Some rows of the data. */
function rowsOf(data: RiskScoreData, x: Matrix, rows: readonly number[]) {
  const part = new Float64Array(rows.length * x.columns);
  rows.forEach((i, place) => {
    part.set(x.data.subarray(i * x.columns, (i + 1) * x.columns), place * x.columns);
  });
  const weights = data.sampleWeight;
  return {
    ...data,
    x: { data: part, rows: rows.length, columns: x.columns },
    y: rows.map((i) => data.y[i] as Label),
    ...(weights && { sampleWeight: Float64Array.from(rows, (i) => weights[i] as number) }),
  };
}

interface Part {
  loss: number;
  right: number;
  weight: number;
  proved: boolean;
}

/** Losses of a card on rows that it was not fitted to. */
function judged(card: RiskScoreResult, rows: Rows, classes: readonly Label[]): Part {
  const part: Part = { loss: 0, right: 0, weight: 0, proved: card.certificate.kind === 'global' };
  const totals = card.predict(rows.x, { type: 'total' });
  totals.forEach((total, i) => {
    const s = card.intercept + card.scale * total;
    const event = rows.y[i] === classes[1];
    const weight = rows.sampleWeight?.[i] ?? 1;
    part.loss += weight * (Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - (event ? s : 0));
    part.right += weight * Number(s > 0 === event);
    part.weight += weight;
  });
  return part;
}

function summed(maxSize: number, parts: readonly Part[]): RiskScoreOfSize {
  const sum = (of: (part: Part) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const weight = sum((part) => part.weight);
  const loss = sum((part) => part.loss) / weight;
  const variance = sum((part) => (part.loss / part.weight - loss) ** 2) / Math.max(1, parts.length - 1);
  return {
    ...{ maxSize, loss, standardError: Math.sqrt(variance / parts.length) },
    accuracy: sum((part) => part.right) / weight,
    proved: parts.every(({ proved }) => proved),
  };
}
