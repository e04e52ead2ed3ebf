// AMPL's models with bounds and inequalities, text and binary: all but two are read, with the counts that are known of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type NlProgram, readNl } from '../../src/nlp/index.js';
import { available, models, type NlpReference, references } from '../problems/nlpFolder.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-nl-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows and variables by their sides. */
function counts(program: NlProgram) {
  const { lower, upper, constraintsLower, constraintsUpper } = program.bounds;
  const rows = Array.from({ length: program.m }, (_, i) => [constraintsLower?.[i] ?? 0, constraintsUpper?.[i] ?? 0]);
  const ranges = rows.filter((sides) => sides.every(Number.isFinite) && sides[0] !== sides[1]).length;
  const equalities = rows.filter(([low, high]) => low === high).length;
  const variables = Array.from({ length: program.n }, (_, j) => [lower?.[j], upper?.[j]]);
  const fixed = program.withFixed(program.start).length - program.n;
  return {
    n: program.n + fixed,
    m: program.m,
    equalities,
    inequalities: program.m - equalities - ranges,
    ranges,
    bounded: variables.filter((sides) => sides.some(Number.isFinite)).length + fixed,
  };
}

describe.skipIf(!available)('AMPL models', () => {
  const known = references();
  const files = models();

  it('are those that are known', () => {
    expect([...files.keys()].sort()).toEqual(Object.keys(known).sort());
    expect(files.size).toBe(421);
  });

  it('are read', async () => {
    const wrong: unknown[] = [];
    const refused: string[] = [];
    for (const [name, bytes] of files) {
      const path = join(folder, `${name}.nl`);
      writeFileSync(path, bytes);
      const program = await readNl(path).catch((error: Error) => {
        refused.push(`${name}: ${error.message.replace(/^.*: /, '')}`);
      });
      if (!program) continue;
      const { n, m, equalities, inequalities, ranges, bounded } = known[name] as NlpReference;
      const expected = { n, m, equalities, inequalities, ranges, bounded };
      if (JSON.stringify(counts(program)) !== JSON.stringify(expected)) {
        wrong.push({ name, found: counts(program), expected });
      }
    }
    expect(wrong).toEqual([]);
    expect(refused.sort()).toEqual([
      "hs068: the imported function 'myerf' is not supported",
      "hs069: the imported function 'myerf' is not supported",
    ]);
  });
});
