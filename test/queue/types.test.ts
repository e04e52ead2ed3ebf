// Types of jobs and of their answers. The functions here are not called, as there is no server.
import { expectTypeOf, it } from 'vitest';
import type { SparseResult } from '../../src/index.js';
import type { AnyKinds, JobId, PackageKinds, SolveQueue } from '../../src/queue/index.js';

/** A function that only the compiler reads. */
const compiled = (_: (queue: SolveQueue) => unknown): void => undefined;

it('jobs of the package have its names, problems and settings', () => {
  compiled((queue) => {
    const problem = { x: [[1, 2]], y: [1] };
    queue.add({ kind: 'sparse/sparseRegression', problem, settings: { lambda: 0.1, deadline: 800 } });
    queue.add({ kind: 'sparse/sparseRegression', problem: { href: 'file:///a', format: 'libsvm' } });
    queue.add({
      kind: 'sparse/sparseRegression',
      problem: { x: { href: 'file:///a.npy', format: 'npy', rows: [0, 9] }, y: [1, 2] },
      settings: { lambda: 0.1 },
    });
    queue.add({ kind: 'nlp/minimize', problem: { make: 'nlp/quadraticProgram', of: [{ Q: [[1]], c: [1] }] } });
    queue.add({ kind: 'fractional/maxSharpe', problems: [{ mu: [1], Sigma: [[1]] }] }, { priority: 1 });
    // @ts-expect-error: no such kind
    queue.add({ kind: 'nlp/minimise', problem });
    // @ts-expect-error: no such setting
    queue.add({ kind: 'sparse/sparseRegression', problem, settings: { lambda: 0.1, tolerence: 1 } });
    // @ts-expect-error: no such kind and setting
    queue.add({ kind: 'nlp/minimise', settings: { tolerence: 1 } });
    // @ts-expect-error: no problem of that kind
    queue.add({ kind: 'sparse/sparseRegression', problem: { mu: [1] }, settings: { lambda: 1 } });
    // @ts-expect-error: a worker has a signal of its own
    queue.add({ kind: 'sparse/sparseRegression', problem, settings: { lambda: 1, signal: AbortSignal.abort() } });
  });
});

it('answers are those of the kind, without functions', () => {
  compiled(async (queue) => {
    const id = await queue.add({
      kind: 'sparse/sparseRegression',
      problem: { x: [[1]], y: [1] },
      settings: { lambda: 1 },
    });
    expectTypeOf(id).toExtend<string>();
    const answer = await queue.result(id);
    expectTypeOf(answer.coefficients).toEqualTypeOf<SparseResult['coefficients']>();
    expectTypeOf(answer.status).toEqualTypeOf<SparseResult['status']>();
    expectTypeOf(answer).not.toHaveProperty('predict');
    expectTypeOf(await queue.result('some id')).toBeUnknown();
    expectTypeOf(await queue.result<number>('some id')).toBeNumber();
    const batch = await queue.add({ kind: 'fractional/maxSharpe', problems: [{ mu: [1], Sigma: [[1]] }] });
    expectTypeOf(batch).toEqualTypeOf<JobId<PackageKinds['fractional/maxSharpe']['result'][]>>();
  });
});

it('kinds of workers are added to those of the package', () => {
  interface Doubling {
    problem: { value: number };
    settings: { times?: number };
    result: { value: number };
  }
  compiled(async (queue) => {
    const own = queue as unknown as SolveQueue<PackageKinds & { 'my/double': Doubling }>;
    const id = await own.add({ kind: 'my/double', problem: { value: 2 }, settings: { times: 3 } });
    expectTypeOf(await own.result(id)).toEqualTypeOf<{ value: number }>();
    own.add({ kind: 'fractional/maxSharpe', problem: { mu: [1], Sigma: [[1]] } });
    // @ts-expect-error: no such setting
    own.add({ kind: 'my/double', problem: { value: 2 }, settings: { time: 3 } });
    const any = queue as unknown as SolveQueue<AnyKinds>;
    any.add({ kind: 'whatever', problem: 1, settings: { a: 1 } });
  });
});
