// Adam of PyTorch on the objective that refinement has: bench/relu/adam.py.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matrix } from '../../src/index.js';
import { withFolder } from '../shared/native.js';
import { Python } from '../shared/python.js';

/** Rows and values to train on, and others to test on. */
export interface Rows {
  x: Matrix;
  y: Float64Array;
  xTest?: Matrix;
  yTest?: Float64Array;
}

export interface AdamRun {
  rate: number;
  seconds: number;
  objective: number;
  train: number;
  test: number;
}

/** The learning rates that are tried; the seconds of a run are those of one rate. */
export const rates = [1e-3, 1e-2];

/** A run for each rate, or none where there is no Python with PyTorch. */
export async function runAdam(
  data: Rows,
  settings: { lambda: number; width: number; epochs: number; batch: number },
): Promise<AdamRun[]> {
  const python = await Python.start('bench/relu/adam.py', ['/usr/bin/python3']);
  if (!python) {
    console.log('Adam is left out: /usr/bin/python3 has no PyTorch (Debian: python3-torch).');
    return [];
  }
  const runs: AdamRun[] = [];
  await withFolder(async (folder) => {
    const path = join(folder, 'adam.data');
    writeData(path, data);
    await python.ask({ path });
    for (const rate of rates) {
      const { seconds, objective, train, test } = await python.ask({ ...settings, rate, seed: 1 });
      runs.push({ rate, seconds, objective, train, test } as AdamRun);
    }
  });
  python.end();
  return runs;
}

function writeData(path: string, { x, y, xTest, yTest }: Rows): void {
  const sizes = Int32Array.of(x.rows, x.columns, xTest?.rows ?? 0);
  const parts = [sizes, x.data, y, xTest?.data, yTest].flatMap((part) => (part ? [part] : []));
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
}

/** The run of the least objective. */
export function bestOf(runs: readonly AdamRun[]): AdamRun | undefined {
  return [...runs].sort((a, b) => a.objective - b.objective)[0];
}
