// Projections that are known, and what holds of any.
import { describe, expect, it } from 'vitest';
import { sequentialMaxMargin } from '../../src/contrib/index.js';
import { distance, dot, normals, table } from '../algebra.js';
import { separable } from './sequentialMaxMargin.honesty.js';

const sign = (label: unknown) => (label === 'plus' ? 1 : -1);

it('changes the weights as little as each task demands, one after the other', async () => {
  const tasks = [
    { x: [[1, 0]], y: ['plus'] },
    { x: [[0, -2]], y: ['minus'] },
  ];
  expect(Array.from((await sequentialMaxMargin({ tasks }, { maxIterations: 1 })).w)).toEqual([1, 0]);
  const result = await sequentialMaxMargin({ tasks });
  expect(result).toMatchObject({ status: 'solved', iterations: 2, classes: ['minus', 'plus'] });
  expect(Array.from(result.w)).toEqual([1, 0.5]);
  expect(Array.from(result.margins)).toEqual([1, 1]);
  expect(
    result.predict([
      [1, 0],
      [-3, 1],
    ]),
  ).toEqual(['plus', 'minus']);
});

it('is a projection: no point with the margins is on the near side', async () => {
  const draw = normals(4);
  const u = [1, -0.5, 2, 0.3, -1];
  const task = separable(12, u, draw, 0.2);
  const from = table(1, 5, draw)[0] as number[];
  const settings = { warmStart: { w: from }, tolerance: 1e-10 };
  const { w, status } = await sequentialMaxMargin({ tasks: [task] }, settings);
  expect(status).toBe('solved');
  const margin = (v: ArrayLike<number>) => Math.min(...task.x.map((row, i) => sign(task.y[i]) * dot(row, v)));
  expect(margin(w)).toBeGreaterThan(1 - 1e-9);
  let tried = 0;
  for (let k = 0; k < 1000; ++k) {
    const size = 10 ** (draw() - 1);
    const towards = Array.from(w, (value) => value + size * draw());
    const least = margin(towards);
    if (least <= 0) continue;
    const v = towards.map((value) => value * Math.max(1, 1 / least));
    ++tried;
    expect(
      dot(
        from.map((value, j) => value - (w[j] as number)),
        v.map((value, j) => value - (w[j] as number)),
      ),
    ).toBeLessThan(1e-7);
  }
  expect(tried).toBeGreaterThan(25);
});

it('reaches margin 1 on four tasks within 200 cycles, ever nearer to each point that has it', async () => {
  const draw = normals(11);
  const u = table(1, 10, draw)[0] as number[];
  const tasks = Array.from({ length: 4 }, () => separable(15, u, draw, 0.2));
  const data = { tasks };
  const { status, margins, w } = await sequentialMaxMargin(data, { maxIterations: 800 });
  expect(status).toBe('solved');
  expect(Math.min(...margins)).toBeGreaterThan(0.999999);
  for (const { x, y } of tasks) {
    for (const [i, row] of x.entries()) expect(sign(y[i]) * dot(row, w)).toBeGreaterThan(0.999998);
  }
  const feasible = u.map((value) => 5 * value);
  let before = Number.POSITIVE_INFINITY;
  for (let k = 1; k < 10; ++k) {
    const reached = distance(feasible, (await sequentialMaxMargin(data, { maxIterations: k })).w);
    expect(reached).toBeLessThanOrEqual(before + 1e-9);
    before = reached;
  }
});

it('says that a task cannot be separated', async () => {
  const tasks = [
    {
      x: [
        [1, 2],
        [2, 4.5],
        [1, 2],
      ],
      y: [0, 1, 1],
    },
  ];
  const { status, message } = await sequentialMaxMargin({ tasks });
  expect(status, message).toBe('infeasible');
});

it('says of a task that it has not separated what is known', async () => {
  const tasks = [
    {
      x: [
        [1, 1],
        [1, 1 + 1e-5],
      ],
      y: [0, 1],
    },
  ];
  const { status, message } = await sequentialMaxMargin({ tasks }, { maxSweeps: 100 });
  expect(status).toBe('stalled');
  const [, least = ''] = /weights that do so have at least norm (\S+),/.exec(message) ?? [];
  // The shortest are (-1 - 2e5, 2e5).
  expect(Number(least)).toBeGreaterThan(1);
  expect(Number(least)).toBeLessThan(2.9e5);
});

describe('refuses', () => {
  const x = [
    [1, 2],
    [2, 1],
  ];
  it.each([
    [{ tasks: [] }, 'tasks: expected at least one task'],
    [{ tasks: 1 }, 'tasks = 1: expected an array of tasks { x, y }'],
    [
      {
        tasks: [
          { x, y: [0, 1] },
          { x: [[1]], y: [0] },
        ],
      },
      'columns of tasks[1].x = 1: expected as many as tasks[0].x has: 2',
    ],
    [{ tasks: [{ x, y: [0] }] }, 'tasks[0].y: expected 2 labels, one for each row of tasks[0].x, got 1'],
    [{ tasks: [{ x, y: [0, 0] }] }, 'y: expected at least two classes, got only 0'],
    [{ tasks: [{ x, y: [0, 1, 2] }] }, 'tasks[0].y: expected 2 labels'],
    [
      {
        tasks: [
          {
            x: [
              [0, 0],
              [1, 2],
            ],
            y: [0, 1],
          },
        ],
      },
      "x[0] = 'zeros': expected rows that are not zero",
    ],
  ])('%j', async (data, message) => {
    await expect(sequentialMaxMargin(data as never)).rejects.toThrow(message);
  });
});
