// Models of `oneClassSubspaces`: members as JSON, and predictions.
import { checkMembers, checkNumber } from '../../core/check.js';
import type { Matrix, MatrixLike } from '../../core/matrix.js';
import type { Kind } from '../kind.js';
import { matrixOf, numbers } from '../members.js';
import { affine, newRows, rowOf } from '../products.js';

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
