// What solves on a CUDA device promise: held to by the simulated device everywhere, and by a GPU where there is one.
import { describe, expect, it } from 'vitest';
import { type Progress, type SolveResult, SolverError } from '../../src/index.js';
import { type Fixture, fixtures, numbers, type Problem, regression, solve, timeless } from './fixtures.js';

const { small } = fixtures.relu as Fixture;
const { x, y } = regression(60, 4);
const signs = y.map((value) => (value > 0 ? 1 : -1));
const classes = y.map((value) => (value > 0.3 ? 'high' : value < 0 ? 'low' : 'middle'));
const twoOutputs = { data: numbers(120, 3), rows: 60, columns: 2 };

/** Of each kind that a GPU solves, one. */
export const problems: Record<string, Problem> = Object.fromEntries(
  Object.entries<[object, object]>({
    squared: [{ x, y }, {}],
    huber: [
      { x, y },
      { loss: 'huber', huberDelta: 0.2 },
    ],
    logistic: [{ x, y: signs }, { loss: 'logistic' }],
    hinge: [{ x, y: signs }, { loss: 'hinge' }],
    softmax: [{ x, y: classes }, { loss: 'softmax' }],
    'two outputs, coupled': [{ x, y: twoOutputs }, { coupling: 'frobenius' }],
    'no bias, normalised': [
      { x, y },
      { bias: false, normalize: 'columns' },
    ],
    'single precision': [{ x, y }, { precision: 'float32' }],
    'without factors': [{ x, y }, { inner: 'krylov' }],
    sampled: [
      { x, y },
      { method: 'sampled', activation: 'relu' },
    ],
    slack: [
      { x, y },
      { splitting: 'slack', activation: 'relu' },
    ],
  }).map(([name, [data, settings]]) => [
    name,
    {
      solver: 'trainReluNetwork',
      data,
      settings: { activation: 'gated', beta: 0.1, patterns: { sample: 12 }, tolerance: 1e-4, ...settings },
    },
  ]),
);

const gated: Problem = { ...small, settings: { ...small.settings, activation: 'gated' } };
/** Not solved within many seconds. */
export const endless: Problem = {
  ...gated,
  settings: { ...gated.settings, beta: 1e-6, tolerance: 0, maxIterations: 2 ** 31 - 1, checkInterval: 1 },
};
const onCuda = { device: 'cuda' };

/** `memory` tells how many bytes of the device are in use. */
function describeOnCuda(memory: () => Promise<number>): void {
  it.each(Object.entries(problems))('%s: the same as on the CPU', async (_, problem) => {
    const [cpu, cuda] = [await solve(problem, { device: 'cpu' }), await solve(problem, onCuda)];
    expect(cpu).toMatchObject({ status: 'solved', device: 'cpu' });
    expect(cuda).toMatchObject({ status: 'solved', device: 'cuda' });
    // Each is within the tolerance of the optimum.
    expect(Math.abs(cuda.objective - cpu.objective)).toBeLessThanOrEqual(2e-4 * Math.abs(cpu.objective));
    expect(cuda.lowerBound).toBeLessThanOrEqual(cpu.objective * (1 + 1e-9));
  });

  it('the same twice', async () => {
    const [first, second] = [await solve(gated, onCuda), await solve(gated, onCuda)];
    expect(timeless(first)).toEqual(timeless(second));
  });

  it("says that a ReLU activation with splitting 'cone' is for the CPU, which 'auto' takes", async () => {
    const error: unknown = await solve(small, onCuda).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    expect(error).toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringMatching(/^device = 'cuda': /) });
    expect((error as Error).message).toContain("'slack'");
  });

  it('refuses wrong input as the CPU does', async () => {
    for (const more of [{ beta: -1 }, { bta: 1 }, { loss: 'l2' }]) {
      const [cpu, cuda] = await Promise.all(
        ['cpu', 'cuda'].map((device) => solve(gated, { ...more, device }).catch((reason: unknown) => reason)),
      );
      expect(cuda).toBeInstanceOf(Error);
      expect(String(cuda)).toBe(String(cpu));
    }
    const wrong = { ...gated, data: { ...gated.data, y: new Array(40).fill(Number.NaN) } };
    await expect(solve(wrong, onCuda)).rejects.toThrow('y[0]');
  });

  it('reports progress, ending with the result', async () => {
    const reports: Progress[] = [];
    const result = await solve(gated, {
      ...onCuda,
      checkInterval: 1,
      onProgress: (now: Progress) => reports.push(now),
    });
    const iterations = reports.map(({ iteration }) => iteration);
    expect(iterations).toEqual([...new Set(iterations)].sort((a, b) => a - b));
    expect(reports.at(-1)).toMatchObject({ iteration: result.iterations, objective: result.objective });
  });

  it('stops at limits', async () => {
    expect(await solve(endless, { ...onCuda, maxIterations: 3 })).toMatchObject({
      status: 'iterationLimit',
      iterations: 3,
      device: 'cuda',
    });
    expect(await solve(endless, { ...onCuda, timeLimit: 0.2 })).toMatchObject({ status: 'timeLimit', device: 'cuda' });
  });

  it('can be aborted, before, at once and during', async () => {
    const before = await solve(endless, { ...onCuda, signal: AbortSignal.abort() });
    expect(before).toMatchObject({ status: 'aborted', device: 'cuda', iterations: 0 });
    expect(Number.isFinite(before.objective)).toBe(true);
    const controller = new AbortController();
    const atOnce = solve(endless, { ...onCuda, signal: controller.signal });
    controller.abort();
    expect((await atOnce).status).toBe('aborted');
    const later = new AbortController();
    const onProgress = ({ iteration }: Progress) => iteration >= 3 && later.abort();
    const during = await solve(endless, { ...onCuda, signal: later.signal, onProgress });
    expect(during).toMatchObject({ status: 'aborted', device: 'cuda' });
    expect(Number.isFinite(during.objective)).toBe(true);
  });

  it('solves several at once, beside the CPU', async () => {
    const alone = [await solve(gated, onCuda), await solve(gated, { device: 'cpu' })];
    const runs = Array.from({ length: 6 }, (_, i) => solve(gated, { device: i % 3 < 2 ? 'cuda' : 'cpu' }));
    for (const result of await Promise.all(runs)) {
      expect(timeless(result)).toEqual(timeless(alone[result.device === 'cuda' ? 0 : 1] as SolveResult));
    }
  });

  it('gives all memory back', async () => {
    await solve(gated, onCuda);
    const before = await memory();
    for (let i = 0; i < 100; ++i) {
      await solve(gated, { ...onCuda, maxIterations: 20 });
      if (i % 10 === 0) await solve(gated, { ...onCuda, signal: AbortSignal.abort() });
    }
    expect(await memory()).toBe(before);
  });
}

/** The same in `describe`; where `reason` says why that cannot be, it is skipped with a line. */
export function describeDevice(title: string, reason: string | undefined, memory: () => Promise<number>): void {
  if (reason !== undefined) console.log(`skipped: solves on ${title}: ${reason}`);
  describe.skipIf(reason !== undefined)(title, () => describeOnCuda(memory));
}
