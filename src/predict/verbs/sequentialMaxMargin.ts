// Models of `sequentialMaxMargin`: members as JSON, and predictions.
import type { MatrixLike } from '../../core/matrix.js';
import type { Label } from '../../core/targets.js';
import type { Kind } from '../kind.js';
import { integers, labels, number, numbers, optional } from '../members.js';
import { classesOf, linear, newRows } from '../products.js';

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
