// Ipopt on the .nl files that are written of the classical problems: the same minimum, or ours is lower, or both are minima.
// On every eighth problem; `npm run test:long` compares the others.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { minimize } from '../../src/index.js';
import { writeNl } from '../../src/nlp/index.js';
import { chosen } from '../long.js';
import { conditions, leastNear } from '../problems/conditions.js';
import { nlFile } from '../problems/nlFolder.js';
import { problems } from '../problems/nlp.js';
import { normals } from '../problems/relu.js';
import { ipopt, oracle } from '../reference/ipopt.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-oracle-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!oracle())('classical problems by Ipopt', () => {
  // Systems of equations have no minima to compare, and Ipopt takes long for the largest.
  const compared = problems.filter(({ build }) => {
    const { n, m } = build();
    return m < n && n <= 60;
  });
  it.concurrent.each(chosen(compared, 8))('$name', async ({ name, build }) => {
    const model = build();
    const path = join(folder, `${name}.nl`);
    await writeNl(model, path);
    const theirs = await ipopt(path);
    const ours = await minimize(model);
    const file = nlFile(path);
    const [found, other] = [ours, theirs].map(({ x, multipliers }) => conditions(file, x, multipliers)) as [
      ReturnType<typeof conditions>,
      ReturnType<typeof conditions>,
    ];
    const apart = (found.objective - other.objective) / Math.max(1, Math.abs(other.objective));
    expect(ours.status, ours.message).toBe('solved');
    expect(found.residual).toBeLessThanOrEqual(1e-8);
    if (apart <= 1e-7) return;
    // Another minimum, or a point of Ipopt's with a violated constraint.
    const isLowest = leastNear(file, ours.x, 10, normals(1)) > -1e-9;
    expect(isLowest || other.feasibility > 1e-7, `ours ${found.objective}, Ipopt's ${other.objective}`).toBe(true);
  });
});
