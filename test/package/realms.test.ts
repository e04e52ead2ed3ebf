// The built package evaluated in a context of node:vm, as Jest and sandboxes do it: that has classes of its own for all that is built
// in, while the addon makes arrays and errors of the process's.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction, createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { source } from '../contract/child.js';
import { fixtures, type Problem } from '../contract/fixtures.js';
import type { Library } from '../contract/problem.js';

// Globals that Jest also hands to its contexts; errors and typed arrays are the context's own.
const shared = { console, process, performance, setImmediate, setTimeout, clearTimeout, Buffer, URL };
const context = createContext({ ...shared, AbortSignal, AbortController });
const evaluate = (text: string): never => runInContext(`(${text})`, context) as never;

/** The CommonJS build, each module of which runs in the context. */
function load(file: string, modules = new Map<string, { exports: object }>()): object {
  const known = modules.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  modules.set(file, module);
  const resolving = createRequire(file);
  const required = (id: string) => (id.startsWith('.') ? load(resolving.resolve(id), modules) : resolving(id));
  const parameters = ['module', 'exports', 'require', '__filename', '__dirname'];
  const body = compileFunction(readFileSync(file, 'utf8'), parameters, { parsingContext: context, filename: file });
  body(module, module.exports, required, file, dirname(file));
  return module.exports;
}

const library = load(join(import.meta.dirname, '../../dist/cjs/index.js')) as Library;
const {
  Error: OwnError,
  RangeError: OwnRangeError,
  TypeError: OwnTypeError,
} = evaluate('globalThis') as typeof globalThis;

type Call = (settings?: object) => Promise<object>;

function solving({ solver, data, settings, build }: Problem, others?: object): Call {
  const [family = '', name = ''] = solver.split('/');
  const solve = (library as never)[family][name] as (data: object, settings: object) => Promise<object>;
  const own = evaluate(source(others ?? data));
  return async (more = {}) =>
    solve(build ? (evaluate(build.toString()) as typeof build)(library, own) : own, { ...settings, ...more });
}

const errorOf = (call: () => unknown): Promise<unknown> =>
  (async () => call())().then(
    () => expect.unreachable(),
    (cause: unknown) => cause,
  );

describe.each(Object.entries(fixtures).filter(([, { small }]) => !small.direct))('%s', (_, { small, wrong }) => {
  it('solves, and takes its own results', async () => {
    const result = await solving(small)();
    expect(result).toMatchObject({ status: 'solved' });
    expect(await solving(small)({ warmStart: result })).toMatchObject({ status: 'solved' });
  });

  it('refuses with errors of the context', async () => {
    for (const call of [() => solving(small)({ tolerance: -1 }), () => solving(small, wrong)()]) {
      expect(await errorOf(call)).toBeInstanceOf(OwnError);
    }
    expect(await errorOf(() => solving(small)({ tolerance: -1 }))).toBeInstanceOf(OwnRangeError);
    expect(await errorOf(() => solving(small)({ tolerance: 'x' }))).toBeInstanceOf(OwnTypeError);
  });

  it('says what an error of the context says', async () => {
    const onProgress = evaluate("() => { throw new Error('enough'); }");
    const error = await errorOf(() => solving(small)({ onProgress }));
    expect(error).toBeInstanceOf(library.SolverError);
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', message: 'onProgress threw: enough' });
  });
});

it('files that are not there are a SolverError of the context', async () => {
  const error = await errorOf(() => library.nlp.readNl('missing.nl'));
  expect(error).toBeInstanceOf(library.SolverError);
  expect(error).toBeInstanceOf(OwnError);
  expect(error).toMatchObject({ code: 'FILE_NOT_FOUND' });
});

it('arrays of results are arguments', async () => {
  const { fractional, relu, nlp, model } = library;
  const data = evaluate('({ x: [[1, 2], [3, 4], [5, 7], [2, 2]], y: [1, 2, 4, 1] })') as { x: number[][]; y: number[] };
  const { network } = await relu.trainReluNetwork(data, { lambda: 0.1, task: 'regression' });
  const outputs = relu.decisionFunction(network, data.x);
  expect(fractional.leastSquares(outputs, data.y).matrix.rows).toBe(4);
  expect(relu.score(network, outputs.rows === 4 ? data.x : [], data.y)).toBeGreaterThan(0);
  const made = new model.Model();
  made.minimize(model.sumSquares(made.variable(2)));
  made.equal(model.sum(model.square(made.variable(2, { start: 1 }))), 1);
  const program = made.compile();
  expect(fractional.leastSquares(program.jacobian(program.start), [1]).matrix.columns).toBe(4);
  const wrong = () =>
    fractional.leastSquares(
      evaluate(
        '({ format: "csc", rows: 1, columns: 1, offsets: Int32Array.of(0, 2), indices: Int32Array.of(0), values: Float64Array.of(1) })',
      ),
      [1],
    );
  expect(await errorOf(wrong)).toBeInstanceOf(OwnError);
  expect(await errorOf(() => nlp.readNl(evaluate('({})')))).toBeInstanceOf(OwnTypeError);
});
