// Models of `riskScore`: members as JSON, and predictions.
import { checkMembers, checkOneOf } from '../../core/check.js';
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import type { Label } from '../../core/targets.js';
import type { Kind } from '../kind.js';
import { count, integers, labels, number, numbers, optional, strings } from '../members.js';
import { classesOf, linear, logistic, newRows, ofTwo } from '../products.js';

/** Members of a score card. */
export interface RiskScoreMembers {
  points: ArrayLike<number>;
  intercept: number;
  scale: number;
  inputs: number;
  names: readonly string[];
  classes: readonly [Label, Label];
  columnOf?: Int32Array | undefined;
  thresholds?: Float64Array | undefined;
}

export const riskScoreKind: Kind<RiskScoreMembers> = {
  kind: 'riskScore',
  members: {
    points: numbers('points'),
    intercept: number(),
    scale: number(),
    inputs: count(1, 'columns'),
    names: strings('points'),
    classes: labels(2),
    columnOf: optional(integers('points', 'columns')),
    thresholds: optional(numbers('points', { infinite: true })),
  },
  marks: ['points', 'scale', 'inputs', 'classes'],
  columns: ({ inputs }) => inputs,
  functions: class RiskScoreFunctions {
    get kind(): string {
      return 'riskScore';
    }
    predict(
      x: MatrixLike,
      options: { type?: 'response' | 'total' | 'class' | undefined } = {},
    ): Float64Array | Label[] {
      const { type = 'response' } = checkMembers('options', options, ['type'], 'option');
      checkOneOf('type', type, ['response', 'total', 'class']);
      const { intercept, scale, classes } = this as unknown as RiskScoreMembers;
      const totals = totalsOf(this as unknown as RiskScoreMembers, x);
      if (type === 'total') return totals;
      const odds = totals.map((total) => intercept + scale * total);
      return type === 'class' ? classesOf(odds, classes) : odds.map(logistic);
    }
    predictProbabilities(x: MatrixLike): Matrix {
      return ofTwo(this.predict(x) as Float64Array);
    }
  }.prototype,
};

/** The total of points of each row. */
function totalsOf({ points, inputs, columnOf, thresholds }: RiskScoreMembers, x: MatrixLike): Float64Array {
  const given = newRows(x, inputs);
  if (!columnOf || !thresholds) return linear(given, points);
  return Float64Array.from({ length: given.rows }, (_, i) => {
    let total = 0;
    for (let j = 0; j < points.length; ++j) {
      const value = given.data[i * given.columns + (columnOf[j] as number)] as number;
      const threshold = thresholds[j] as number;
      total += (points[j] as number) * (threshold === Infinity ? value : Number(value <= threshold));
    }
    return total;
  });
}
