// Ranks without a launcher: one, which changes nothing. test/mpi has those that are several.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { leastSquares, minimizeRatio, topK } from '../../src/fractional/index.js';
import { smooth, world } from '../../src/index.js';
import { generalizedLinearModel, logisticRegression, type RegressionData } from '../../src/nlp/index.js';
import { lambdaMax } from '../../src/relu/index.js';
import { minimize, type ReluSettings, trainReluNetwork } from '../flat.js';

const rows = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)]);
const signs = rows.map(([a = 0, b = 0], i) => (a + 0.5 * b + 0.4 * Math.sin(7 * i) > 0 ? 1 : -1));
const sampleWeight = rows.map((_, i) => 1 + (i % 3));
const settings = { sampleStart: false };

it('a process without a launcher is rank 0 of 1', async () => {
  const ranks = await world();
  expect({ rank: ranks.rank, size: ranks.size, bytes: ranks.bytes >= 0 }).toEqual({ rank: 0, size: 1, bytes: true });
  expect(await world()).toBe(ranks);
});

it.each<[string, Partial<RegressionData>]>([
  ['as it is', {}],
  ['with weights', { sampleWeight }],
  ['with an intercept and a norm', { intercept: true, squaredNorm: 1 }],
  ['with bounds', { lower: 0 }],
])('a solve of one rank has the bits of a solve without ranks, %s', async (_, more) => {
  const ranks = await world();
  const data = { x: rows, y: signs, ridge: 0.01, ...more };
  const { x, iterations } = await minimize(logisticRegression(data), settings);
  expect(await minimize(logisticRegression({ ...data, ranks }), settings)).toMatchObject({
    x,
    iterations,
    status: 'solved',
  });
});

it.each<[string, smooth.MinimizeSumSettings]>([
  ['all rows', { method: 'qagd', tolerance: 1e-8, maxEpochs: 500 }],
  ['batches', { batchSize: 16, maxEpochs: 3 }],
])('a sum of one rank has the bits of one without ranks, %s', async (_, more) => {
  const ranks = await world();
  for (const weights of [{}, { sampleWeight }]) {
    const data = { x: rows, y: signs, ridge: 0.01, intercept: true, ...weights };
    const { x, counts } = await smooth.minimizeSum(logisticRegression(data), more);
    expect(await smooth.minimizeSum(logisticRegression({ ...data, ranks }), more)).toMatchObject({ x, counts });
  }
});

it('starts of ratios and networks of one rank have the bits of those without ranks', async () => {
  const ranks = await world();
  const ratio = { numerator: [leastSquares(rows, signs)], denominator: topK(1, { shift: 0.1 }) };
  const { x, starts } = await minimizeRatio(ratio, { restarts: 5 });
  expect(await minimizeRatio(ratio, { restarts: 5, ranks })).toMatchObject({ x, starts });
  const y = { data: Float64Array.from(signs), rows: signs.length, columns: 1 };
  const networks: ReluSettings[] = [{ activation: 'gated' }, {}, { splitting: 'slack', maxIterations: 300 }];
  for (const kind of networks) {
    const network = { ...kind, lambda: 0.1, patterns: { sample: 6 } };
    const { convex, objective } = await trainReluNetwork({ x: rows, y, sampleWeights: sampleWeight }, network);
    expect(await trainReluNetwork({ x: rows, y: signs, sampleWeights: sampleWeight, ranks }, network)).toMatchObject({
      convex,
      objective,
    });
  }
});

it.each<[string, ReluSettings]>([
  ["lambda = 'auto': expected a number over ranks", {}],
  ["lambda = 'auto': expected a number over ranks", { activation: 'gated' }],
  [
    "patterns = 'refine': expected { sample } or { gates } over ranks",
    { activation: 'gated', lambda: 1, patterns: 'refine' },
  ],
  ['patterns = an object: expected { sample }', { activation: 'gated', lambda: 1, patterns: { exact: true } }],
  ['standardizeTargets = true: expected false', { activation: 'gated', lambda: 1, standardizeTargets: true }],
])('networks over ranks refuse: %s', async (message, wrong) => {
  const ranks = await world();
  await expect(trainReluNetwork({ x: rows, y: signs, ranks }, wrong)).rejects.toThrow(message);
});

it('networks over ranks refuse weights of classes', async () => {
  const data = { x: rows, y: signs, classWeights: 'balanced', ranks: await world() } as const;
  await expect(trainReluNetwork(data, { activation: 'gated', lambda: 1 })).rejects.toThrow(
    "classWeights = 'balanced': expected sampleWeights over ranks",
  );
});

it('networks over ranks take numbers, and others no ranks', async () => {
  const ranks = await world();
  const settings = { activation: 'gated', lambda: 1 } as const;
  await expect(trainReluNetwork({ x: rows, y: signs.map(String), ranks }, settings)).rejects.toThrow(
    "y[0] = '1': expected a number over ranks",
  );
  await expect(lambdaMax({ x: rows, y: signs, ranks })).rejects.toThrow('ranks');
  await expect(trainReluNetwork({ x: rows, y: signs, ranks }, { ...settings, device: 'cuda' })).rejects.toThrow(
    'networks over ranks',
  );
});

it('two solves at once are solved in turn, and an aborted one leaves the others alone', async () => {
  const ranks = await world();
  const problem = () => logisticRegression({ x: rows, y: signs, ridge: 0.01, ranks });
  const solves = [minimize(problem()), minimize(problem(), { signal: AbortSignal.abort() }), minimize(problem())];
  expect((await Promise.all(solves)).map(({ status }) => status)).toEqual(['solved', 'aborted', 'solved']);
});

it('what ranks do not have is refused', async () => {
  const ranks = await world();
  const data = { x: rows, y: signs, ridge: 0.01 };
  expect(() => logisticRegression({ ...data, ranks: { rank: 0, size: 1, bytes: 0 } })).toThrow(
    'ranks = an object: expected what await world() gives',
  );
  expect(() => logisticRegression({ ...data, y: signs.map(String), ranks })).toThrow("y[0] = '1': expected a number");
  expect(() => logisticRegression({ ...data, y: signs.map((sign) => sign + 1), ranks })).toThrow(
    'y[0] = 2: expected over ranks -1 or 0, and 1, or a share from 0 to 1',
  );
  const problem = generalizedLinearModel({ ...data, loss: 'squared', ranks });
  expect(() => problem.objective([0, 0, 0])).toThrow('looked at by a solve of all of them alone');
  await expect(smooth.minimizeRobustRisk(problem)).rejects.toThrow(
    'spread over ranks, which minimizeRobustRisk does not take',
  );
  await expect(smooth.minimizeSum(problem, { validation: 0.2 })).rejects.toThrow(
    'validation: expected none over ranks',
  );
  await expect(smooth.minimizeSum(problem, { method: 'dpSgd' })).rejects.toThrow(
    "method = 'dpSgd': expected another one",
  );
  await expect(minimize(problem, { device: 'cuda' })).rejects.toThrow('regressions over ranks');
  await expect(world({ peerTimeout: 0 })).rejects.toThrow('peerTimeout = 0: expected a finite number > 0');
});

it('a launcher whose library has no shim is told so', () => {
  const code = "import { world } from 'nonconvex'; world().catch(({ code, message }) => console.log(code, message));";
  const env = { ...process.env, PMI_SIZE: '4', NONCONVEX_MPI: '/nowhere/mpich.so' };
  const cwd = join(import.meta.dirname, '../..');
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd, env, encoding: 'utf8' });
  expect(stdout).toMatch(/^LIBRARY_NOT_FOUND .*\/nowhere\/mpich\.so/);
});
