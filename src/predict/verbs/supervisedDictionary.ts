// Models of `supervisedDictionary`: members as JSON, and predictions.
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import type { Label } from '../../core/targets.js';
import type { Kind } from '../kind.js';
import { labels, matrixOf, number, numbers } from '../members.js';
import { affine, type ClassOptions, classesOf, linear, logistic, newRows, ofTwo, typeOf } from '../products.js';

interface Dictionary {
  dictionary: Matrix;
  coefficients: Float64Array;
  intercept: number;
  classes: readonly [Label, Label];
}

export const supervisedDictionaryKind: Kind<Dictionary> = {
  kind: 'supervisedDictionary',
  members: {
    dictionary: matrixOf('columns', 'rank'),
    weights: numbers('rank'),
    coefficients: numbers('columns'),
    intercept: number(),
    classes: labels(2),
  },
  marks: ['dictionary', 'coefficients', 'classes'],
  columns: ({ dictionary }) => dictionary.rows,
  functions: class SupervisedDictionaryFunctions {
    get kind(): string {
      return 'supervisedDictionary';
    }
    transform(x: MatrixLike): Matrix {
      const { dictionary } = this as unknown as Dictionary;
      return affine(newRows(x, dictionary.rows), dictionary);
    }
    predict(x: MatrixLike, options: ClassOptions = {}): Float64Array | Label[] {
      const type = typeOf(options);
      const { coefficients, intercept, classes } = this as unknown as Dictionary;
      const scores = linear(newRows(x, coefficients.length), coefficients, intercept);
      return type === 'class' ? classesOf(scores, classes) : scores.map(logistic);
    }
    predictProbabilities(x: MatrixLike): Matrix {
      return ofTwo(this.predict(x) as Float64Array);
    }
  }.prototype,
};
