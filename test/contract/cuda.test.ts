// nonconvex-cuda.node as it is built for a GPU: beside the CPU's addon, polite without a GPU, and at work with one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Device, devices } from '../../src/index.js';
import { runInChild } from './child.js';
import { describeDevice } from './describeDevice.js';
import { type Kind, kinds } from './fixtures.js';

const file = join(import.meta.dirname, '../../build-cmake/Release/nonconvex-cuda.node');
const missing = existsSync(file) ? undefined : 'it is not built: npm run build:cuda';
process.env.NONCONVEX_CUDA_BINARY = file;
const found = missing ? [] : (await devices()).filter(({ kind }) => kind === 'cuda');
const gpu = found.find(({ usable }) => usable);
const noGpu = missing ?? (gpu ? undefined : found[0]?.reason);

const { problem } = kinds.relu as Kind;

describe.skipIf(missing)(missing ? `the CUDA addon: skipped, ${missing}` : 'the CUDA addon', () => {
  it('loads beside the addon of the CPU, in threads and again, and the CPU still solves', async () => {
    const lines = `
      import { once } from 'node:events';
      import { Worker } from 'node:worker_threads';
      const attempt = async () => {
        const before = (await solve()).objective;
        const [, cuda] = await nonconvex.devices();
        const answer = await solve({ device: 'cuda' }).catch(({ code }) => ({ code }));
        return [before === (await solve({ device: 'cpu' })).objective, cuda.usable, answer.code ?? answer.device].join();
      };
      const code = \`
        import { parentPort } from 'node:worker_threads';
        import { devices } from '\${import.meta.resolve('nonconvex')}';
        parentPort.postMessage(String((await devices())[1].usable));
      \`;
      const thread = async () =>
        (await once(new Worker(new URL('data:text/javascript,' + encodeURIComponent(code))), 'message'))[0];
      const alone = await thread();
      const both = await Promise.all([attempt(), thread(), thread(), attempt()]);
      console.log(JSON.stringify([alone, ...both, await attempt()]));
    `;
    const ended = await runInChild(lines, problem, { env: { NONCONVEX_CUDA_BINARY: file } });
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
    const usable = String(gpu !== undefined);
    const answer = `true,${usable},${gpu ? 'cuda' : 'DEVICE_UNAVAILABLE'}`;
    expect(JSON.parse(ended.output)).toEqual([usable, answer, usable, usable, answer, answer]);
  });

  it.skipIf(gpu).each(Object.entries(kinds))('says what is missing where there is no GPU: %s', async (_, kind) => {
    const [cuda] = found as [Device];
    expect(cuda).toMatchObject({ kind: 'cuda', usable: false });
    expect(cuda.reason).toMatch(/driver|device|lib(cublas|cusolver)|memory|compute capability/);
    const lines = `
      const refused = await solve({ device: 'cuda' }).catch(({ name, code, message }) => ({ name, code, message }));
      process.env.NONCONVEX_DEVICE = 'cuda';
      const forced = await solve().catch(({ code, message }) => ({ code, message }));
      console.log(JSON.stringify([refused, forced]));
    `;
    const ended = await runInChild(lines, kind.problem, { env: { NONCONVEX_CUDA_BINARY: file } });
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' });
    const code = 'DEVICE_UNAVAILABLE';
    expect(JSON.parse(ended.output)).toEqual([
      { name: 'SolverError', code, message: `device = 'cuda': ${cuda.reason}` },
      { code, message: `NONCONVEX_DEVICE = 'cuda': ${cuda.reason}` },
    ]);
  });
});

/** Bytes in use on the card, as this process sees it; other programs on the card make the test of memory fail. */
const memory = async () => {
  const { memory = 0, freeMemory = 0 } = (await devices()).find(({ usable, kind }) => kind === 'cuda' && usable) ?? {};
  return memory - freeMemory;
};
describeDevice(gpu ? gpu.name : 'a GPU', noGpu, memory);
