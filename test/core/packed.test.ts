import { expect, it } from 'vitest';
import { unpack } from '../../src/core/packed.js';

const shapeOf = (shape: string) => ({ shapeOf: (number: number) => (number === 3 ? shape : '') });

it('makes an object of numbers, truth values, lists, other values and objects within', () => {
  const shape =
    'vmessage\nestatus solved stalled\ncdevice cpu\nnresidual\nfx\n{counts\nnsteps\n{inner\nbdone\n}\n}\niactive\nfnone\nblate\nvmore\n';
  const numbers = Float64Array.of(3, 1, 0.5, 2, -0, Number.NaN, 7, 1, 3, 4, 5, 6, 0, 0);
  const more = { big: true };
  expect(unpack([numbers, 'No.', more], shapeOf(shape))).toStrictEqual({
    message: 'No.',
    status: 'stalled',
    device: 'cpu',
    residual: 0.5,
    x: Float64Array.of(-0, Number.NaN),
    counts: { steps: 7, inner: { done: true } },
    active: Int32Array.of(4, 5, 6),
    none: new Float64Array(0),
    late: false,
    more,
  });
});

it('makes reports of columns, without the members that a report lacks', () => {
  const shape = '[history\nniteration\nNresidual\nEphase first second\nbexact\nVx\n}\nnlast\n';
  const numbers = Float64Array.of(
    3,
    ...[3, 0, 5, 10], // length, iteration
    ...[0, 1, 1, Number.NaN, 1], // residual: who has it, and the values
    ...[1, 0, 1, 1, 1], // phase
    ...[0, 1, 0], // exact
    ...[0, 1, 0], // who has x
    7,
  );
  expect(unpack([numbers, Float64Array.of(1, 2)], shapeOf(shape))).toStrictEqual({
    history: [
      { iteration: 0, phase: 'second', exact: false },
      { iteration: 5, residual: Number.NaN, exact: true, x: Float64Array.of(1, 2) },
      { iteration: 10, residual: 1, phase: 'second', exact: false },
    ],
    last: 7,
  });
  expect(unpack(Float64Array.of(3, 0), shapeOf('[history\n}\n'))).toEqual({ history: [] });
});
