// `nonconvex solve`, as people and scripts call it.
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addon } from '../../src/core/addon.js';
import { long } from '../long.js';
import { chain, circle, nl } from './nl.js';
import { type Ended, ended, Folder, interruptOnceLogged, program } from './program.js';
import { readSol } from './sol.js';

const folder = new Folder();
const solve = (...args: string[]) => folder.run(['solve', ...args]);

beforeAll(() => {
  folder.write('circle.nl', nl(circle));
  folder.write('endless.nl', chain(30_000));
  folder.write('data.csv', 'a,y\n1,2\n');
});
afterAll(() => folder.remove());

async function json(...args: string[]): Promise<Record<string, unknown> & { x: number[]; multipliers: number[] }> {
  const { output, errors } = await solve(...args, '--json');
  expect(errors).toBe('');
  expect(output.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(output);
}

describe('--json', () => {
  it('prints one object with the answer', async () => {
    const { x, multipliers, ...answer } = await json('circle.nl');
    expect(Object.keys(answer)).toEqual([
      'status',
      'message',
      'objective',
      'residual',
      'feasibility',
      'certificate',
      'iterations',
      'seconds',
    ]);
    expect(answer.status).toBe('solved');
    expect(answer.objective).toBeCloseTo(-2, 8);
    expect(answer.residual).toBeLessThanOrEqual(1e-8);
    expect(answer.feasibility).toBeLessThanOrEqual(1e-8);
    // The disc is convex, so the bound is of the whole problem.
    const { certificate } = answer as unknown as { certificate: { lowerBound: number; gap: number } };
    expect(certificate).toMatchObject({ kind: 'global', inertia: { negative: 0, zero: 0 } });
    expect(certificate.lowerBound).toBeLessThanOrEqual(-2 + 1e-12);
    expect(certificate.lowerBound).toBeCloseTo(-2, 6);
    expect(certificate.gap).toBeGreaterThanOrEqual(0);
    expect(certificate.gap).toBeLessThanOrEqual(1e-6);
    expect(answer.iterations).toBeGreaterThan(0);
    expect(answer.seconds).toBeGreaterThanOrEqual(0);
    expect(x).toEqual([expect.closeTo(-1, 8), expect.closeTo(-1, 8)]);
    expect(multipliers).toEqual([expect.closeTo(0.5, 8)]);
  });

  it('says more of a problem with bounds', async () => {
    folder.write('bounded.nl', nl({ ...circle, bounds: ['2 -0.5', '3'], start: [0, -1] }));
    const answer = await json('bounded.nl');
    expect(answer).toMatchObject({
      status: 'solved',
      objective: expect.closeTo(-0.5 - Math.sqrt(1.75), 8),
      phase: expect.stringMatching(/^[a-zA-Z]+$/),
      lowerMultipliers: [expect.any(Number), 0],
      upperMultipliers: [0, 0],
    });
    expect(answer.complementarity).toBeLessThanOrEqual(1e-8);
    // 1 + 2 multiplier x0 = lower multiplier, 1 + 2 multiplier x1 = 0
    const multiplier = 1 / (2 * Math.sqrt(1.75));
    expect(answer.multipliers).toEqual([expect.closeTo(multiplier, 7)]);
    expect((answer.lowerMultipliers as number[])[0]).toBeCloseTo(1 - multiplier, 7);
    const { output } = await solve('bounded.nl');
    expect(output).toMatch(/^complementarity +\d\.\d+e[+-]\d\d$/m);
    expect(output).toMatch(new RegExp(`^phase +${answer.phase}$`, 'm'));
  });

  it('has the terms of a file that maximises and fixes variables', async () => {
    folder.write(
      'fixed.nl',
      nl({
        // 5 - x0^2 - x2^2 - x1 on x0 + x2 = x1, x1 = 2
        objective: 'o1 o1 o1 n5 o5 v0 n2 o5 v2 n2 v1',
        sense: 'maximize',
        constraints: ['o1 o0 v0 v2 v1'],
        bounds: ['3', '4 2', '3'],
      }),
    );
    const { status, objective, x, multipliers } = await json('fixed.nl');
    expect(status).toBe('solved');
    expect(objective).toBeCloseTo(1, 8);
    expect(x).toEqual([expect.closeTo(1, 8), 2, expect.closeTo(1, 8)]);
    // grad f + J^T multipliers = 0: -2 x0 + multiplier = 0
    expect(multipliers).toEqual([expect.closeTo(2, 8)]);
  });
});

describe('an .mps file', () => {
  // max 3 steel + 2 wood + 5, steel + wood <= 4, steel <= 3
  const text = `NAME plant
OBJSENSE
    MAX
ROWS
 N profit
 L hours
COLUMNS
 steel profit 3 hours 1
 wood profit 2 hours 1
RHS
 rhs hours 4 profit -5
BOUNDS
 UP bnd steel 3
ENDATA
`;

  it.each(['plant.mps', 'PLANT.QPS', 'plant.mps.gz'])(
    '%s is solved, with values and multipliers by name',
    async (name) => {
      folder.write(name, name.endsWith('.gz') ? gzipSync(text) : text);
      const { code, output, errors } = await solve(name);
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      expect(output).toMatch(/, 2 variables, 1 constraint$/m);
      expect(output).toMatch(/^variable {2}value\nsteel {5}3(\.0{6}\d*)?\nwood {6}(1(\.0{6}\d*)?|0\.9{6}\d*)$/m);
      expect(output).toMatch(/^constraint {2}multiplier\nhours {7}-(2(\.0{6}\d*)?|1\.9{6}\d*)$/m);
      expect((await solve(name, '--wantsol', '0')).output).not.toContain('steel');
    },
  );

  it('is answered with names in JSON', async () => {
    folder.write('plant.mps', text);
    expect(await json('plant.mps')).toMatchObject({
      ...{ status: 'solved', objective: expect.closeTo(16, 6), phase: 'quadratic' },
      ...{ x: [expect.closeTo(3, 6), expect.closeTo(1, 6)], variableNames: ['steel', 'wood'] },
      ...{ multipliers: [expect.closeTo(-2, 6)], constraintNames: ['hours'] },
      upperMultipliers: [expect.closeTo(-1, 6), 0],
    });
  });

  it('has a report with its names', async () => {
    folder.write('plant.mps', text);
    expect(await solve('plant.mps', '--report', 'plant.html')).toMatchObject({ code: 0 });
    expect(folder.read('plant.html')).toContain('<bdi>steel</bdi>');
    expect(await solve('plant.mps', '--report', 'plant.mps')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('is the same file as plant.mps, which is read'),
    });
  });

  it('has integers relaxed where that is asked for', async () => {
    folder.write('integer.mps', text.replace('UP bnd', 'UI bnd'));
    const { code, errors } = await solve('integer.mps');
    expect([code, errors]).toEqual([
      2,
      expect.stringMatching(/integer\.mps, line 13: column 'steel': integers are not/),
    ]);
    expect((await solve('integer.mps', 'relaxIntegers=yes')).output).toContain('note: 1 integer column is relaxed');
  });

  it('takes nothing that only a .nl file has', async () => {
    folder.write('plant.mps', text);
    for (const [args, message] of [
      [['solve', 'plant.mps', 'objno=2'], 'objno = 2: expected 1, as an .mps file has one objective'],
      [['solve', 'plant.mps', 'wantsol=1'], 'wantsol = 1: expected no 1 in the sum'],
      [['plant.mps'], 'plant.mps: nonconvex solve plant.mps reads .mps and .qps files'],
      [['plant.mps', '-AMPL'], 'plant.mps: nonconvex solve plant.mps reads .mps and .qps files'],
      [['solve', 'absent.mps'], 'there is no file absent.mps'],
    ] as const) {
      expect(await folder.run([...args])).toMatchObject({ code: 2, errors: expect.stringContaining(message) });
    }
  });
});

describe('--wantsol', () => {
  it('1 writes the .sol file that AMPL reads, with its signs, also of a file that cannot be solved', async () => {
    const { output } = await solve('circle', '--wantsol', '1');
    expect(output).toMatch(/The answer for AMPL is in circle\.sol\.\n$/);
    const { duals, x, code } = readSol(folder.read('circle.sol'));
    expect({ duals, x, code }).toEqual({
      duals: [expect.closeTo(-0.5, 8)],
      x: [expect.closeTo(-1, 8), expect.closeTo(-1, 8)],
      code: 0,
    });
    folder.write('refused.nl', nl({ ...circle, rows: ['5 1 1'] }));
    expect(await solve('refused', '--wantsol', '1')).toMatchObject({ code: 2 });
    expect(readSol(folder.read('refused.sol')).code).toBe(510);
  });

  it('8 leaves the summary out', async () => {
    expect((await solve('circle', '--outlev', '0', 'wantsol=10')).output).toMatch(/^nonconvex .*\n\n\nvariable/);
  });
});

describe('--report', () => {
  it('writes a page in the terms of the file: variables at bounds by their names, behind those that it fixes', async () => {
    // v0 is fixed; v1 ends at its lower bound 2.
    folder.write('fixed.nl', nl({ objective: 'o0 o5 v0 n2 v1', bounds: ['4 3', '2 2'], start: [3, 5] }));
    folder.write('fixed.col', 'first\nsecond\n');
    const { code, output } = await folder.run(['solve', 'fixed', '--report', 'fixed.html']);
    expect(code).toBe(0);
    expect(output).toMatch(/The report is in fixed\.html\.\n$/);
    const page = folder.read('fixed.html');
    expect(page).toContain('1 variable at a bound');
    expect(page).toMatch(
      /<bdi>second<\/bdi><\/td><td class="text"><bdi>lower<\/bdi><\/td><td><bdi>2<\/bdi><\/td><td><bdi>1</,
    );
  });
});

describe('the exit status', () => {
  it('is 0 for a problem that is solved', async () => {
    expect(await solve('circle.nl')).toMatchObject({ code: 0, errors: '' });
    expect(await solve('circle')).toMatchObject({ code: 0, errors: '' });
  });

  it.each([
    ['iterationLimit', nl({ ...circle, start: [30, 1] }), ['--maxIterations', '2']],
    ['timeLimit', nl(circle), ['--timeLimit', '0']],
    ['infeasible', nl({ ...circle, rows: ['4 -1'] }), []],
    ['unbounded', nl({ objective: 'v0', constraints: ['v1'], bounds: ['3', '3'] }), []],
    ['numericalError', nl({ ...circle, objective: 'o43 v0' }), []],
  ])('is 1 when it ends as %s', async (status, text, options) => {
    folder.write('other.nl', text);
    const { code, output } = await solve('other.nl', '--json', ...options);
    expect(JSON.parse(output)).toMatchObject({
      status,
      residual: status === 'numericalError' ? null : expect.any(Number),
    });
    expect(code).toBe(1);
    if (status === 'infeasible') {
      expect(JSON.parse(output).conflict.constraints).toEqual([expect.objectContaining({ index: 0, side: 'both' })]);
    }
    if (long) expect(await solve('other.nl', ...options)).toMatchObject({ code: 1, errors: '' });
  });

  it.each([
    ['no arguments', [], /Usage: nonconvex/],
    ['no file', ['solve'], /missing required argument 'file'/],
    ['a file that is not there', ['solve', 'absent'], /there is no file absent\.nl/],
    [
      'a file of data',
      ['solve', 'data.csv'],
      /data\.csv: solve reads \.nl, \.mps and \.qps files; path, train and ratio read \.csv files/,
    ],
    ['an unknown option', ['solve', 'circle.nl', '--tolerence', '1'], /unknown option '--tolerence'[\s\S]*--tolerance/],
    ['an option without its value', ['solve', 'circle.nl', '--tol'], /--tol <value>' argument missing/],
    ['a word for a number', ['solve', 'circle.nl', '--tol', 'small'], /tol = small: expected a number in \[0, 1\]/],
    ['a number out of range', ['solve', 'circle.nl', '--tol', '2'], /tol = 2: expected a number in \[0, 1\]/],
    ['a fraction for an integer', ['solve', 'circle.nl', '--max_iter', '1.5'], /max_iter = 1\.5: expected an integer/],
    [
      'an unknown name',
      ['solve', 'circle.nl', '--accuracy', 'high'],
      /accuracy = 'high': expected one of descent, paper/,
    ],
    ['no truth value', ['solve', 'circle.nl', '--scaling', 'maybe'], /scaling = 'maybe': expected yes or no/],
    ['an argument too many', ['solve', 'circle.nl', 'other'], /expected key=value, not 'other'/],
    ['an unknown command', ['solves', 'circle.nl'], /unknown command 'solves'/],
  ])('is 2 for %s', async (_, args, message) => {
    const { code, output, errors } = await folder.run(args);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/\n\s+at /); // no stack
    expect(output).toBe('');
    expect(code).toBe(2);
  });
});

describe('a file that cannot be solved', () => {
  it.each([
    ['cut off', nl(circle).slice(0, 150), /bad\.nl, line \d+: the file ends/],
    ['corrupt', nl(circle).replace('o5', 'o999'), /bad\.nl, line 13: unknown operator o999/],
    ['empty', '', /bad\.nl/],
    ['not a .nl file', 'NAME model\nROWS\n', /bad\.nl, line 1: not an AMPL \.nl file/],
    [
      'with a floor',
      nl({ ...circle, objective: 'o13 v0' }),
      /bad\.nl, line \d+: operator o13 \(floor\) .* not supported/,
    ],
    [
      'with a complementarity',
      nl({ ...circle, rows: ['5 1 1'] }),
      /bad\.nl, line \d+: complementarity .* not supported/,
    ],
  ])('%s: is named with the line', async (_, text, message) => {
    folder.write('bad.nl', text);
    const { code, output, errors } = await solve('bad.nl', '--json');
    expect(errors).toMatch(message);
    expect(errors.trimEnd().split('\n')).toHaveLength(1);
    expect(output).toBe('');
    expect(code).toBe(2);
  });
});

describe('the settings', () => {
  const values = (name: string, value: unknown): string => {
    if (name === 'timeLimit') return '1000000';
    return value === Number.POSITIVE_INFINITY ? '100' : String(value);
  };
  const settings = addon().schema().solvers.nlp?.settings ?? [];

  it('are all taken, as options and as AMPL writes them', async () => {
    const all = settings.map(({ name, default: value }) => [name, values(name, value as never)] as const);
    expect(all.map(([name]) => name)).toEqual(
      expect.arrayContaining(['tolerance', 'maxIterations', 'accuracy', 'constraintPenalty']),
    );
    const options = all.flatMap(([name, value]) => [`--${name}`, value]);
    expect(await solve('circle.nl', ...options)).toMatchObject({ code: 0, errors: '' });
    const assignments = all.map(([name, value]) => `${name}=${value}`);
    expect(await solve('circle.nl', ...assignments)).toMatchObject({ code: 0, errors: '' });
  });

  it('have the names that users of Ipopt know', async () => {
    folder.write('far.nl', nl({ ...circle, start: [30, 1] }));
    expect((await json('far.nl', '--max_iter', '2')).iterations).toBe(2);
    expect((await json('far.nl', 'max_iter=2')).iterations).toBe(2);
    expect((await json('circle.nl', '--max_wall_time', '0')).status).toBe('timeLimit');
    expect((await json('circle.nl', '--tol=0.5')).residual).toBeGreaterThan(1e-8);
  });
});

describe('what is printed', () => {
  it('is a log, a line an iteration, and a summary', async () => {
    const { output } = await solve('circle.nl');
    const { iterations } = await json('circle.nl');
    const rows = output.split('\n').filter((line) => /^ +\d+ /.test(line));
    expect(rows.map((row) => Number(row.trim().split(/ +/)[0]))).toEqual(
      Array.from({ length: (iterations as number) + 1 }, (_, k) => k),
    );
    expect(output).toMatch(/^nonconvex .*: circle\.nl, 2 variables, 1 constraint$/m);
    expect(output).toMatch(/^status +solved$/m);
    expect(output).toMatch(/^objective +-(2\.0|1\.9)\d+e\+00$/m);
    expect(output).toMatch(/^residual +\d\.\d+e-\d\d$/m);
    expect(output).toMatch(new RegExp(`^iterations +${iterations}$`, 'm'));
  });

  it('has no log with outlev 0', async () => {
    const { output } = await solve('circle.nl', '--outlev', '0');
    expect(output).not.toMatch(/^ iter/m);
    expect(output).toMatch(/^status +solved$/m);
  });

  it('has the names that stand beside the file', async () => {
    folder.write('named.nl', nl(circle));
    folder.write('named.col', 'width\nheight\n');
    folder.write('named.row', 'area\n');
    const { output } = await solve('named.nl', '--wantsol', '6');
    expect(output).toMatch(/^width +-(1|0\.9)/m);
    expect(output).toMatch(/^height +-(1|0\.9)/m);
    expect(output).toMatch(/^area +0\.(5|4)/m);
    expect((await solve('circle.nl', '--wantsol', '6')).output).toMatch(/^_svar\[2\] +-[\s\S]*^_scon\[1\] +0\./m);
  });

  it.runIf(long)('may be cut short by its reader', async () => {
    for (const args of [['circle.nl'], ['circle.nl', '--json'], ['endless.nl']]) {
      const child = folder.start(['solve', ...args]);
      child.stdout?.destroy();
      const { signal, errors } = await ended(child);
      expect({ signal, errors }).toEqual({ signal: null, errors: '' });
    }
  });
});

describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  it.each([
    ['solve', 'circle.nl'],
    ['solve', 'circle.nl', '--json'],
  ])('is an error: %s %s', async (...args) => {
    const full = openSync('/dev/full', 'w');
    const { code, errors } = await ended(folder.start(args, {}, full));
    closeSync(full);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringMatching(/^nonconvex: ENOSPC.*\n$/) });
  });
});

describe('an interrupt', () => {
  it('ends the solve with the best point so far', async () => {
    const child = folder.start(['solve', 'endless.nl', '--max_iter', '1e9']);
    interruptOnceLogged(child);
    const { code, signal, output, errors } = await ended(child);
    expect({ code, signal, errors }).toEqual({ code: 1, signal: null, errors: '' });
    expect(output).toMatch(/^status +aborted$/m);
    expect(output).toMatch(/^objective +-?\d\.\d+e[+-]\d\d$/m);
  });
});

describe('the program', () => {
  it('is an executable file that says who it is', async () => {
    expect(statSync(program).mode & 0o111).not.toBe(0);
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    const says = { code: 0, signal: null, output: `nonconvex ${version}\n`, errors: '' };
    expect(await folder.spawn(['-v'])).toEqual(says);
    expect(await folder.run(['--version'])).toEqual(says);
  });

  it.runIf(long)('prints and ends in a process of its own as the tests have it in theirs', async () => {
    for (const [code, args] of [
      [0, ['solve', 'circle.nl', '--outlev', '1']],
      [1, ['solve', 'circle.nl', '--json', '--timeLimit', '0']],
      [2, ['solve', 'absent.nl']],
      [2, ['solve', 'circle.nl', '--tol']],
    ] as const) {
      const timeless = ({ output, ...rest }: Ended) => ({
        ...rest,
        output: output.replace(/^( +\d+ .*|seconds) +[\d.]+$/gm, '$1').replace(/"seconds":[^,]*/, ''),
      });
      const ended = await folder.spawn(args);
      expect(ended.code).toBe(code);
      expect(timeless(ended)).toEqual(timeless(await folder.run(args)));
    }
  });

  it('has help', async () => {
    expect(await folder.run(['--help'])).toMatchObject({ code: 0, errors: '' });
    const { code, output } = await folder.run(['solve', '--help']);
    expect(code).toBe(0);
    for (const { name } of addon().schema().solvers.nlp?.settings ?? []) expect(output).toContain(`--${name} <value>`);
    expect(output).toContain('--json');
  });
});
