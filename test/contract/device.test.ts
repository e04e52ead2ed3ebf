// Where a solve runs: what the call, NONCONVEX_DEVICE and the machine say to it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Device, devices } from '../../src/index.js';
import { runInChild } from './child.js';
import { type Fixture, fixtures, kinds, type Problem, solve } from './fixtures.js';

const onGpu = Object.keys(kinds);

afterEach(() => vi.unstubAllEnvs());

describe.each(Object.entries(fixtures))('%s', (name, { small }) => {
  it("runs on the CPU with 'cpu', and with 'auto' since it is small", async () => {
    expect((await solve(small, { device: 'cpu' })).device).toBe('cpu');
    expect((await solve(small, { device: 'auto' })).device).toBe('cpu');
    expect((await solve(small)).device).toBe('cpu');
  });

  it("takes NONCONVEX_DEVICE for 'auto' alone", async () => {
    vi.stubEnv('NONCONVEX_DEVICE', 'cpu');
    expect((await solve(small)).device).toBe('cpu');
    vi.stubEnv('NONCONVEX_DEVICE', 'cuda');
    expect((await solve(small, { device: 'cpu' })).device).toBe('cpu');
    vi.stubEnv('NONCONVEX_DEVICE', '');
    expect((await solve(small)).device).toBe('cpu');
  });

  it('refuses another NONCONVEX_DEVICE', async () => {
    vi.stubEnv('NONCONVEX_DEVICE', 'gpu');
    const refused = solve(small, { device: 'cpu' });
    await expect(refused).rejects.toThrow("NONCONVEX_DEVICE = 'gpu': expected one of 'auto', 'cpu', 'cuda'");
    await expect(refused).rejects.toBeInstanceOf(RangeError);
  });

  it.runIf(!onGpu.includes(name))('is for the CPU only, and says so when asked for CUDA by the call', async () => {
    await expect(solve(small, { device: 'cuda' })).rejects.toMatchObject({
      name: 'SolverError',
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/^device = 'cuda': .* on the CPU only; use 'auto' or 'cpu'$/),
    });
    vi.stubEnv('NONCONVEX_DEVICE', 'cuda');
    expect((await solve(small)).device).toBe('cpu');
  });
});

it('leaves to the CPU what a GPU gets only if the call asks for it', async () => {
  vi.stubEnv('NONCONVEX_DEVICE', 'cuda');
  expect((await solve((fixtures.nlp as Fixture).small)).device).toBe('cpu');
});

describe('without the CUDA addon', () => {
  const { small } = fixtures.relu as Fixture;
  const missing = { NONCONVEX_CUDA_BINARY: '/nowhere/nonconvex-cuda.node' };
  const sentence = 'the CUDA addon could not be loaded: /nowhere/nonconvex-cuda.node: no such file';
  const attempt = `console.log(JSON.stringify(await solve(OPTIONS).catch(({ name, code, message }) => ({ name, code, message }))))`;
  const result = async (options: string, env = {}, problem = small) => {
    const ended = await runInChild(attempt.replace('OPTIONS', options), problem, {
      env: { ...missing, ...env },
    });
    expect(ended).toMatchObject({ code: 0, errors: '' });
    return JSON.parse(ended.output);
  };

  it("rejects 'cuda' with a sentence", async () => {
    expect(await result("{ device: 'cuda' }")).toEqual({
      name: 'SolverError',
      code: 'DEVICE_UNAVAILABLE',
      message: `device = 'cuda': ${sentence}`,
    });
    expect(await result('{}', { NONCONVEX_DEVICE: 'cuda' })).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: `NONCONVEX_DEVICE = 'cuda': ${sentence}`,
    });
  });

  it("solves large problems on the CPU with 'auto'", async () => {
    const large: Problem = {
      solver: 'relu/trainReluNetwork',
      data: { rows: 2000, columns: 1000 },
      build: (_, { rows, columns }: { rows: number; columns: number }) => ({
        x: { data: Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)), rows, columns },
        y: { data: Float64Array.from({ length: 50 * rows }, (_, i) => Math.cos(i)), rows, columns: 50 },
      }),
      settings: { patterns: { sample: 1 } },
    };
    expect(await result('{ signal: AbortSignal.abort() }', {}, large)).toMatchObject({
      device: 'cpu',
      status: 'aborted',
    });
  });

  it('lists the CPU, and why there is no CUDA device', async () => {
    const lines = `console.log(JSON.stringify(await nonconvex.devices()))`;
    const ended = await runInChild(lines, small, { env: missing });
    const [cpu, cuda, ...others] = JSON.parse(ended.output) as Device[];
    expect(cpu).toEqual({ kind: 'cpu', name: expect.any(String), memory: expect.any(Number), usable: true });
    expect(cpu?.memory).toBeGreaterThan(1e8);
    expect(cuda).toEqual({ kind: 'cuda', name: 'none', memory: 0, usable: false, reason: sentence });
    expect(others).toEqual([]);
  });

  it('refuses an addon of another version', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nonconvex-cuda-'));
    try {
      const other = join(folder, 'other.node');
      writeFileSync(other, "module.exports = { version: '0.0.1' }");
      // Stands in for a binary: Node is told to load it as JavaScript.
      const lines = `
        import module from 'node:module';
        const load = module._extensions['.node'];
        module._extensions['.node'] = (made, file) =>
          file === process.env.NONCONVEX_CUDA_BINARY ? module._extensions['.js'](made, file) : load(made, file);
        ${attempt.replace('OPTIONS', "{ device: 'cuda' }")}
      `;
      const ended = await runInChild(lines, small, { env: { NONCONVEX_CUDA_BINARY: other } });
      expect(JSON.parse(ended.output)).toMatchObject({
        code: 'DEVICE_UNAVAILABLE',
        message: expect.stringContaining('the CUDA addon is of version 0.0.1'),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lists a CPU that cannot be used, either', async () => {
    const lines = `console.log(JSON.stringify(await nonconvex.devices()))`;
    const ended = await runInChild(lines, small, { env: { ...missing, NONCONVEX_BINARY: '/nowhere/mine.node' } });
    expect(JSON.parse(ended.output)[0]).toMatchObject({ kind: 'cpu', usable: false });
    expect(JSON.parse(ended.output)[0].reason).toContain('/nowhere/mine.node: no such file');
  });
});

it('devices() is the same twice', async () => {
  expect(await devices()).toEqual(await devices());
});
