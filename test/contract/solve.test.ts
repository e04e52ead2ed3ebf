// Promises of every solver about a call: limits, progress, determinism, arguments, errors.
import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { type Progress, type SolveResult, SolverError } from '../../src/index.js';
import { long } from '../long.js';
import { runInChild } from './child.js';
import { type Problem, solve, solverFixtures, solverOf, timeless, turnsWith } from './fixtures.js';

/** An object that throws on any access. */
function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const names = Object.keys(solverFixtures);
const toys = Boolean(process.env.NONCONVEX_FIXTURES);

describe.each(Object.entries(solverFixtures))('%s', (name, fixture) => {
  const { small, endless, wrong, objective: knows = 'always', deterministic = false } = fixture;
  /** Tests that take long and show the binding rather than the solver: `npm test` tries it with one solver. */
  const itOnce = it.runIf(long || toys || name === names[0]);

  const peers = turnsWith(name);
  let promises = 0;
  beforeEach(({ skip }) => {
    if (!long && promises++ % peers.length !== peers.indexOf(name)) skip('solvers of a family take turns in npm test');
  });

  /** A result that was cut short has an objective, unless the solver may not know it. */
  const hasObjective = ({ objective }: SolveResult): boolean =>
    objective === undefined ? knows !== 'always' : knows !== 'never' && Number.isFinite(objective);

  it('solves', async () => {
    const result = await solve(small);
    expect(result.status).toBe('solved');
    expect(result.message).toMatch(/^Solved after \d+ iterations?: .*\.$/);
    expect(result.history.at(-1)?.iteration).toBe(result.iterations);
    expect(result.history.at(-1)?.objective).toBe(result.objective);
    expect(result.seconds).toBeGreaterThan(0);
  });

  describe('limits', () => {
    it('stops at maxIterations', async () => {
      const result = await solve(endless, { maxIterations: 3 });
      expect(result).toMatchObject({ status: 'iterationLimit', iterations: 3 });
      expect((await solve(endless, { maxIterations: 0 })).status).toBe('iterationLimit');
    });

    it('stops at timeLimit', async () => {
      expect((await solve(endless, { timeLimit: 0 })).status).toBe('timeLimit');
      const result = await solve(endless, { timeLimit: 0.1 });
      expect(result.status).toBe('timeLimit');
      expect(result.seconds).toBeGreaterThanOrEqual(0.1);
    });

    itOnce('does not count time in the queue', async () => {
      const timeLimit = 0.25;
      const ahead = new AbortController();
      const running = Array.from({ length: 2 * addon().threads() }, () => solve(endless, { signal: ahead.signal }));
      const waiting = solve(small, { timeLimit });
      await new Promise((resolve) => setTimeout(resolve, 1.2 * 1000 * timeLimit));
      const begin = performance.now();
      ahead.abort();
      const { status, seconds } = await waiting;
      // However busy the machine is, its own time is no longer than that since those ahead were ended.
      expect(1000 * seconds).toBeLessThanOrEqual(performance.now() - begin);
      if (seconds < timeLimit) expect(status).toBe('solved');
      for (const { status } of await Promise.all(running)) expect(status).toBe('aborted');
    });
  });

  describe('deadline', () => {
    it('ends a solve that runs', async () => {
      const result = await solve(endless, { deadline: 20 });
      expect(result.status).toBe('timeLimit');
      expect(result.message).toMatch(/^Stopped at its deadline after \d+ iterations?/);
      expect(hasObjective(result)).toBe(true);
    });

    it('ends a solve that waits for its turn', async () => {
      const ahead = new AbortController();
      const running = Array.from({ length: 2 * addon().threads() }, () => solve(endless, { signal: ahead.signal }));
      const waiting = solve(endless, { deadline: 20 });
      const ended = await Promise.race([waiting, ...running]);
      ahead.abort();
      expect(ended).toMatchObject({ status: 'timeLimit', iterations: 0 });
      expect(ended).toBe(await waiting);
      for (const { status } of await Promise.all(running)) expect(status).toBe('aborted');
    });

    itOnce('is not named where the signal was first', async () => {
      const result = await solve(endless, { deadline: 1e6, signal: AbortSignal.abort() });
      expect(result).toMatchObject({ status: 'aborted', iterations: 0 });
    });

    itOnce('leaves no listener on the signal', async () => {
      const { signal } = new AbortController();
      await solve(small, { signal, deadline: 1e6 });
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('abort', () => {
    it('before the solve', async () => {
      const signal = AbortSignal.abort();
      const result = await solve(endless, { signal });
      expect(result).toMatchObject({ status: 'aborted', iterations: 0 });
      expect(hasObjective(result)).toBe(true);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });

    it('before the solve, whatever others run', async () => {
      const ahead = new AbortController();
      const running = Array.from({ length: 2 * addon().threads() }, () => solve(endless, { signal: ahead.signal }));
      const ended = await Promise.race([solve(endless, { signal: AbortSignal.abort() }), ...running]);
      ahead.abort();
      expect(ended).toMatchObject({ status: 'aborted', iterations: 0 });
      for (const { status } of await Promise.all(running)) expect(status).toBe('aborted');
    });

    it('at once', async () => {
      const controller = new AbortController();
      const promise = solve(endless, { signal: controller.signal });
      controller.abort();
      expect((await promise).status).toBe('aborted');
    });

    it('during the solve', async () => {
      const controller = new AbortController();
      const onProgress = ({ iteration }: Progress) => {
        if (iteration >= 5) controller.abort();
      };
      const result = await solve(endless, { signal: controller.signal, onProgress });
      expect(result.status).toBe('aborted');
      expect(result.iterations).toBeGreaterThanOrEqual(5);
      expect(hasObjective(result)).toBe(true);
    });

    it('while it waits for its turn', async () => {
      const [ahead, controller] = [new AbortController(), new AbortController()];
      const running = Array.from({ length: 2 * addon().threads() }, () => solve(endless, { signal: ahead.signal }));
      const waiting = solve(endless, { signal: controller.signal });
      controller.abort();
      const ended = await Promise.race([waiting, ...running]);
      ahead.abort();
      expect(ended).toMatchObject({ status: 'aborted', iterations: 0 });
      expect(ended).toBe(await waiting);
      expect(hasObjective(ended)).toBe(true);
      for (const { status } of await Promise.all(running)) expect(status).toBe('aborted');
    });

    itOnce('leaves no listener on the signal', async () => {
      const { signal } = new AbortController();
      const solves = Array.from({ length: 20 }, () => solve(small, { signal }));
      expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1); // one for all: Node warns about more than ten
      await Promise.all(solves);
      await solve(small, { signal, lambda: -1 }).catch(() => {});
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('progress', () => {
    it('goes forward and ends with the result', async () => {
      const reports: Progress[] = [];
      const result = await solve(small, { checkInterval: 1, onProgress: (report: Progress) => reports.push(report) });
      const iterations = reports.map(({ iteration }) => iteration);
      expect(iterations).toEqual([...new Set(iterations)].sort((a, b) => a - b));
      const { iterations: iteration, objective, seconds } = result;
      expect(objective === undefined).toBe(knows === 'never');
      expect(reports.at(-1)).toMatchObject({ iteration, seconds });
      expect(reports.at(-1)?.objective).toBe(objective);
      for (const report of reports) expect(Object.values(report).every(Number.isFinite)).toBe(true);
    });

    it('is kept by the history, as plain objects', async () => {
      const heard: Progress[] = [];
      const { history } = await solve(small, {
        checkInterval: 1,
        onProgress: (report: Progress) => heard.push(report),
      });
      const kept = new Map(history.map((report) => [report.iteration, report]));
      expect(heard.map(({ iteration }) => kept.get(iteration))).toStrictEqual(heard);
      for (const report of history) expect(Object.getPrototypeOf(report)).toBe(Object.prototype);
      expect(structuredClone(history)).toStrictEqual(history);
    });

    itOnce('shows a slow listener the newest report only', async () => {
      const controller = new AbortController();
      const nobody = new Int32Array(new SharedArrayBuffer(4));
      const seen: number[] = [];
      let [milliseconds, callsAfterAbort] = [10, 0];
      // It takes ever longer, until it misses reports: however slow the solve is, it ends unless each of them is kept for it.
      const onProgress = ({ iteration }: Progress) => {
        if (controller.signal.aborted) ++callsAfterAbort;
        const missed = iteration - (seen.at(-1) ?? 0) - 1;
        seen.push(iteration);
        milliseconds *= 2;
        if (missed >= 3) controller.abort();
        else Atomics.wait(nobody, 0, 0, milliseconds);
      };
      const { status, iterations } = await solve(endless, { checkInterval: 1, signal: controller.signal, onProgress });
      expect(status).toBe('aborted');
      expect(seen.at(-1)).toBe(iterations);
      expect(callsAfterAbort).toBeLessThanOrEqual(2); // the newest that was there, and the last one
    });

    it('comes in the context of the caller', async () => {
      const storage = new AsyncLocalStorage<string>();
      const seen = new Set<string | undefined>();
      await storage.run('mine', () => solve(small, { onProgress: () => seen.add(storage.getStore()) }));
      expect([...seen]).toEqual(['mine']);
    });

    itOnce('may start another solve', async () => {
      let inner: Promise<SolveResult> | undefined;
      await solve(small, {
        onProgress: () => {
          inner ??= solve(small);
        },
      });
      expect((await inner)?.status).toBe('solved');
    });

    itOnce.each([
      () => new Error('no more'),
      () => Object.assign(new Error('no more'), { message: Symbol('no text') }),
      () => Object.defineProperty(new Error('no more'), 'message', { get: () => expect.unreachable() }),
      () => 'no more',
      () => undefined,
      () => null,
      () => Object.create(null),
      () => revokedProxy(),
    ])('ends the solve when the listener throws (%#)', async (make) => {
      const thrown: unknown = make();
      let calls = 0;
      const onProgress = () => {
        ++calls;
        throw thrown;
      };
      const error = await solve(endless, { onProgress }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(SolverError);
      expect(error).toMatchObject({ name: 'SolverError', code: 'CALLBACK_FAILED' });
      expect((error as SolverError).cause === thrown).toBe(true);
      expect(calls).toBe(1);
    });
  });

  itOnce('ends when an asynchronous listener rejects', async () => {
    const cause = new Error('no more');
    const onProgress = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw cause;
    };
    await expect(solve(endless, { onProgress })).rejects.toMatchObject({
      name: 'SolverError',
      code: 'CALLBACK_FAILED',
      message: 'onProgress threw: no more',
      cause,
    });
  });

  describe('determinism', () => {
    it('by seed', async () => {
      const [a, b, other] = await Promise.all([1, 1, 2].map((seed) => solve(small, { seed })));
      expect(timeless(a as SolveResult)).toEqual(timeless(b as SolveResult));
      if (deterministic) expect(timeless(a as SolveResult)).toEqual(timeless(other as SolveResult));
      else expect(timeless(a as SolveResult)).not.toEqual(timeless(other as SolveResult));
    });

    it('for any number of threads', async () => {
      const limited = { maxIterations: 20 };
      const few = timeless(await solve(endless, { threads: 1, ...limited }));
      expect(timeless(await solve(endless, { threads: 2, ...limited }))).toEqual(few);
      expect(timeless(await solve(endless, limited))).toEqual(few);
    });

    // The number of threads that each gets is tried above.
    it.runIf(long || (name === names[0] && !toys))('for any NONCONVEX_THREADS', async () => {
      const lines = `
        const { seconds, time, history, ...rest } = await solve({ maxIterations: 20 });
        console.log(JSON.stringify(rest, (key, value) => (ArrayBuffer.isView(value) ? [...value] : value)));
      `;
      const outputs = [];
      for (const threads of ['1', '2', '5']) {
        const ended = await runInChild(lines, endless, { env: { NONCONVEX_THREADS: threads } });
        expect(ended.errors).toBe('');
        outputs.push(ended.output);
      }
      expect(outputs[0]?.length).toBeGreaterThan(100);
      expect(new Set(outputs).size).toBe(1);
    });
  });

  describe('arguments', () => {
    /** The problem with every dense matrix's numbers converted. */
    const withMatrices = (problem: Problem, convert: (data: Float64Array) => Float64Array | Float32Array): Problem => {
      const converted = (value: unknown): unknown => {
        if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
        if (Array.isArray(value)) return value.map(converted);
        const members = Object.entries(value).map(([name, member]) => [name, converted(member)]);
        const copy = Object.fromEntries(members) as { data?: unknown };
        return copy.data instanceof Float64Array ? { ...copy, data: convert(copy.data) } : copy;
      };
      return { ...problem, data: converted(problem.data) as object };
    };

    it('are not modified', async () => {
      const before = structuredClone({ data: small.data, settings: small.settings });
      await solve(small);
      expect({ data: small.data, settings: small.settings }).toEqual(before);
    });

    it('may be frozen, and shared', async () => {
      const result = await solve({ ...small, settings: Object.freeze({ ...small.settings }) });
      const shared = withMatrices(small, (data) => {
        const copy = new Float64Array(new SharedArrayBuffer(data.byteLength));
        copy.set(data);
        return copy;
      });
      expect(timeless(await solve(shared))).toEqual(timeless(result));
    });

    it('may be in single precision', async () => {
      const single = withMatrices(small, (data) => Float32Array.from(data));
      expect(timeless(await solve(single))).toEqual(timeless(await solve(small)));
    });

    it('may begin anywhere in a buffer', async () => {
      const part = withMatrices(small, (data) => {
        const larger = new Float64Array(data.length + 7).fill(Number.NaN);
        larger.set(data, 3);
        return larger.subarray(3, 3 + data.length);
      });
      expect(timeless(await solve(part))).toEqual(timeless(await solve(small)));
    });

    itOnce('are kept alive', async () => {
      // Garbage is made while the solve still reads its input: nothing but the job holds that.
      const copies = Array.from({ length: 20 }, () => solve(withMatrices(small, (data) => data.slice())));
      for (let i = 0; i < 200; ++i) new Float64Array(1e5).fill(i);
      const expected = timeless(await solve(small));
      for (const result of await Promise.all(copies)) expect(timeless(result)).toEqual(expected);
    });

    it('that are wrong reject the promise, never throw', async () => {
      const call = solverOf(small) as unknown as (...values: unknown[]) => Promise<unknown>;
      const wrong = [undefined, null, 1, 'x', Symbol('x'), [], {}, () => {}, new Map(), { x: null, y: null }];
      for (const value of wrong) {
        const promises = [call(value), call(small.data, value === undefined ? null : value)];
        expect(promises.every((promise) => promise instanceof Promise)).toBe(true);
        const [first] = await Promise.allSettled(promises);
        expect(first).toMatchObject({ status: 'rejected' });
        expect((first as PromiseRejectedResult).reason).toBeInstanceOf(TypeError);
      }
    });
  });

  it('rejects with a stack that leads to the caller', async () => {
    async function innocentCaller() {
      await solve({ ...small, data: wrong });
    }
    const error = await innocentCaller().catch((reason: unknown) => reason);
    expect((error as Error).stack).toContain('innocentCaller');
  });
});
