// Models of `checkeredRegression`: members as JSON, and predictions.
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import type { Label } from '../../core/targets.js';
import type { Kind } from '../kind.js';
import { labels, matrixOf, numbers } from '../members.js';
import { type ClassOptions, classesOf, linear, newRows, ofTwo, rowOf, typeOf } from '../products.js';

interface Checkered {
  weights: Matrix;
  intercepts: Float64Array;
  classes: readonly [Label, Label];
}

export const checkeredRegressionKind: Kind<Checkered> = {
  kind: 'checkeredRegression',
  members: { weights: matrixOf('factors', 'columns'), intercepts: numbers('factors'), classes: labels(2) },
  marks: ['weights', 'intercepts', 'classes'],
  columns: ({ weights }) => weights.columns,
  functions: class CheckeredRegressionFunctions {
    get kind(): string {
      return 'checkeredRegression';
    }
    predict(x: MatrixLike, options: ClassOptions = {}): Float64Array | Label[] {
      const type = typeOf(options);
      const { weights, intercepts, classes } = this as unknown as Checkered;
      const given = newRows(x, weights.columns);
      const products = new Float64Array(given.rows).fill(1);
      for (let k = 0; k < weights.rows; ++k) {
        linear(given, rowOf(weights, k), intercepts[k]).forEach((z, i) => {
          products[i] = (products[i] as number) * Math.tanh(z / 2);
        });
      }
      if (type === 'class') return classesOf(products, classes);
      return products.map((product) => (1 + product) / 2);
    }
    predictProbabilities(x: MatrixLike): Matrix {
      return ofTwo(this.predict(x) as Float64Array);
    }
  }.prototype,
};
