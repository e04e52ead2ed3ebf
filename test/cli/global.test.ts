// `nonconvex stub global=1`: the global minimum of an .nl file from the command line, for people and for AMPL.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { progressText } from '../../src/cli/progress.js';
import { solveResultNum } from '../../src/cli/sol.js';
import { circle, nl } from './nl.js';
import { Folder } from './program.js';
import { readSol, type Sol } from './sol.js';

const folder = new Folder();
afterAll(() => folder.remove());

/** sin(3 x0) + x0 / 10 for x0 in [-4, 4]: `minimize` ends at another minimum from this start. */
const wave = { objective: 'o0 o41 o2 n3 v0 o3 v0 n10', bounds: ['0 -4 4'], start: [3] };
const least = Math.min(
  ...Array.from({ length: 80_001 }, (_, k) => -4 + k / 10_000).map((t) => Math.sin(3 * t) + 0.1 * t),
);
/** (x0 - 2.3)^2 x1 for integers x0 in [0, 5], x1 in [1, 2]. */
const whole = (() => {
  const lines = nl({ objective: 'o2 o5 o1 v0 n2.3 n2 v1', bounds: ['0 0 5', '0 1 2'] }).split('\n');
  lines[6] = ' 0 0 2 0 0'; // both variables are integers
  return lines.join('\n');
})();

beforeAll(() => {
  folder.write('wave.nl', nl(wave));
  folder.write('crest.nl', nl({ ...wave, objective: `o16 ${wave.objective}`, sense: 'maximize' }));
  folder.write('whole.nl', whole);
  folder.write('none.nl', nl({ ...circle, rows: ['4 -1'], bounds: ['0 -1 1', '0 -1 1'] }));
  folder.write('free.nl', nl({ objective: 'v0', constraints: ['v1'], bounds: ['3', '3'] }));
  folder.write(
    'ray.nl',
    nl({ objective: 'o2 v0 v1', constraints: ['o0 v1 v0'], bounds: ['3', '3'], sense: 'minimize' }),
  );
  folder.write('circle.nl', nl({ ...circle, bounds: ['0 -2 2', '0 -2 2'] }));
});

async function sol(name: string, ...args: string[]): Promise<Sol> {
  const { code, errors } = await folder.run([name, '-AMPL', 'global=1', ...args]);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return readSol(folder.read(`${name}.sol`));
}

/** The numbers of the line of a message that says objective, bound and gap. */
function found(message: string): { objective: number; bound: number; gap: number } {
  const [, objective, bound, gap] = /^objective (\S+), bound (\S+), gap (\S+)$/m.exec(message) ?? [];
  return { objective: Number(objective), bound: Number(bound), gap: Number(gap) };
}

describe('-AMPL', () => {
  it('answers with the global minimum, its bound and the gap', async () => {
    const { message, code, x, duals, suffixes } = await sol('wave', 'gap=1e-6');
    expect({ code, duals, suffixes }).toEqual({ code: 0, duals: [], suffixes: {} });
    const { objective, bound, gap } = found(message);
    expect(objective).toBeCloseTo(least, 5);
    expect(Math.sin(3 * (x[0] as number)) + 0.1 * (x[0] as number)).toBeCloseTo(objective, 12);
    expect(bound).toBeLessThanOrEqual(least + 1e-9);
    expect(gap).toBeLessThanOrEqual(1e-6);
  });

  it('answers with the multipliers of the global minimum, where there are any', async () => {
    const { x, duals } = await sol('circle', 'gap=1e-6');
    expect({ x, duals }).toEqual({
      x: [expect.closeTo(-1, 7), expect.closeTo(-1, 7)],
      duals: [expect.closeTo(-0.5, 7)],
    });
    expect((await sol('none')).duals).toEqual([]);
  });

  it('has the bound of a maximisation in its sense', async () => {
    const { message, code } = await sol('crest');
    expect(code).toBe(0);
    const { objective, bound } = found(message);
    expect(objective).toBeCloseTo(-least, 3);
    expect(bound).toBeGreaterThanOrEqual(-least - 1e-9);
    expect((await sol('crest', `cutoff=${-least - 0.1}`)).code).toBe(0);
  });

  it('keeps integers, unless they are to be relaxed', async () => {
    expect((await sol('whole')).x).toEqual([2, 1]);
    const relaxed = await sol('whole', 'relaxIntegers=yes');
    expect(relaxed.message).toContain('2 integer variables are relaxed');
    expect(relaxed.x[0]).toBeCloseTo(2.3, 2);
  });

  it.each([
    ['iterationLimit', 400, 'wave', ['maxNodes=1', 'gap=0', 'absoluteGap=0']],
    ['timeLimit', 401, 'circle', ['timelimit=0']],
    ['infeasible', 200, 'none', []],
    ['unbounded', 300, 'free', []],
    ['unbounded, of a product', 300, 'ray', []],
    ['stalled, with an admissible point', 100, 'wave', [`cutoff=${least - 1}`]],
  ])('has a number for the status %s', async (_, code, name, args) => {
    const answer = await sol(name, ...args);
    expect(answer.code).toBe(code);
    expect(answer.message).toMatch(/^objective \S+, bound \S+/m);
  });

  it('has a number for each status', () => {
    expect(solveResultNum('unbounded')).toBe(300);
    expect(solveResultNum('stalled', 0.5)).toBe(500);
    expect(solveResultNum('stalled', 0.5, true)).toBe(100);
  });

  it('takes keywords from the environment', async () => {
    await folder.run(['wave', '-AMPL'], { nonconvex_options: 'global=1 mipgap=1e-3 timelim 60' });
    expect(found(readSol(folder.read('wave.sol')).message).gap).toBeLessThanOrEqual(1e-3);
  });

  it('prints a log with outlev', async () => {
    const { output } = await folder.run(['circle', '-AMPL', 'global=1', 'outlev=1']);
    expect(output).toMatch(/^ iter +objective +lower bound +residual +nodes +open +seconds$/m);
  });
});

describe('for people', () => {
  it('prints bound, gap and nodes', async () => {
    const { output, code, errors } = await folder.run(['solve', 'wave.nl', 'global=1', 'gap=1e-5']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const [, bound] = /^bound +(\S+)$/m.exec(output) ?? [];
    expect(Number(bound)).toBeLessThanOrEqual(least + 1e-9);
    expect(output).toMatch(/^gap +\d/m);
    expect(output).toMatch(/^certificate +global, gap/m);
    expect(output).toMatch(/^nodes +\d+$/m);
    const plain = await folder.run(['wave', 'global=1', 'wantsol=6']);
    expect(plain.output).toMatch(/^objective -\S+, bound -\S+, gap \S+$/m);
    expect(plain.output).toMatch(/^_svar\[1\] +-/m);
    expect(plain.output).not.toContain('multiplier');
  });

  it('prints an object, whose bound is null where it is infinite', async () => {
    const { output } = await folder.run(['solve', 'crest.nl', 'global=1', '--json']);
    const answer = JSON.parse(output);
    expect(answer).toMatchObject({ status: 'solved', certificate: { kind: 'global', upperBound: answer.bound } });
    expect(Object.keys(answer)).toEqual([
      ...['status', 'message', 'objective', 'residual', 'feasibility', 'bound', 'gap', 'nodes', 'counts'],
      ...['certificate', 'iterations', 'seconds', 'x', 'lowerMultipliers', 'upperMultipliers'],
    ]);
    const stopped = await folder.run(['solve', 'circle.nl', 'global=1', 'timelimit=0', '--json']);
    expect(JSON.parse(stopped.output)).toMatchObject({ status: 'timeLimit', bound: null });
    expect(stopped.code).toBe(1);
  });

  it('writes a page', async () => {
    await folder.run(['solve', 'circle.nl', 'global=1', '--report', 'page.html']);
    expect(readFileSync(folder.file('page.html'), 'utf8')).toContain('boxes that were looked at');
  });
});

it('has both bounds in the text beside the bar', () => {
  const now = { iteration: 3, seconds: 2, objective: 8 };
  expect(progressText({ ...now, lowerBound: 6 }, 0.5)).toBe(
    'objective 8.0000e+00, bound 6.0000e+00, gap 2.5e-01, 2 s left',
  );
  expect(progressText({ ...now, upperBound: 10 }, 1)).toBe('objective 8.0000e+00, bound 1.0000e+01, gap 2.5e-01');
});

it.each([
  ['gap=1e-3', /^nonconvex: gap: expected global=1 beside it, as only the search for a global minimum has it$/m],
  ['global=1 tol=1e-6', /^nonconvex: tolerance: expected gap in its place, with global=1$/m],
  ['global=1 restarts=3', /^nonconvex: restarts: expected one of maxIterations, gap, .*, with global=1$/m],
  ['global=1 gap=2', /gap = 2: expected a number in \[0, 1\]/],
  ['global=perhaps', /global = 'perhaps': expected yes or no/],
])('refuses %s', async (text, message) => {
  for (const args of [
    ['wave', '-AMPL', ...text.split(' ')],
    ['solve', 'wave.nl', ...text.split(' ')],
  ]) {
    const { code, errors } = await folder.run(args);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  }
});

it('refuses .mps files, which have no expressions', async () => {
  folder.write('plant.mps', 'NAME plant\nROWS\n N cost\nCOLUMNS\n x cost 1\nENDATA\n');
  const { code, errors } = await folder.run(['solve', 'plant.mps', 'global=1']);
  expect({ code, errors }).toEqual({
    code: 2,
    errors: 'nonconvex: plant.mps: expected an .nl file with global=1\n',
  });
});
