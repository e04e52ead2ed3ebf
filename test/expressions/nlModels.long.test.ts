// Models that were read, text and binary, are written again for Ipopt, which finds what it finds for the files themselves.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNl, writeNl } from '../../src/nlp/index.js';
import { all } from '../long.js';
import { models, references } from '../problems/nlpFolder.js';
import { ipopt, oracle } from '../reference/ipopt.js';
import './nlModels.test.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-nl-written-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!oracle())('written models', () => {
  const small = Object.entries(references()).filter(([, { status, n }]) => status === 'optimal' && n <= 50);
  const known = small.filter((_, k) => all || k % 10 === 0);

  it('have the same minima for Ipopt', { timeout: 600_000 }, async () => {
    const files = models();
    const other: string[] = [];
    for (const [name, { objective }] of known) {
      const path = join(folder, `${name}.nl`);
      writeFileSync(path, files.get(name) as Uint8Array);
      const program = await readNl(path);
      await writeNl(program, path);
      const { solved, x, message } = await ipopt(path, ['tol=1e-8', 'max_cpu_time=20']);
      const found = (program.sense === 'maximize' ? -1 : 1) * program.objective(x);
      const near = Math.abs(found - objective) <= 1e-5 * Math.max(1, Math.abs(objective));
      if (!solved || !near) other.push(`${name}: ${found}, the file itself ${objective}; ${message}`);
    }
    if (other.length > 0) console.log(other.join('\n'));
    // Rounding may lead to another minimum, or to one fewer digit than is asked for.
    expect(small.length).toBeGreaterThan(200);
    expect(other.length).toBeLessThanOrEqual(0.05 * known.length);
  });
});
