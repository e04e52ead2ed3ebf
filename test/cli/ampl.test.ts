// `nonconvex stub -AMPL`, as AMPL, Pyomo and JuMP call it.
import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { solText } from '../../src/cli/sol.js';
import { nlpDefaults } from '../../src/generated/nlp.js';
import { long } from '../long.js';
import { chain, circle, nl } from './nl.js';
import { ended, Folder, interruptOnceLogged } from './program.js';
import { readSol, type Sol } from './sol.js';

const folder = new Folder();
afterAll(() => folder.remove());
beforeEach(() => {
  folder.write('stub.sol', 'of an earlier solve');
  folder.write('stub.nl', nl(circle));
});

const sol = (): Sol => readSol(folder.read('stub.sol'));
const untouched = (): boolean => folder.read('stub.sol') === 'of an earlier solve';

describe('-AMPL', () => {
  it.each(['stub', 'stub.nl'])('reads and writes for %s', async (stub) => {
    expect(await folder.spawn([stub, '-AMPL'])).toEqual({ code: 0, signal: null, output: '', errors: '' });
    const { message, ...rest } = sol();
    expect(rest).toEqual({
      options: [1, 1, 0],
      constraints: 1,
      duals: [expect.closeTo(-0.5, 8)], // d objective / d right-hand side
      variables: 2,
      x: [expect.closeTo(-1, 8), expect.closeTo(-1, 8)],
      objective: 0,
      code: 0,
      suffixes: {},
    });
    expect(message).toMatch(/^nonconvex \d+\.\d+\.\d+: Solved after \d+ iterations: .*\nobjective -/);
  });

  it('writes numbers with all their digits', async () => {
    await folder.run(['stub', '-AMPL']);
    const { output } = await folder.run(['solve', 'stub', '--json']);
    const { x, multipliers, objective } = JSON.parse(output);
    expect(sol().x).toEqual(x);
    expect(sol().duals).toEqual(multipliers.map((lambda: number) => -lambda));
    expect(sol().message).toContain(`objective ${objective}`);
  });

  it('gives fixed variables their value and turns the sign of what is maximised', async () => {
    // The largest x0 + x1 + x2 on x0^2 + x1^2 = t, x2 = 7 is 7 + sqrt(2 t); t = 2.
    folder.write(
      'stub.nl',
      nl({ ...circle, sense: 'maximize', objective: 'o0 o0 v0 v2 v1', bounds: ['3', '3', '4 7'], start: [0.5, 1.2] }),
    );
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({
      variables: 3,
      x: [expect.closeTo(1, 8), expect.closeTo(1, 8), 7],
      duals: [expect.closeTo(0.5, 8)],
      code: 0,
    });
    expect(sol().message).toMatch(/objective (9|8\.99)/);
  });

  it('repeats the options of the file, with the tolerance that AMPL may have added', async () => {
    folder.write('stub.nl', nl({ ...circle, options: '3 1 3 0 1e-05' }));
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({ options: [1, 3, 0], code: 0 });
    expect(folder.read('stub.sol')).toContain('\nOptions\n5\n1\n3\n0\n1\n1\n2\n2\n1e-05\n');
  });

  it('answers a binary file in text, which AMPL reads as well', async () => {
    const integer = (value: number) => Buffer.from(Int32Array.of(value).buffer);
    const real = (value: number) => Buffer.from(Float64Array.of(value).buffer);
    const letter = (name: string) => Buffer.from(name, 'latin1');
    const text = nl({ bounds: ['0 -1 5'] })
      .replace(/^g/, 'b')
      .replace(' 0 0 0 1\n', ' 0 0 1 1\n');
    const header = letter(text.slice(0, text.indexOf('O0')));
    const power = [letter('o'), integer(5)]; // (x0 - 3)^2
    const minus = [letter('o'), integer(1), letter('v'), integer(0), letter('n'), real(3)];
    const objective = [letter('O'), integer(0), integer(0), ...power, ...minus, letter('n'), real(2)];
    const bounds = [letter('b'), letter('0'), real(-1), real(5)];
    folder.write('stub.nl', Buffer.concat([header, ...objective, ...bounds]));
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({ variables: 1, x: [expect.closeTo(3, 7)], constraints: 0, code: 0 });
    expect(folder.read('stub.sol')).toMatch(/^nonconvex /);
  });

  // x0 + 2 x1 + 3 x2 over the unit square, x2 = 4 and x0 + x1 >= 0.5, or <= 1.5: at the corners (0.5, 0) and (0.5, 1).
  const square = { objective: 'o54 3 v0 o2 n2 v1 o2 n3 v2', bounds: ['0 0 1', '0 0 1', '4 4'], start: [0.3, 0.4] };
  it.each([
    ['minimize', '2 0.5', [0.5, 0, 4], 1, 'objective 12.5', { ipopt_zL_out: { 1: 1, 2: 3 } }],
    ['maximize', '1 1.5', [0.5, 1, 4], 1, 'objective 14.5', { ipopt_zU_out: { 1: 1, 2: 3 } }],
  ] as const)('gives reduced costs: %s', async (sense, row, x, dual, objective, suffixes) => {
    folder.write('stub.nl', nl({ ...square, sense, constraints: ['o0 v0 v1'], rows: [row] }));
    await folder.run(['stub', '-AMPL']);
    const { message, ...rest } = sol();
    const close = (values: Record<number, number>) =>
      Object.fromEntries(Object.entries(values).map(([k, value]) => [k, expect.closeTo(value, 7)]));
    expect(rest).toMatchObject({
      x: x.map((value) => expect.closeTo(value, 8)),
      duals: [expect.closeTo(dual, 7)],
      code: 0,
      suffixes: Object.fromEntries(Object.entries(suffixes).map(([name, values]) => [name, close(values)])),
    });
    expect(Object.keys(rest.suffixes)).toEqual(Object.keys(suffixes));
    expect(message).toContain(objective);
  });

  it('gives reduced costs of variables that are fixed, though nothing else has bounds', async () => {
    // x0^2 + x1 x2 on x0 = 3 - x1^2 at x1 = 2, x2 = 5: the derivatives are x2 - 4 x0 x1 = 13 and x1 = 2.
    const fixing = { objective: 'o0 o5 v0 n2 o2 v1 v2', constraints: ['o0 v0 o5 v1 n2'], rows: ['4 3'] };
    for (const [sense, sign] of [
      ['minimize', 1],
      ['maximize', -1],
    ] as const) {
      const objective = sign > 0 ? fixing.objective : `o16 ${fixing.objective}`;
      folder.write('stub.nl', nl({ ...fixing, objective, sense, bounds: ['3', '4 2', '0 5 5'], start: [1] }));
      await folder.run(['stub', '-AMPL']);
      // The derivatives of the file's objective by both bounds.
      const costs = { 1: expect.closeTo(sign * 13, 7), 2: expect.closeTo(sign * 2, 7) };
      expect(sol()).toMatchObject({ x: [expect.closeTo(-1, 7), 2, 5], code: 0, suffixes: { ipopt_zL_out: costs } });
      expect(Object.keys(sol().suffixes)).toEqual(['ipopt_zL_out']);
    }
  });

  it('minimises the objective that objno says', async () => {
    const lines = nl({ objective: 'o5 o1 v0 n3 n2', bounds: ['3'] }).replace(' 1 0 1 0 0', ' 1 0 2 0 0');
    folder.write('stub.nl', `${lines}O1 0\no5\no1\nv0\nn5\nn2\n`);
    await folder.run(['stub', '-AMPL', 'objno=2']);
    expect(sol()).toMatchObject({ objective: 1, x: [expect.closeTo(5, 8)], code: 0 });
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({ objective: 0, x: [expect.closeTo(3, 8)], code: 0 });
    const { code, errors } = await folder.run(['stub', '-AMPL', 'objno=3']);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('objective = 3: must be 0 to 2') });
  });

  it('relaxes integers, and says so', async () => {
    const lines = nl({ objective: 'o5 o1 v0 n2.5 n2', bounds: ['3'] }).split('\n');
    lines[6] = ' 0 1 0 0 0';
    folder.write('stub.nl', lines.join('\n'));
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({
      x: [expect.closeTo(2.5, 8)],
      message: expect.stringContaining('1 integer variable is relaxed'),
    });
    await folder.run(['stub', '-AMPL', 'relaxIntegers=no']);
    expect(sol()).toMatchObject({ code: 510, message: expect.stringContaining('integer variables are not supported') });
  });

  it('works without constraints', async () => {
    folder.write('stub.nl', nl({ objective: 'o5 o1 v0 n3 n2', bounds: ['3'] }));
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({ constraints: 0, duals: [], x: [expect.closeTo(3, 8)], code: 0 });
  });

  it.each([
    ['iterationLimit', 400, nl({ ...circle, start: [30, 1] }), ['max_iter=2']],
    ['timeLimit', 401, nl(circle), ['timelimit=0']],
    ['infeasible', 200, nl({ ...circle, rows: ['4 -1'] }), []],
    ['unbounded', 300, nl({ objective: 'v0', constraints: ['v1'], bounds: ['3', '3'] }), []],
    ['infeasible by bounds', 200, nl({ ...circle, bounds: ['2 3', '3'] }), []],
    ['infeasible, a bound above the other', 200, nl({ ...circle, bounds: ['0 1 -1', '3'] }), []],
    ['unbounded within bounds', 300, nl({ objective: 'v0', constraints: ['v1'], bounds: ['1 5', '2 0'] }), []],
    ['numericalError', 501, nl({ ...circle, objective: 'o43 v0' }), []],
  ])('has a number for the status %s', async (_, code, text, assignments) => {
    folder.write('stub.nl', text);
    const { code: exit, errors } = await folder.run(['stub', '-AMPL', ...assignments]);
    expect({ exit, errors }).toEqual({ exit: 0, errors: '' });
    expect(sol()).toMatchObject({ code, x: [expect.any(Number), expect.any(Number)] });
  });

  it('answers an interrupt with the best point so far', async () => {
    folder.write('stub.nl', chain(8_000));
    const child = folder.start(['stub', '-AMPL', 'outlev=1', 'max_iter=1e9']);
    interruptOnceLogged(child);
    expect(await ended(child)).toMatchObject({ code: 0, signal: null, errors: '' });
    const { code, x, variables } = sol();
    expect(code).toBe(402);
    expect(x).toHaveLength(variables);
  });

  it('writes the answer though nobody reads the log', async () => {
    const child = folder.start(['stub', '-AMPL', 'outlev=1']);
    child.stdout?.destroy();
    expect(await ended(child)).toMatchObject({ signal: null, errors: '' });
    expect(sol().code).toBe(0);
  });
});

it('suffixes are written as AMPL reads them', () => {
  const header = { options: [1, 1, 0], variables: 4, constraints: 0 };
  const suffixes = { ipopt_zL_out: [0, 1.5, 0, 2e-30], ipopt_zU_out: [0, -0, 0, 0], other: undefined };
  const text = solText(header, { message: 'm', code: 0, objective: 0, x: [1, 2, 3, 4], suffixes });
  expect(text.split('objno 0 0\n')[1]).toBe('suffix 4 2 13 0 0\nipopt_zL_out\n1 1.5\n3 2e-30\n');
  expect(readSol(text).suffixes).toEqual({ ipopt_zL_out: { 1: 1.5, 3: 2e-30 } });
});

it('says that it cannot write the .sol file', async () => {
  folder.write('blocked.nl', nl(circle));
  mkdirSync(folder.file('blocked.sol'));
  const { code, errors } = await folder.run(['blocked', '-AMPL']);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringMatching(/^nonconvex: .*blocked\.sol/) });
});

describe('a file that cannot be solved', () => {
  it.each([
    ['not supported', 510, nl({ ...circle, rows: ['5 1 1'] }), /stub\.nl, line \d+: complementarity .* not supported/],
    ['corrupt', 511, nl(circle).replace('o5', 'o999'), /stub\.nl, line 13: unknown operator o999/],
    ['cut off', 511, nl(circle).slice(0, 150), /stub\.nl, line \d+: the file ends/],
  ])('%s: is told in the .sol file', async (_, code, text, message) => {
    folder.write('stub.nl', text);
    const { code: exit, output, errors } = await folder.run(['stub', '-AMPL']);
    expect(errors).toMatch(message);
    expect({ exit, output }).toEqual({ exit: 0, output: '' });
    expect(sol()).toMatchObject({ code, constraints: 1, duals: [], variables: 2, x: [] });
    expect(sol().message).toMatch(message);
  });

  it('binary: names the byte', async () => {
    const text = nl(circle).replace(/^g/, 'b').replace(' 0 0 0 1\n', ' 0 0 1 1\n');
    folder.write('stub.nl', text.slice(0, text.indexOf('C0')));
    await folder.run(['stub', '-AMPL']);
    expect(sol()).toMatchObject({ code: 511, message: expect.stringMatching(/byte \d+/) });
  });

  it.each([
    ['missing', undefined],
    ['not a .nl file', 'NAME model\n'],
    ['empty', ''],
  ])('%s: without a header there is no .sol file to write', async (_, text) => {
    if (text !== undefined) folder.write('bad.nl', text);
    const { code, output, errors } = await folder.run(['bad', '-AMPL']);
    expect(errors).toMatch(/^nonconvex: .*bad\.nl/);
    expect({ code, output, written: existsSync(folder.file('bad.sol')) }).toEqual({
      code: 2,
      output: '',
      written: false,
    });
  });
});

describe('the keywords', () => {
  const run = (options: string, ...args: string[]) =>
    folder.run(['stub', '-AMPL', ...args], { nonconvex_options: options });

  it('come from the environment and, counting more, from the arguments', async () => {
    folder.write('stub.nl', nl({ ...circle, start: [30, 1] }));
    await run('max_iter=2');
    expect(sol()).toMatchObject({ code: 400, message: expect.stringMatching(/2 iterations/) });
    await run('max_iter=2', 'max_iter=3');
    expect(sol()).toMatchObject({ code: 400, message: expect.stringMatching(/3 iterations/) });
    await run('  tol = 1e-6  max_iter 2\n', 'MAXITERATIONS', '=', '4');
    expect(sol()).toMatchObject({ code: 400, message: expect.stringMatching(/4 iterations/) });
  });

  it('are all taken', async () => {
    const all = Object.entries(nlpDefaults).map(([name, value]) => `${name}=${value}`);
    const { code, errors } = await run(all.join(' '));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(sol().code).toBe(0);
  });

  it.each(['__proto__', 'constructor', 'toString'])('%s is none', async (name) => {
    const { code, errors } = await run('', `${name}=1`);
    expect({ code, errors }).toEqual({
      code: 2,
      errors: `nonconvex: unknown keyword '${name}'; nonconvex -= lists those there are\n`,
    });
  });

  it('are repeated unless -e', async () => {
    expect((await run('tol=1e-9', 'outlev=0')).output).toMatch(/^nonconvex [\d.]+: tol=1e-9 outlev=0\n$/);
    expect((await folder.run(['-e', 'stub', '-AMPL', 'tol=1e-9'])).output).toBe('');
  });

  it('are listed by -=', async () => {
    const { code, output } = await folder.run(['-=']);
    expect(code).toBe(0);
    for (const name of [...Object.keys(nlpDefaults), 'outlev', 'wantsol', 'objno', 'relaxIntegers'])
      expect(output).toMatch(new RegExp(`^${name}\\b`, 'm'));
    expect(output).toMatch(/^tolerance, tol$/m);
  });

  it('outlev gives a log', async () => {
    expect((await run('', '-e')).errors).toMatch(/'-e'/);
    expect((await run('outlev=1')).output).toMatch(/^ iter +objective[\s\S]*\n +0 /m);
  });

  // By the environment and by arguments; but for long runs, in turns.
  it.each([
    ['unknown', 'linear_solver=ma57', /unknown keyword 'linear_solver'/],
    ['without a value', 'tol', /expected key=value, not 'tol'/],
    ['with an empty value', 'tol=', /expected key=value, not 'tol='/],
    ['with a word for a number', 'tol=small', /tol = small: expected a number in \[0, 1\]/],
    ['with half a number', 'tol=1e', /tol = 1e: expected a number/],
    ['out of range', 'tol=-1', /tol = -1: expected a number in \[0, 1\]/],
    ['not > 0', 'constraintPenalty=0', /constraintPenalty = 0: expected a number > 0/],
    ['outlev out of range', 'outlev=-1', /outlev = -1: expected an integer >= 0/],
  ])('%s: nothing is solved', async (_, assignment, message) => {
    const ways = [() => run(assignment), () => run('', assignment)];
    for (const way of ways.filter((_, k) => long || k === assignment.length % 2)) {
      const { code, output, errors } = await way();
      expect(errors).toMatch(message);
      expect(output).not.toMatch(/olved/);
      expect(code).toBe(2);
      expect(untouched()).toBe(true);
    }
  });
});

describe('without -AMPL', () => {
  it('the message is printed, and wantsol chooses what else', async () => {
    const plain = await folder.run(['stub']);
    expect(plain).toMatchObject({ code: 0, errors: '', output: expect.stringMatching(/^nonconvex [\d.]+: Solved/) });
    expect(untouched()).toBe(true);
    const { output } = await folder.run(['-e', 'stub', 'wantsol=14']);
    expect(output).toMatch(
      /^\nvariable +value\n_svar\[1\] +-[\s\S]*constraint +multiplier\n_scon\[1\] +-0\.[45]\d*\n$/,
    );
    expect(untouched()).toBe(true);
  });

  it.each([['wantsol=1'], ['-s']])('%s writes the .sol file', async (option) => {
    await folder.run(option.startsWith('-') ? [option, 'stub'] : ['stub', option]);
    expect(sol().code).toBe(0);
  });

  it('the exit status says whether the problem is solved', async () => {
    expect((await folder.run(['stub', 'timelimit=0'])).code).toBe(1);
  });
});
