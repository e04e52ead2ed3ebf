// Convex quadratic programs that are cut short before their method has begun.
import { expect, it } from 'vitest';
import { minimize, nlp } from '../../src/index.js';

const program = nlp.quadraticProgram({
  Q: [
    [2, 0],
    [0, 2],
  ],
  c: [-1, -1],
  lower: [0, 0],
  G: [[1, 1]],
  atMost: [1],
});
const warmStart = { x: [0.1, 0.2] };

it('answers the start where the solve is aborted before it begins', async () => {
  const result = await minimize(program, { warmStart, signal: AbortSignal.abort() });
  expect(result.status).toBe('aborted');
  expect(Array.from(result.x)).toEqual(warmStart.x);
});

it('answers a point of the program whenever the solve is aborted', async () => {
  for (let k = 0; k < 300; ++k) {
    const controller = new AbortController();
    const solving = minimize(program, { warmStart, signal: controller.signal });
    if (k % 2) controller.abort();
    else setImmediate(() => controller.abort());
    const { x } = await solving;
    expect(x.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
});
