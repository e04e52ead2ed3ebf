// Classical problems: where the solver ends is checked by dense algebra on the .nl file that is written of the model, and
// against the values of the literature. Every sixth problem; `npm run test:long` tries the others.
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

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-problems-'));
afterAll(() => rmSync(folder, { recursive: true }));

const some = chosen(problems, 6);

describe('classical problems', () => {
  const others: string[] = [];

  it.each(some)('$name', async ({ name, build, minima, accuracy = 1e-6 }) => {
    const model = build();
    const path = join(folder, `${name}.nl`);
    await writeNl(model, path);
    const file = nlFile(path);
    const result = await minimize(model);
    const found = conditions(file, result.x, result.multipliers);

    expect(result.status, result.message).toBe('solved');
    expect(found.residual).toBeLessThanOrEqual(1e-8);
    expect(found.curvature).toBeGreaterThan(-1e-7);
    const size = Math.max(1, Math.abs(found.objective));
    expect(Math.abs(result.objective - found.objective)).toBeLessThanOrEqual(1e-12 * size);
    const apart = minima.map((value) => Math.abs(found.objective - value) / Math.max(1, Math.abs(value)));
    if (Math.min(...apart) <= accuracy) return;
    others.push(`${name}: ${found.objective}, known ${minima}`);
    expect(leastNear(file, result.x, 10, normals(1))).toBeGreaterThan(-1e-9);
  });

  it('at most one in twenty ends in a minimum that is not known', () => {
    expect(others.length, others.join('\n')).toBeLessThanOrEqual(some.length / 20);
  });
});
