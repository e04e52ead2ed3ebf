// Solves over the ranks of MPI jobs: answers, and what becomes of all ranks where one fails.
import { describe, expect, it } from 'vitest';
import { launch, libraries, type Run } from './launch.js';

/** Every rank has ended, and none is left. */
const over = (run: Run): void => {
  expect(run.left).toBe(0);
};

/** The message of a rank about the program `solve`. */
interface Found {
  statuses: string[];
  /** Distances from the answers of one process. */
  away: number[];
  bits: string[];
  /** True if the answer of one process has the same bits. */
  same: boolean;
  /** Iterations of the ranks and of one process. */
  iterations: [number, number];
}

/** The message of a rank about the program `others`, each by the name of the solve. */
interface Other {
  statuses: Record<string, string>;
  /** Distances from the answers of one process, over what is allowed. */
  away: Record<string, number>;
  bits: Record<string, string>;
  /** True for answers that have the bits of one process. */
  same: Record<string, boolean>;
}

describe.each(libraries)('$name', (library) => {
  it.each([1, 2, 4])('%i ranks find what one process finds', async (size) => {
    const run = await launch(library, size, 'fit.mjs', ['solve']);
    expect({ code: run.code, ranks: run.said.length, errors: run.errors }).toEqual({
      code: 0,
      ranks: size,
      errors: '',
    });
    over(run);
    for (const { statuses, away, bits, same, iterations } of run.said as unknown as Found[]) {
      expect(statuses).toEqual(['solved', 'solved', 'solved', 'solved']);
      // Ten tolerances, of 1e-8.
      expect(Math.max(...away)).toBeLessThan(1e-7);
      expect(bits).toEqual(run.said[0]?.bits);
      expect(iterations[0]).toBe(iterations[1]);
      if (size === 1) expect(same).toBe(true);
    }
  });

  it.each([1, 2, 4])('%i ranks find what one process finds of sums, ratios and networks', async (size) => {
    const run = await launch(library, size, 'fit.mjs', ['others']);
    expect({ code: run.code, ranks: run.said.length, errors: run.errors }).toEqual({
      code: 0,
      ranks: size,
      errors: '',
    });
    expect(run.left).toBe(0);
    for (const { statuses, away, bits, same } of run.said as unknown as Other[]) {
      const solved = ['solved', 'epochLimit', ...Array(7).fill('solved')];
      expect(Object.values(statuses)).toEqual(solved);
      // In tolerances.
      for (const [name, distance] of Object.entries(away))
        expect({ name, distance, is: distance < 10 }).toMatchObject({ is: true });
      expect(bits).toEqual((run.said[0] as unknown as Other).bits);
      expect(same.ratio).toBe(true);
      if (size === 1) for (const each of Object.values(same)) expect(each).toBe(true);
    }
  });

  it('one that works on alone after its last solve is waited for', async () => {
    const run = await launch(library, 2, 'fit.mjs', ['late']);
    expect({ code: run.code, errors: run.errors, said: run.said }).toEqual({
      code: 0,
      errors: '',
      said: [{ late: 12 }],
    });
    expect(run.left).toBe(0);
  });

  it('the example prints the same for any number of ranks', async () => {
    const printed = await Promise.all(
      [1, 2].map(async (size) => (await launch(library, size, '../../../examples/mpi/fit.mjs')).output),
    );
    expect(printed).toEqual(
      [1, 2].map((size) =>
        expect.stringMatching(new RegExp(`^ranks?: ${size}\nsolved after \\d+ iterations, objective 0\\.\\d{9}\n$`)),
      ),
    );
    expect(printed[0]?.split('\n')[1]).toBe(printed[1]?.split('\n')[1]);
  });

  it('an end that one rank wishes is that of all, with the same answer', async () => {
    const run = await launch(library, 2, 'fit.mjs', ['abort']);
    expect(run.code).toBe(0);
    over(run);
    expect(run.said).toHaveLength(2);
    for (const { status, bits } of run.said)
      expect({ status, bits }).toEqual({ status: 'timeLimit', bits: run.said[0]?.bits });
  });

  it('a rank that cannot go on tells the others why, and the job lives on', async () => {
    const run = await launch(library, 2, 'fit.mjs', ['failed']);
    expect(run.code).toBe(0);
    over(run);
    const failures = run.said.filter(({ failure }) => failure !== undefined);
    const own = failures.find(({ rank }) => rank === 1);
    expect(own?.failure).toMatch(/^x\[4\]\[1\] = NaN/);
    expect(failures.find(({ rank }) => rank === 0)).toEqual({
      rank: 0,
      failure: `rank 1 of 2: ${own?.failure}`,
      code: 'PEER_FAILED',
    });
    expect(run.said.filter(({ status }) => status === 'solved')).toHaveLength(2);
  });

  it('problems that differ are refused on all ranks', async () => {
    const run = await launch(library, 3, 'fit.mjs', ['different']);
    over(run);
    expect(run.said.map(({ failure }) => failure)).toEqual(
      Array(3).fill('ranks have problems or settings that differ; expected the same on all'),
    );
  });

  it.each([
    ['killed', /signal|SIGKILL|KILLED|rank 1/i],
    ['throwing', /rank 1 of 3 ends with exit status 1, and all ranks with it/],
    ['leaving', /rank 1 of 3 has ended, others solve on: all ranks end/],
    ['absent', /rank \d of 3 has waited 5 s for the others, in message 2: all ranks end/],
  ])('a rank that is %s ends all of them, with a sentence', async (what, sentence) => {
    const run = await launch(library, 3, 'fit.mjs', [what]);
    expect(run.code).not.toBe(0);
    // MPICH's launcher says of a signal on standard output.
    expect(run.errors + run.output).toMatch(sentence);
    over(run);
  });

  it('a fault within WebAssembly is an exception still', async () => {
    const run = await launch(library, 2, 'fit.mjs', ['webAssembly']);
    expect(run.code).toBe(0);
    expect(run.said.filter(({ name }) => name === 'RuntimeError')).toHaveLength(2);
    expect(run.said.filter(({ status }) => status === 'solved')).toHaveLength(2);
    over(run);
  });
});

describe.skipIf(libraries.length < 2)('the launcher of another library', () => {
  it.each(libraries)('$name is refused by every rank', async (library) => {
    const other = libraries.find(({ name }) => name !== library.name)?.name;
    const run = await launch(library, 2, 'fit.mjs', ['wrongLauncher'], { NONCONVEX_MPI: `build-mpi/${other}.so` });
    expect(run.code).not.toBe(0);
    expect(run.errors).toMatch(/_SIZE = 2, but .*\.so finds 1 of them|MPI_Init_thread failed/);
    over(run);
  });
});
