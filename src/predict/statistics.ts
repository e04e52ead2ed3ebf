// Predictions of the models of nonconvex/contrib.
import { checkMembers, checkNumber, checkOneOf } from '../core/check.js';
import type { Matrix, MatrixLike } from '../core/matrix.js';
import { checkedValues, type Label } from '../core/targets.js';
import type { Kind } from './kind.js';
import { integers, labels, matrixOf, number, numbers, oneOf, optional } from './members.js';
import { affine, classesOf, linear, logistic, newRows, ofTwo, rowOf } from './products.js';

/** Whether classes or probabilities of the second of them are asked for. */
interface ClassOptions {
  type?: 'response' | 'class' | undefined;
}

function typeOf(options: ClassOptions): 'response' | 'class' {
  const { type = 'response' } = checkMembers('options', options, ['type'], 'option');
  return checkOneOf('type', type, ['response', 'class']);
}

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

interface Frames {
  lowerFrame: Matrix;
  upperFrame: Matrix;
  lowerOffsets: Float64Array;
  upperOffsets: Float64Array;
}

export const oneClassSubspacesKind: Kind<Frames> = {
  kind: 'oneClassSubspaces',
  members: {
    lowerFrame: matrixOf('columns', 'directions'),
    upperFrame: matrixOf('columns', 'directions'),
    lowerOffsets: numbers('directions'),
    upperOffsets: numbers('directions'),
  },
  marks: ['lowerFrame', 'upperFrame'],
  columns: ({ lowerFrame }) => lowerFrame.rows,
  functions: class OneClassSubspacesFunctions {
    get kind(): string {
      return 'oneClassSubspaces';
    }
    decision(x: MatrixLike): Float64Array {
      const { lowerFrame, upperFrame, lowerOffsets, upperOffsets } = this as unknown as Frames;
      const given = newRows(x, lowerFrame.rows);
      const above = affine(given, lowerFrame);
      const below = affine(given, upperFrame);
      return Float64Array.from({ length: given.rows }, (_, i) => {
        const inside = Array.from(rowOf(above, i), (value, k) => value + (lowerOffsets[k] as number));
        const outside = Array.from(rowOf(below, i), (value, k) => -value - (upperOffsets[k] as number));
        return Math.min(...inside, ...outside);
      });
    }
    predict(x: MatrixLike, options: { threshold?: number | undefined } = {}): boolean[] {
      const { threshold = 0 } = checkMembers('options', options, ['threshold'], 'option');
      const least = checkNumber('threshold', threshold);
      return Array.from(this.decision(x), (value) => value >= least);
    }
  }.prototype,
};

interface Mixed {
  coefficients: Float64Array;
  intercept?: number;
  groups?: readonly Label[];
  randomIntercepts: Float64Array;
}

export const robustMixedModelKind: Kind<Mixed> = {
  kind: 'robustMixedModel',
  members: {
    coefficients: numbers('columns'),
    intercept: optional(number()),
    scale: optional(number()),
    groupScale: optional(number()),
    randomIntercepts: numbers('groups'),
    groups: optional(labels()),
  },
  marks: ['coefficients', 'randomIntercepts'],
  check({ groups, randomIntercepts }) {
    if ((groups?.length ?? 0) === randomIntercepts.length) return;
    throw new RangeError(`groups.length = ${groups?.length ?? 0}: expected ${randomIntercepts.length}`);
  },
  functions: class RobustMixedModelFunctions {
    get kind(): string {
      return 'robustMixedModel';
    }
    predict(x: MatrixLike, options: { groups?: ArrayLike<number> | readonly Label[] | undefined } = {}): Float64Array {
      const { groups } = checkMembers('options', options, ['groups'], 'option');
      const model = this as unknown as Mixed;
      const given = newRows(x, model.coefficients.length);
      const means = linear(given, model.coefficients, model.intercept);
      if (groups === undefined) return means;
      const values = checkedValues(groups, given.rows, { name: 'groups' });
      const places = new Map(model.groups?.map((label, k) => [label, k]));
      return means.map((mean, i) => mean + (model.randomIntercepts[places.get(values[i] as Label) ?? -1] ?? 0));
    }
  }.prototype,
};

interface Margin {
  w: Float64Array;
  classes: readonly [Label, Label];
}

export const sequentialMaxMarginKind: Kind<Margin> = {
  kind: 'sequentialMaxMargin',
  members: {
    w: numbers('columns'),
    classes: labels(2),
    margin: optional(number({ infinite: true })),
    margins: numbers('tasks', { infinite: true }),
    visits: integers('tasks'),
  },
  marks: ['w', 'margins', 'classes'],
  columns: ({ w }) => w.length,
  functions: class SequentialMaxMarginFunctions {
    get kind(): string {
      return 'sequentialMaxMargin';
    }
    decision(x: MatrixLike): Float64Array {
      const { w } = this as unknown as Margin;
      return linear(newRows(x, w.length), w);
    }
    predict(x: MatrixLike): Label[] {
      return classesOf(this.decision(x), (this as unknown as Margin).classes);
    }
  }.prototype,
};

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

interface Kernel {
  points?: Matrix;
  coefficients: Matrix;
  kernel: 'gaussian' | 'linear' | 'precomputed';
  kernelWidth?: number;
}

export const teachKernelKind: Kind<Kernel> = {
  kind: 'teachKernel',
  members: {
    coefficients: matrixOf('points', 'learners'),
    points: optional(matrixOf('points', 'columns')),
    kernel: oneOf('gaussian', 'linear', 'precomputed'),
    kernelWidth: optional(number()),
    rate: optional(number()),
    sequence: integers(undefined, 'points'),
  },
  marks: ['coefficients', 'kernel', 'sequence'],
  columns: ({ points, coefficients }) => points?.columns ?? coefficients.rows,
  check({ kernel, points }) {
    if (kernel === 'precomputed' || points) return;
    throw new TypeError(`points = undefined: expected an object, as the kernel is '${kernel}'`);
  },
  functions: class TeachKernelFunctions {
    get kind(): string {
      return 'teachKernel';
    }
    predict(x: MatrixLike): Matrix {
      const { points, coefficients, kernel, kernelWidth = 1 } = this as unknown as Kernel;
      const given = newRows(x, points ? points.columns : coefficients.rows);
      if (!points) return affine(given, coefficients);
      const values = new Float64Array(given.rows * points.rows);
      for (let i = 0; i < given.rows; ++i) {
        for (let t = 0; t < points.rows; ++t) {
          values[i * points.rows + t] = between(kernel, kernelWidth, rowOf(given, i), rowOf(points, t));
        }
      }
      return affine({ data: values, rows: given.rows, columns: points.rows }, coefficients);
    }
  }.prototype,
};

/** The kernel's value between two rows. */
function between(kernel: string, width: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; ++j) {
    const [u, v] = [a[j] as number, b[j] as number];
    sum += kernel === 'linear' ? u * v : (u - v) ** 2;
  }
  return kernel === 'linear' ? sum : Math.exp((-0.5 / (width * width)) * sum);
}

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
      if (!(this as unknown as Unlearnt).classes) throw new RangeError('classes = undefined: expected two classes');
      return ofTwo(this.predict(x));
    }
  }.prototype,
};
