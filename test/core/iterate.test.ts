// The outer loop of solvers written in TypeScript. The sentences are those that test/native/core/run.cpp expects of C++.
import { describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import {
  describe as describeStatus,
  History,
  iterate,
  type Limits,
  Monitor,
  type Report,
  type Solver,
} from '../../src/core/iterate.js';
import type { Progress, Status } from '../../src/core/solve.js';
import { SolverError } from '../../src/index.js';
import { withCountedClock } from '../clock.js';

/** A solver whose residual halves with every step, and that ends as told at one of them. */
class Halving implements Solver {
  steps = 0;
  constructor(readonly told: Partial<Solver> & { ending?: Status; endingStep?: number } = {}) {
    if (told.decidesSolved) this.decidesSolved = true;
  }
  decidesSolved?: boolean;
  start(monitor: Monitor) {
    return this.told.start?.(monitor);
  }
  async step(monitor: Monitor): Promise<Status | undefined> {
    ++this.steps;
    const status = await this.told.step?.(monitor);
    return status ?? (this.steps === this.told.endingStep ? this.told.ending : undefined);
  }
  progress(): Report {
    return { objective: 1 + 0.5 ** this.steps, residual: 0.5 ** this.steps, evaluations: 10 * this.steps };
  }
  explain(): string {
    return 'The rest is noise.';
  }
}

const limits = (maxIterations: number, tolerance: number, more: Partial<Limits> = {}): Limits => ({
  maxIterations,
  tolerance,
  timeLimit: Number.POSITIVE_INFINITY,
  ...more,
});
const endless = limits(2 ** 31, -1);

describe('iterate', () => {
  it('is solved at the first check within the tolerance', async () => {
    const reports: Progress[] = [];
    const result = await iterate(new Halving(), limits(100, 0.01), { onProgress: (now) => reports.push(now) });
    expect(result).toMatchObject({ status: 'solved', iterations: 7, residual: 0.5 ** 7, objective: 1 + 0.5 ** 7 });
    expect(result.message).toBe('Solved after 7 iterations: residual 0.0078125, tolerance 0.01.');
    expect(result.history.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(reports).toEqual(result.history);
  });

  it('checks at its interval and at the last iteration', async () => {
    const result = await iterate(new Halving(), limits(13, 0, { checkInterval: 5 }));
    expect(result).toMatchObject({ status: 'iterationLimit', iterations: 13 });
    expect(result.history.map(({ iteration }) => iteration)).toEqual([0, 5, 10, 13]);
    const one = await iterate(new Halving(), limits(1, 0));
    expect(one.message).toBe('Stopped at maxIterations after 1 iteration: residual 0.5, tolerance 0.');
  });

  it('ends with what a step or the start returns', async () => {
    for (const ending of ['stalled', 'infeasible', 'unbounded', 'numericalError'] as const) {
      const result = await iterate(new Halving({ ending, endingStep: 3 }), limits(100, 1e-9, { checkInterval: 10 }));
      expect(result).toMatchObject({ status: ending, iterations: 3 });
      expect(result.message.endsWith('The rest is noise.')).toBe(ending === 'stalled');
    }
    expect((await iterate(new Halving({ ending: 'stalled', endingStep: 3 }), limits(100, 0.2))).status).toBe('solved');
    const atStart = await iterate(new Halving({ start: () => 'infeasible' }), limits(100, 0));
    expect(atStart).toMatchObject({ status: 'infeasible', iterations: 0 });
  });

  it('leaves the decision to a solver that wants it', async () => {
    const decides = { decidesSolved: true, ending: 'solved', endingStep: 13 } as const;
    const result = await iterate(new Halving(decides), limits(100, 0.1, { checkInterval: 10 }));
    expect(result).toMatchObject({ status: 'solved', iterations: 13 });
    expect((await iterate(new Halving({ decidesSolved: true }), limits(20, 1))).status).toBe('iterationLimit');
  });

  it('needs no objective, and ends where a known number is none', async () => {
    const told = (reports: Report[]): Solver => {
      let steps = 0;
      return { step: async () => void ++steps, progress: () => reports[steps] ?? {} };
    };
    const without = await iterate(told([{ residual: 1 }, {}, { residual: 0.01 }]), limits(100, 0.1));
    expect(without).toMatchObject({ status: 'solved', iterations: 2 });
    expect(without).not.toHaveProperty('objective');
    const residual = await iterate(told([{}, {}, { residual: Number.NaN }]), limits(100, 0.1));
    expect(residual.message).toBe('A number left the range of floating point (residual NaN) after 2 iterations.');
    const objective = await iterate(told([{}, { objective: Number.POSITIVE_INFINITY }]), limits(100, 0.1));
    expect(objective.message).toBe('A number left the range of floating point (objective Infinity) after 1 iteration.');
  });

  it('stops at maxEvaluations', async () => {
    const result = await iterate(new Halving(), limits(100, 0, { maxEvaluations: 25 }));
    expect(result).toMatchObject({ status: 'evaluationLimit', evaluations: 30 });
    expect(result.message).toBe(
      'Stopped at maxEvaluations after 30 evaluations in 3 iterations: residual 0.125, tolerance 0.',
    );
  });

  it('ends by the signal or the time, between steps and in a pause, with the point that it has', async () => {
    const before = await iterate(new Halving(), endless, { signal: AbortSignal.abort() });
    expect(before).toMatchObject({ status: 'aborted', iterations: 0, objective: 2 });
    const controller = new AbortController();
    const told = new Halving({ step: () => void (told.steps === 3 && controller.abort()) });
    expect(await iterate(told, endless, { signal: controller.signal })).toMatchObject({
      status: 'aborted',
      iterations: 3,
    });
    const paused = new Halving({
      step: async (monitor) => {
        for (;;) await monitor.pause();
      },
    });
    const late = await withCountedClock(1, () => iterate(paused, { ...endless, timeLimit: 0.02 }));
    expect(late).toMatchObject({ status: 'timeLimit', iterations: 0, objective: 1.5 });
    expect(late.message).toBe('Stopped at timeLimit = 0.02 s after 0 iterations: residual 0.5, tolerance -1.');
    expect((await iterate(new Halving(), { ...endless, timeLimit: 0 })).status).toBe('timeLimit');
  });

  it('serves other events meanwhile', async () => {
    // A solve that has no end but what other events bring about.
    const controller = new AbortController();
    let served = 0;
    const timer = setInterval(() => ++served === 4 && controller.abort(), 1);
    expect(await iterate(new Halving(), endless, { signal: controller.signal })).toMatchObject({ status: 'aborted' });
    clearInterval(timer);
    expect(served).toBeGreaterThanOrEqual(4);
  });

  it('rejects with what the listener throws', async () => {
    const cause = new Error('no more');
    const onProgress = () => {
      throw cause;
    };
    const error: unknown = await iterate(new Halving(), endless, { onProgress }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SolverError);
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', cause, message: 'onProgress threw: no more' });
  });

  it('runs solves inside others: neither reported nor kept, and ended with them', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const inner: Status[] = [];
    const outer = new Halving({
      step: async (monitor) => {
        const within = new Halving({
          step: () => void (outer.steps === 3 && within.steps === 7 && controller.abort()),
        });
        const limit = outer.steps === 3 ? 2 ** 31 : 5;
        const { status, history, iterations } = await iterate(within, limits(limit, -1), {}, monitor.child());
        inner.push(status);
        expect(history).toEqual([]);
        expect(iterations).toBe(outer.steps === 3 ? 7 : 5);
        return undefined;
      },
    });
    const onProgress = ({ iteration }: Progress) => seen.push(iteration);
    const result = await iterate(outer, endless, { signal: controller.signal, onProgress });
    expect(result).toMatchObject({ status: 'aborted', iterations: 3 });
    expect(inner).toEqual(['iterationLimit', 'iterationLimit', 'aborted']);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(new Monitor(0).child().outOfTime).toBe(true);
    expect(new Monitor().child(0).outOfTime).toBe(true);
  });
});

it('thins the history evenly', () => {
  for (const count of [1024, 1025, 2048, 2049, 5000, 100_000]) {
    const history = new History();
    for (let iteration = 0; iteration < count; ++iteration) history.add({ iteration, seconds: 0 });
    const { reports } = history;
    expect(reports.length).toBeLessThanOrEqual(1024);
    expect(reports.length).toBeGreaterThanOrEqual(512);
    const stride = (reports[1] as Progress).iteration;
    reports.forEach(({ iteration }, i) => void expect(iteration).toBe(i * stride));
    expect(count - (reports.at(-1) as Progress).iteration).toBeLessThanOrEqual(stride);
  }
});

it('shows numbers as C++ does', async () => {
  // The addon's message about a value that it refuses shows the value by the function that its messages of status use.
  const shown = (value: number) => {
    const problem = { n: 1, matrices: [], numerator: [], difference: false };
    try {
      addon().solve('fractional', problem, { tolerance: value }, undefined, true, 0);
    } catch (error) {
      return /^tolerance = (\S+): /.exec((error as Error).message)?.[1];
    }
    return undefined;
  };
  const says = (residual: number) => {
    const sentence = describeStatus('solved', { iteration: 2, residual, seconds: 0 }, limits(5, 1));
    return /residual (\S+), tolerance 1\.$/.exec(sentence)?.[1];
  };
  const numbers = [2, 1e15, 123456.7, 1234567.8, 999999.7, 1.5, 9.9999999, 2 ** 60, 1e300, 7 / 3, 31 / 17e-9, 1e21];
  for (const value of numbers) expect(says(value)).toBe(shown(value));
  for (const value of numbers.map((each) => -1 / each)) expect(says(value)).toBe(shown(value));
});
