// Models of `robustMixedModel`: members as JSON, and predictions.
import { rangeError } from '../../core/argumentError.js';
import { checkMembers } from '../../core/check.js';
import type { MatrixLike } from '../../core/matrix.js';
import { checkedValues, type Label } from '../../core/targets.js';
import type { Kind } from '../kind.js';
import { labels, number, numbers, optional } from '../members.js';
import { linear, newRows } from '../products.js';

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
    throw rangeError(`groups.length = ${groups?.length ?? 0}: expected ${randomIntercepts.length}`);
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
