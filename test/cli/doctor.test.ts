// `nonconvex doctor`: what it says where the package solves, and where there is no binary.
import { afterAll, describe, expect, it } from 'vitest';
import { type Diagnosis, diagnosisText } from '../../src/cli/doctor.js';
import { addon } from '../../src/core/addon.js';
import { devices } from '../../src/core/device.js';
import { Folder } from './program.js';

const folder = new Folder();
afterAll(() => folder.remove());

describe('nonconvex doctor', () => {
  it('finds a package that solves, as one JSON object', async () => {
    const { code, output, errors } = await folder.run(['doctor', '--json']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const found = JSON.parse(output) as Diagnosis;
    expect(found.healthy).toBe(true);
    expect(found.versions).toMatchObject({ addon: addon().version, node: process.versions.node });
    expect(found.threads?.number).toBe(addon().threads());
    expect(found.kernels?.own).toMatch(/^(default|x86-64-v[34])$/);
    expect(found.binaries.at(-1)?.path).toMatch(/nonconvex[\w.-]*\.node$/);
    expect(found.binaries.at(-1)).not.toHaveProperty('why');
    expect(found.devices.map(({ kind }) => kind)).toEqual((await devices()).map(({ kind }) => kind));
    expect(found.tests.map(({ passed }) => passed)).toEqual([true, true]);
  });

  it('says where the number of threads comes from', async () => {
    const { output } = await folder.run(['doctor'], { NONCONVEX_THREADS: '3' });
    expect(output).toMatch(/^threads: \d+, by NONCONVEX_THREADS$/m);
    expect(output).toMatch(/^NONCONVEX_THREADS=3$/m);
    expect(output).toMatch(/: loaded$/m);
    expect(output).toMatch(/The package solves on this machine\.\n$/);
  });

  it('says of a test that failed by how much', () => {
    const failed = { name: 'a test', passed: false, message: 'within 1.0e+0 of the exact solution', seconds: 0.1 };
    const text = diagnosisText({
      healthy: false,
      versions: { nonconvex: '1', addon: '1', node: '20', napi: '8', v8: '1' },
      platform: { name: 'p', glibc: null },
      processor: { model: 'm', count: 1, vectors: [] },
      kernels: { own: 'default', blas: null },
      threads: { number: 1, from: 'x' },
      binaries: [],
      devices: [],
      variables: {},
      tests: [failed],
    });
    expect(text).toContain('FAILED: a test: within 1.0e+0 of the exact solution');
  });
});
