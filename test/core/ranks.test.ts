// Ranks without a launcher: one, which changes nothing. test/mpi has those that are several.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { smooth, world } from '../../src/index.js';
import { generalizedLinearModel, logisticRegression, minimize, type RegressionData } from '../../src/nlp/index.js';

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
  await expect(smooth.minimizeSum(problem as never)).rejects.toThrow('spread over ranks, which minimize alone takes');
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
