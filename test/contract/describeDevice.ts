// Promises of solves on a CUDA device: held to by the simulated device everywhere, and by a GPU where there is one.
import { describe, expect, it } from 'vitest';
import { type Progress, type SolveResult, SolverError } from '../../src/index.js';
import { long } from '../long.js';
import { type Kind, kinds, solve, timeless } from './fixtures.js';

const onCuda = { device: 'cuda' };

/** `memory` tells how many bytes of the device are in use. */
function describeKind(kind: Kind, memory: () => Promise<number>): void {
  const { problem, endless } = kind;

  it.each(Object.entries(kind.problems))('%s: the same as on the CPU', async (_, each) => {
    const [cpu, cuda] = [await solve(each, { device: 'cpu' }), await solve(each, onCuda)];
    expect(cpu).toMatchObject({ status: 'solved', device: 'cpu' });
    expect(cuda).toMatchObject({ status: 'solved', device: 'cuda' });
    expect(Object.keys(cuda).sort()).toEqual(Object.keys(cpu).sort());
    kind.agree(cpu, cuda);
  });

  it('the same twice', async () => {
    const [first, second] = [await solve(problem, onCuda), await solve(problem, onCuda)];
    expect(timeless(first)).toEqual(timeless(second));
  });

  it("says what is for the CPU, which 'auto' takes", async () => {
    for (const [each, why] of [...kind.refused, ...kind.refusedLater]) {
      const error: unknown = await solve(each, onCuda).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SolverError);
      expect(error).toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringMatching(/^device = 'cuda': /) });
      expect((error as Error).message).toContain(why);
      expect((await solve(each)).device).toBe('cpu');
    }
  });

  it('refuses wrong input as the CPU does', async () => {
    for (const more of kind.wrong.settings) {
      const [cpu, cuda] = await Promise.all(
        ['cpu', 'cuda'].map((device) => solve(problem, { ...more, device }).catch((reason: unknown) => reason)),
      );
      expect(cuda).toBeInstanceOf(Error);
      expect(String(cuda)).toBe(String(cpu));
    }
    const attempt = async () => solve({ ...problem, data: kind.wrong.data }, onCuda);
    await expect(attempt()).rejects.toThrow(kind.wrong.says);
  });

  it('reports progress, ending with the result', async () => {
    const reports: Progress[] = [];
    const result = await solve(problem, {
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

  it('ends with what a listener throws', async () => {
    const onProgress = () => {
      throw new Error('enough');
    };
    await expect(solve(endless, { ...onCuda, onProgress })).rejects.toMatchObject({ code: 'CALLBACK_FAILED' });
  });

  it('solves several at once, beside the CPU', async () => {
    const alone = [await solve(problem, onCuda), await solve(problem, { device: 'cpu' })];
    const runs = Array.from({ length: 6 }, (_, i) => solve(problem, { device: i % 3 < 2 ? 'cuda' : 'cpu' }));
    for (const result of await Promise.all(runs)) {
      expect(timeless(result)).toEqual(timeless(alone[result.device === 'cuda' ? 0 : 1] as SolveResult));
    }
  });

  it('gives all memory back', async () => {
    await solve(problem, onCuda);
    const before = await memory();
    for (let i = 0; i < (long ? 100 : 20); ++i) {
      await solve(problem, { ...onCuda, maxIterations: 20 });
      if (i % 10 === 0) await solve(problem, { ...onCuda, signal: AbortSignal.abort() });
    }
    expect(await memory()).toBe(before);
  });
}

/** Describes what every kind of problem promises on a device; where `reason` says why that cannot be, skips it with a line. */
export function describeDevice(title: string, reason: string | undefined, memory: () => Promise<number>): void {
  if (reason !== undefined) console.log(`skipped: solves on ${title}: ${reason}`);
  describe.skipIf(reason !== undefined).each(Object.entries(kinds))(`${title}, %s`, (_, kind) => {
    describeKind(kind, memory);
  });
}
