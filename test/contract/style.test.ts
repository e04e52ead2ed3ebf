// One style for all functions that solve: the same names of settings, warm starts from earlier results, results that share
// members, errors of one form.
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { choicesOf, settingNames } from '../../src/core/addon.js';
import { typeError } from '../../src/core/argumentError.js';
import * as nonconvex from '../../src/index.js';
import { type SolveResult, SolverError } from '../../src/index.js';
import { numbers, solverFixtures, solverOf } from './fixtures.js';

type Call = (settings: Record<string, unknown>) => Promise<SolveResult>;

const { fractional, nlp } = nonconvex;
const rows = Array.from({ length: 12 }, (_, i) => Array.from(numbers(4, i + 1)));
const values = numbers(12, 99);
const square = [
  [4, 1, 0, 0],
  [1, 3, 0, 1],
  [0, 0, 2, 0.5],
  [0, 1, 0.5, 5],
];
const mu = [0.1, 0.2, 0.15, 0.05];

/** Each function that solves, with a small problem. */
const calls: Record<string, Call> = {
  ...Object.fromEntries(
    Object.values(solverFixtures).map(({ small }): [string, Call] => [
      small.solver,
      (settings) => {
        const problem = small.build ? small.build(nonconvex, small.data as never) : small.data;
        return solverOf(small)(problem, { ...small.settings, ...settings });
      },
    ]),
  ),
  minimizeDifference: (settings) =>
    fractional.minimizeDifference({ convex: [fractional.leastSquares(rows, values), fractional.l1(0.1)] }, settings),
  minimizeByCoordinates: async (settings) => ({
    ...(await fractional.minimizeByCoordinates(
      { start: [3, -2], objective: ([x = 0, y = 0]) => (x - 1) ** 2 + (y + x) ** 2 + 1 },
      settings,
    )),
    device: 'cpu',
  }),
  'minimize, a regression': (settings) =>
    nlp.minimize(nlp.generalizedLinearModel({ loss: 'squared', x: rows, y: values, ridge: 0.1 }), settings),
  sparseRecovery: (settings) => fractional.sparseRecovery({ A: rows, b: values }, { k: 2, lambda: 0.1, ...settings }),
  lpPca: (settings) => fractional.lpPca({ G: rows, p: 4 }, settings),
  independentComponent: (settings) => fractional.independentComponent({ x: rows }, settings),
  totalLeastSquares: (settings) => fractional.totalLeastSquares({ A: rows, b: values }, settings),
  sparseGeneralizedEigen: (settings) =>
    fractional.sparseGeneralizedEigen({ W: square, B: square }, { lambda: 0.1, ...settings }),
  fisherDiscriminant: (settings) =>
    fractional.fisherDiscriminant({ x: rows, y: rows.map((_, i) => (i % 3 === 0 ? 'a' : 'b')) }, settings),
  maxSharpe: (settings) => fractional.maxSharpe({ mu, Sigma: square }, settings),
  'maxSharpe, bounded': (settings) =>
    fractional.maxSharpe({ mu, Sigma: square }, { bounds: { upper: 0.4 }, ...settings }),
  energyEfficiency: (settings) => fractional.energyEfficiency({ gains: [1, 2, 0.5] }, { circuitPower: 1, ...settings }),
};

afterEach(() => vi.restoreAllMocks());

/** Names in the schema of the solver whose function is tried. */
const solversOf = (solver: string): string[] =>
  Object.entries(solverFixtures).flatMap(([name, { small }]) => (small.solver === solver ? [name] : []));
/** Names of the settings of the solver whose function is tried, and of those of its choices. */
const namesOf = (solver: string): readonly string[] => solversOf(solver).flatMap((name) => settingNames(name));
const namesOfChoices = (solver: string): readonly string[] =>
  solversOf(solver).flatMap((name) => choicesOf(name).flatMap(({ settings }) => settings));

describe.each(Object.entries(calls))('%s', (solver, call) => {
  it('gives a result with the members of all results', async () => {
    const result = await call({});
    expect(result.status, result.message).toBe('solved');
    expect(result).toMatchObject({
      message: expect.stringMatching(/./),
      iterations: expect.any(Number),
      objective: expect.any(Number),
      seconds: expect.any(Number),
      history: expect.any(Array),
      device: 'cpu',
    });
  });

  it('begins with an earlier result', async () => {
    const first = await call({});
    const again = await call({ warmStart: first });
    expect(again.status, again.message).toBe('solved');
    expect(again.iterations).toBeLessThanOrEqual(Math.max(first.iterations, 3));
    expect(again.objective).toBeLessThanOrEqual(
      (first.objective as number) + 1e-3 * Math.abs(first.objective as number),
    );
    for (const warmStart of [3, [1, 2], new Float64Array(2), 'result']) {
      await expect(call({ warmStart })).rejects.toThrow(
        /^warmStart = .*: expected an object, an earlier result or \{ x \}$/,
      );
    }
  });

  it('prints a table with verbose: whole lines, under a heading', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { history } = await call({ verbose: true });
    const lines = printed.mock.calls.map(([line]) => String(line));
    expect(lines[0]).toMatch(/^ iter +objective .* seconds$/);
    expect(lines.length).toBeGreaterThan(history.length);
    expect(lines.filter((line) => !/^ *(\d+|iter) [ \w.+-]* +(\d+\.\d{3}|seconds)$/.test(line))).toEqual([]);
    printed.mockClear();
    await call({ verbose: false });
    expect(printed).not.toHaveBeenCalled();
    await expect(call({ verbose: 'yes' })).rejects.toThrow(typeError("verbose = 'yes': expected a boolean"));
  });

  it('ends with what a listener throws, with a table, too', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    for (const verbose of [false, true]) {
      const onProgress = () => {
        throw new Error('enough');
      };
      const error: unknown = await call({ onProgress, verbose }).catch((cause) => cause);
      expect(error).toBeInstanceOf(SolverError);
      expect(error).toMatchObject({ code: 'CALLBACK_FAILED', message: 'onProgress threw: enough' });
    }
  });

  it('ends with what an asynchronous listener rejects, at once or a moment later', async () => {
    for (const wait of [false, true]) {
      const onProgress = async () => {
        if (wait) await undefined;
        throw new Error('enough');
      };
      const error: unknown = await call({ onProgress }).catch((cause) => cause);
      expect(error).toBeInstanceOf(SolverError);
      expect(error).toMatchObject({ code: 'CALLBACK_FAILED', message: 'onProgress threw: enough' });
    }
  });

  it('warns of what a listener rejects when it has ended', async () => {
    const rejects: ((cause: unknown) => void)[] = [];
    const onProgress = () => new Promise((_, reject) => rejects.push(reject));
    expect((await call({ onProgress })).status).toBe('solved');
    const warned = once(process, 'warning');
    rejects[0]?.(new Error('late'));
    expect(await warned).toMatchObject([
      { name: 'SolverWarning', message: 'onProgress rejected when its solve had ended: late' },
    ]);
  });

  it('can be aborted', async () => {
    expect((await call({ signal: AbortSignal.abort() })).status).toBe('aborted');
  });

  it.each([
    ['max_iter', "it is called 'maxIterations' here"],
    ['maxIter', "it is called 'maxIterations' here"],
    ['n_iter', "it is called 'maxIterations' here"],
    ['epochs', `it is called '${namesOf(solver).includes('maxEpochs') ? 'maxEpochs' : 'maxIterations'}' here`],
    ['tol', "it is called 'tolerance' here"],
    ['callback', "it is called 'onProgress' here"],
    ['disp', "it is called 'verbose' here"],
    ['x0', "it is called 'warmStart' here"],
    [
      'learning_rate',
      [...namesOf(solver), ...namesOfChoices(solver)].includes('stepSize')
        ? "it is called 'stepSize' here"
        : 'there is none to choose: steps are found by the solver',
    ],
    ['nonsense', 'Known settings: '],
  ])('says what %s is called here', async (name, said) => {
    const error: unknown = await call({ [name]: 1 }).catch((cause) => cause);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`unknown setting '${name}'`);
    expect(String(error)).toContain(said);
  });

  // A solver may have an alpha of its own.
  it.each(['C', 'alpha'].filter((name) => ![...namesOf(solver), ...namesOfChoices(solver)].includes(name)))(
    'says where the weight %s belongs',
    async (name) => {
      await expect(call({ [name]: 1 })).rejects.toThrow(
        /it is called 'lambda' here|lambda = 1 \/ \(n C\)|it belongs to the problem, as the weight of a term/,
      );
    },
  );
});

it('the seed and the number of starting points have one name', async () => {
  for (const [name, { small }] of Object.entries(solverFixtures)) {
    if (!settingNames(name).includes('seed')) continue;
    const call = calls[small.solver] as Call;
    await expect(call({ random_state: 1 })).rejects.toThrow("unknown setting 'random_state': it is called 'seed' here");
  }
  await expect((calls.lpPca as Call)({ n_init: 2 })).rejects.toThrow(
    "unknown setting 'n_init': it is called 'restarts' here",
  );
});
