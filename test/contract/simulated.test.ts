// The whole way from TypeScript to a CUDA device and back, on one that is simulated.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addon, cudaAddon } from '../../src/core/addon.js';
import { devices, minimize, type NlpProgress, SolverError } from '../../src/index.js';
import { logisticRegression } from '../../src/nlp/index.js';
import { long } from '../long.js';
import { preamble, runInChild } from './child.js';
import { describeDevice } from './describeDevice.js';
import { kinds, solve } from './fixtures.js';

const file = join(import.meta.dirname, '../../build-cmake/Release/nonconvex-cuda-simulated.node');
const missing = existsSync(file) ? undefined : 'it is not built: npm test builds it';
// Read when the first solve asks for a device.
process.env.NONCONVEX_CUDA_BINARY = file;

/** The description of the simulated device by itself. */
interface Simulated {
  simulatedCounts(): { calls: number; launches: number; bytes: number; nothingAlive: boolean };
  simulatedCapacity(bytes: number): void;
  simulatedFailure(call: number): void;
}
const simulated = (): Simulated => createRequire(import.meta.url)(file) as Simulated;
const capacity = 2 ** 31;
if (!missing) simulated().simulatedCapacity(capacity);

describeDevice('the simulated device', missing, async () => simulated().simulatedCounts().bytes);

describe.skipIf(missing)('the simulated device', () => {
  it('is listed', async () => {
    expect((await devices())[1]).toEqual({
      kind: 'cuda',
      name: 'Simulated',
      memory: capacity,
      freeMemory: capacity,
      computeCapability: '9.0',
      usable: true,
    });
  });

  it('shows the points of a regression on the way', async () => {
    const points: NlpProgress[] = [];
    const program = logisticRegression({ x: [[1], [2], [3], [4]], y: [0, 1, 0, 1] });
    const settings = { device: 'cuda', reportIterates: true, checkInterval: 1 } as const;
    const { x } = await minimize(program, { ...settings, onProgress: (now) => points.push(now) });
    expect(points.length).toBeGreaterThan(0);
    for (const point of points)
      expect(program.objective(point.x as Float64Array)).toBeCloseTo(point.objective as number, 12);
    expect(points.at(-1)?.x).toEqual(x);
  });

  it('has no use for what the addon of the CPU has compiled', () => {
    const program = logisticRegression({ x: [[1], [2], [3]], y: [0, 1, 0] });
    const problem = { ...program.toNative((_, f) => f, addon()), start: program.start, reportIterates: false };
    const solveThere = () => cudaAddon().solve('nlp', problem, {}, undefined, true, 0);
    expect(solveThere).toThrow('program = an object: expected a model that this addon has compiled');
  });
});

describe.skipIf(missing).each(Object.entries(kinds))('the simulated device, %s', (_, kind) => {
  const { problem, endless, large } = kind;

  it('is listed, and refuses what it cannot do, while solves wait for it', async () => {
    const controller = new AbortController();
    const busy = Array.from({ length: 4 }, () => solve(endless, { device: 'cuda', signal: controller.signal }));
    try {
      expect((await devices())[1]?.usable).toBe(true);
      for (const [refused] of kind.refused) {
        await expect(solve(refused, { device: 'cuda' })).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' });
      }
    } finally {
      controller.abort();
    }
    for (const { status } of await Promise.all(busy)) expect(status).toBe('aborted');
  });

  it('does the work', async () => {
    const before = simulated().simulatedCounts().launches;
    const { iterations } = await solve(problem, { device: 'cuda' });
    expect(simulated().simulatedCounts().launches - before).toBeGreaterThan(iterations);
    expect(simulated().simulatedCounts().nothingAlive).toBe(true);
  });

  it("is taken by 'auto' for large problems, and by NONCONVEX_DEVICE for all", async () => {
    expect((await solve(large)).device).toBe('cuda');
    expect((await solve(problem)).device).toBe('cpu');
    process.env.NONCONVEX_DEVICE = 'cuda';
    try {
      expect((await solve(problem)).device).toBe('cuda');
      expect((await solve(problem, { device: 'cpu' })).device).toBe('cpu');
    } finally {
      delete process.env.NONCONVEX_DEVICE;
    }
  });

  it('without enough memory for any problem is not usable', async () => {
    simulated().simulatedCapacity(1e6);
    try {
      expect((await devices())[1]).toMatchObject({ usable: false, reason: expect.stringContaining('1000000 bytes') });
      await expect(solve(problem, { device: 'cuda' })).rejects.toMatchObject({
        code: 'DEVICE_UNAVAILABLE',
        message: expect.stringMatching(/^device = 'cuda': .*1000000 bytes/),
      });
      expect((await solve(large)).device).toBe('cpu');
    } finally {
      simulated().simulatedCapacity(capacity);
    }
  });

  it('without enough memory for a problem: OUT_OF_MEMORY with the bytes, and nothing left behind', async () => {
    simulated().simulatedCapacity(600e6);
    try {
      const error: unknown = await solve(kind.wide, { device: 'cuda' }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SolverError);
      expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', message: expect.stringMatching(/\d.*bytes|[MG]B/) });
      expect(simulated().simulatedCounts().nothingAlive).toBe(true);
      expect((await solve(problem, { device: 'cuda' })).status).toBe('solved');
    } finally {
      simulated().simulatedCapacity(capacity);
    }
  });

  it('may fail at any call: an error, nothing left behind, and the next solve is well', async () => {
    const limited = { device: 'cuda', maxIterations: 12 };
    const before = simulated().simulatedCounts().calls;
    const good = await solve(problem, limited);
    const calls = simulated().simulatedCounts().calls - before;
    const firstOf = new Map<string, number>();
    // The last call gives memory back, when there is an answer already.
    for (let call = 0; call < calls - 1; call += call < 20 ? 1 : Math.ceil(calls / (long ? 40 : 10))) {
      simulated().simulatedFailure(call);
      const error: unknown = await solve(problem, limited).catch((reason: unknown) => reason);
      expect(error, `call ${call} of ${calls}`).toBeInstanceOf(SolverError);
      const { code } = error as SolverError;
      if (!firstOf.has(code)) firstOf.set(code, call);
      expect(simulated().simulatedCounts().nothingAlive, `call ${call} of ${calls}`).toBe(true);
    }
    expect([...firstOf.keys()].sort()).toEqual(['DEVICE_FAILED', 'DEVICE_UNAVAILABLE', 'OUT_OF_MEMORY']);
    simulated().simulatedFailure(-1);
    expect((await solve(problem, limited)).objective).toBe(good.objective);

    // Nobody asked for the device: what it lacks is no reason to reject.
    for (const code of ['DEVICE_UNAVAILABLE', 'OUT_OF_MEMORY']) {
      simulated().simulatedFailure(firstOf.get(code) as number);
      expect((await solve(large)).device).toBe('cpu');
    }
    simulated().simulatedFailure(-1);
  });

  it('does not hold up the end of the process, nor of a thread', async () => {
    const lines = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const started = (more) => new Promise((resolve) => solve({ device: 'cuda', onProgress: resolve, ...more }));
      const code = \`
        import { parentPort } from 'node:worker_threads';
        \${${JSON.stringify(preamble(endless))}.replace("'nonconvex'", JSON.stringify(import.meta.resolve('nonconvex')))}
        solve({ device: 'cuda', onProgress: () => parentPort.postMessage('runs') });
      \`;
      for (let i = 0; i < 3; ++i) {
        const thread = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
        await once(thread, 'message');
        await thread.terminate();
      }
      await started();
      console.log('ends');
      process.exit(3);
    `;
    const ended = await runInChild(lines, endless, { env: { NONCONVEX_CUDA_BINARY: file } });
    // Without a signal: it is ended by one after a minute.
    expect(ended).toMatchObject({ code: 3, signal: null, errors: '', output: 'ends\n' });
  });
});
