// A regression whose rows are more than one process may hold, over four ranks that may not hold more each.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, libraries } from './launch.js';

/** The limit of mapped memory, in kilobytes: Node, the addon and MPI take 1.2 GB of it before there are data. */
const kilobytes = 1_600_000;
const [files, rowsOfFile, groups] = [8, 60_000, 25];
const columns = 4 * groups;

/** A hash of some bits. */
const hash = (i: number, k: number): number => {
  let h = Math.imul(i, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
};
/** Column and value of an entry of row i: one of each group of four columns. */
const entry = (i: number, k: number): [column: number, value: number] => {
  const h = hash(i, k);
  return [4 * k + (h % 4), ((h >>> 2) % 99) / 50 - 1];
};
const label = (i: number): number => (entry(i, 0)[1] - entry(i, 1)[1] + ((hash(i, 99) % 100) / 100 - 0.5) > 0 ? 1 : -1);

describe.skipIf(libraries.length === 0)('rows that one process may not hold', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nonconvex-rows-'));
  const paths = Array.from({ length: files }, (_, f) => join(folder, `part${f}.libsvm`));
  beforeAll(() => {
    for (const [f, path] of paths.entries()) {
      for (let begin = 0; begin < rowsOfFile; begin += 5000) {
        const lines = Array.from({ length: 5000 }, (_, k) => {
          const i = f * rowsOfFile + begin + k;
          let line = String(label(i));
          for (let g = 0; g < groups; ++g) {
            const [column, value] = entry(i, g);
            line += ` ${column + 1}:${value}`;
          }
          return line;
        });
        appendFileSync(path, `${lines.join('\n')}\n`);
      }
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(libraries)('$name: four ranks solve what one may not read', async (library) => {
    const program = [String(columns), ...paths];
    const alone = await launch(library, 1, 'large.mjs', program, {}, kilobytes);
    expect(alone.code).not.toBe(0);
    expect(alone.errors).toMatch(/OUT_OF_MEMORY|memory|allocation failed/i);
    expect(alone.said).toEqual([]);

    const run = await launch(library, 4, 'large.mjs', program, {}, kilobytes);
    expect({ code: run.code, errors: run.errors, left: run.left }).toEqual({ code: 0, errors: '', left: 0 });
    expect(run.said.map(({ rows, status }) => ({ rows, status }))).toEqual(
      Array(4).fill({ rows: 2 * rowsOfFile, status: 'solved' }),
    );
    for (const { peak } of run.said) expect(peak).toBeLessThan(kilobytes);
    // The gradient there, by a pass over the rows as they were made.
    const x = run.said[0]?.x as number[];
    const gradient = new Float64Array(columns);
    for (let i = 0; i < files * rowsOfFile; ++i) {
      let t = 0;
      for (let g = 0; g < groups; ++g) {
        const [column, value] = entry(i, g);
        t += value * (x[column] as number);
      }
      const slope = (1 / (1 + Math.exp(-t)) - (label(i) > 0 ? 1 : 0)) / (files * rowsOfFile);
      for (let g = 0; g < groups; ++g) {
        const [column, value] = entry(i, g);
        gradient[column] = (gradient[column] as number) + slope * value;
      }
    }
    for (let j = 0; j < columns; ++j)
      expect(Math.abs((gradient[j] as number) + 0.01 * (x[j] as number))).toBeLessThan(1e-7);
  });
});
