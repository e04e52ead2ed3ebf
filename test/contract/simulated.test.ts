// The whole way from TypeScript to a CUDA device and back, on one that is simulated.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devices } from '../../src/index.js';

const file = join(import.meta.dirname, '../../build-cmake/Release/nonconvex-cuda-simulated.node');
// Read when the first solve asks for a device.
process.env.NONCONVEX_CUDA_BINARY = file;

describe.skipIf(!existsSync(file))('the simulated device, which npm test builds', () => {
  it('is listed', async () => {
    expect((await devices())[1]).toEqual({
      kind: 'cuda',
      name: 'Simulated',
      memory: 2 ** 30,
      freeMemory: 2 ** 30,
      computeCapability: '9.0',
      usable: true,
    });
  });
});
