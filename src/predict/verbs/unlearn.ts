// Models of `unlearn`: members as JSON, and predictions.
import { rangeError } from '../../core/argumentError.js';
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import type { Label } from '../../core/targets.js';
import type { Kind } from '../kind.js';
import { integers, labels, number, numbers, optional } from '../members.js';
import { linear, logistic, newRows, ofTwo } from '../products.js';

interface Unlearnt {
  coefficients: Float64Array;
  intercept?: number;
  classes?: readonly [Label, Label];
}

export const unlearnKind: Kind<Unlearnt> = {
  kind: 'unlearn',
  members: {
    coefficients: numbers('columns'),
    intercept: optional(number()),
    influence: numbers('columns'),
    influenceIntercept: optional(number()),
    leverages: numbers('removed'),
    rows: integers('removed'),
    classes: optional(labels(2)),
  },
  marks: ['coefficients', 'influence', 'leverages'],
  columns: ({ coefficients }) => coefficients.length,
  functions: class UnlearnFunctions {
    get kind(): string {
      return 'unlearn';
    }
    predict(x: MatrixLike): Float64Array {
      const { coefficients, intercept, classes } = this as unknown as Unlearnt;
      const t = linear(newRows(x, coefficients.length), coefficients, intercept);
      return classes ? t.map(logistic) : t;
    }
    predictProbabilities(x: MatrixLike): Matrix {
      if (!(this as unknown as Unlearnt).classes) throw rangeError('classes = undefined: expected two classes');
      return ofTwo(this.predict(x));
    }
  }.prototype,
};
