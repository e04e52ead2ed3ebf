// Classical problems as expression models: values and derivatives against the .nl files of others, and of our own writing,
// read and differentiated without the package. `npm test` reads and writes every third, `npm run test:long` the others.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNl } from '../../src/nlp/index.js';
import { chosen } from '../long.js';
import { available, names, nlFile, pathOf } from '../problems/nlFolder.js';
import { type Problem, problems } from '../problems/nlp.js';
import { compareWithFile, compareWithWritten, difference, large } from './derivatives.js';

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-nl-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('models', () => {
  const others = problems.filter(
    (problem): problem is Problem & { nl: string } => available && problem.nl !== undefined,
  );

  it.each(chosen(others, 3))('$name is the .nl file', ({ build, nl, order, name }) => {
    const program = build().compile();
    const file = nlFile(pathOf(nl));
    compareWithFile(program, file, order);
    // COPS draws elec's start at random.
    if (name.startsWith('elec')) return;
    expect(
      difference(
        program.start,
        program.start.map((_, j) => file.start[order?.[j] ?? j] as number),
      ),
    ).toBeLessThan(1e-7);
  });

  it.each(
    chosen(
      problems.filter(({ name }) => !large.has(name)),
      3,
    ),
  )('$name is what writeNl writes', (problem) => compareWithWritten(problem, folder));
});

describe.skipIf(!available)('.nl files', () => {
  it.each(chosen(names, 3))('%s', async (name) => {
    const program = await readNl(pathOf(name));
    const file = nlFile(pathOf(name));
    expect(program.start).toEqual(file.start);
    compareWithFile(program, file);
  });
});
