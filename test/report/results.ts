// Results of which pages are made: one of every solver, and some with rows to compare with.
import { sub, sum, sumSquares } from '../../src/expressions/index.js';
import { Model, matrix, minimize, trainReluNetwork } from '../../src/index.js';
import type { ReportOptions } from '../../src/report/index.js';
import { crossValidate, mcp, sparseRegression } from '../../src/sparse/index.js';
import { solve, solverFixtures } from '../contract/fixtures.js';
import { Draws } from '../sparse/values.js';

export interface Case {
  name: string;
  result: object;
  options: ReportOptions;
}

/** The fixture of each solver, solved. */
export const everySolver = (): Promise<Case[]> =>
  Promise.all(
    Object.entries(solverFixtures).map(async ([name, { small }]) => ({
      name,
      result: await solve(small),
      options: { settings: small.settings, title: name },
    })),
  );

const draws = new Draws(11);

/** Images of 4 x 4 pixels with a bright row or a bright column. */
export function images(): { x: number[][]; y: string[] } {
  const y = Array.from({ length: 60 }, (_, k) => ['row', 'column', 'nothing'][k % 3] as string);
  const x = y.map((label, k) =>
    Array.from({ length: 16 }, (_, at) => {
      const place = label === 'row' ? Math.floor(at / 4) : at % 4;
      return Number(label !== 'nothing' && place === Math.floor(k / 3) % 4) + 0.3 * draws.normal();
    }),
  );
  return { x, y };
}

/** A network that tells three kinds of images apart. */
export async function classifier(): Promise<
  Case & { network: Awaited<ReturnType<typeof trainReluNetwork>>; y: string[]; x: number[][] }
> {
  const { x, y } = images();
  const settings = { loss: 'softmax', lambda: 1, tolerance: 1e-4 } as const;
  const network = await trainReluNetwork({ x, y }, settings);
  const options = { settings, data: { x, y }, image: { width: 4, height: 4 }, title: 'images' };
  return { name: 'classifier', result: network, network, x, y, options };
}

/** The nearest point of a simplex whose entries are bounded. */
export async function bounded(): Promise<Case & { result: Awaited<ReturnType<typeof minimize>> }> {
  const model = new Model();
  const w = model.variable(12, { lower: 0, upper: 0.3, name: 'w' });
  model.minimize(
    sumSquares(
      sub(
        w,
        Array.from({ length: 12 }, (_, k) => Math.sin(2 * k)),
      ),
    ),
  );
  model.equal(sum(w), 1);
  const names = { variables: Array.from({ length: 12 }, (_, k) => `share ${k}`), constraints: ['the budget'] };
  return { name: 'bounded', result: await minimize(model), options: { names, settings: { tolerance: 1e-8 } } };
}

const [rows, columns] = [50, 6];
export const x = matrix(rows, columns, draws.normals(rows * columns));
export const y = Float64Array.from(
  { length: rows },
  (_, i) => 1 + 2 * (x.data[i * columns] as number) - (x.data[i * columns + 2] as number) + draws.normal(),
);

/** A path with its cross-validation, and one model. */
export async function regressions(): Promise<Case[]> {
  const names = { columns: ['a', 'b', 'c', 'd', 'e', '<i>f</i>'] };
  const options = { data: { x, y }, names };
  return [
    {
      name: 'path',
      result: await crossValidate({ x, y }, { penalty: mcp(), folds: 5, lambdas: { count: 20 } }),
      options,
    },
    { name: 'regression', result: await sparseRegression({ x, y }, { lambda: 0.1 }), options },
  ];
}
