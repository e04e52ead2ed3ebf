import { expect, it } from 'vitest';
import { unpack } from '../../src/core/packed.js';

it('makes an object of numbers, truth values, lists, other values and objects within', () => {
  const shape = 'vstatus\nnresidual\nfx\n{counts\nnsteps\n{inner\nbdone\n}\n}\niactive\nfnone\nblate\nvmore\n';
  const numbers = Float64Array.of(0.5, 2, -0, Number.NaN, 7, 1, 3, 4, 5, 6, 0, 0);
  const more = { big: true };
  expect(unpack({ shape, numbers, others: ['solved', more] })).toStrictEqual({
    status: 'solved',
    residual: 0.5,
    x: Float64Array.of(-0, Number.NaN),
    counts: { steps: 7, inner: { done: true } },
    active: Int32Array.of(4, 5, 6),
    none: new Float64Array(0),
    late: false,
    more,
  });
});
