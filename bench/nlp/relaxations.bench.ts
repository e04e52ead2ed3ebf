// `minimizeGlobally` by linear and by semidefinite relaxations, on given and drawn quadratic problems, and boxes that convex problems take.
//
//   npm run bench -- nlp/relaxations              writes bench/nlp/relaxations.results.json
//   npm run bench -- nlp/relaxations --limit 3    seconds for each solve in place of 5
//   npm run bench -- nlp/relaxations NAME ...     prints these problems, and writes nothing

import {
  add,
  dot,
  type Expression,
  log,
  logSumExp,
  matvec,
  mul,
  softplus,
  square,
  sub,
  sum,
} from '../../src/expressions/index.js';
import { Model, minimizeGlobally, SolverError } from '../../src/index.js';
import { Draw } from '../../test/nlp/draw.js';
import { available, globalProblems } from '../../test/nlp/globalProblems.js';
import { describe, environment, short, table, writeResults } from '../shared/report.js';

const words = process.argv.slice(2);
const at = words.indexOf('--limit');
const limit = at < 0 ? 5 : Number(words.splice(at, 2)[1]);

type Scalar = Expression<readonly []>;

interface Run {
  status: string;
  seconds: number;
  nodes: number;
  gap?: number;
}

type Relaxation = 'auto' | 'linear' | 'semidefinite';

/** One solve; undefined where the relaxation does not take the model. */
async function run(model: Model, relaxation: Relaxation): Promise<Run | undefined> {
  try {
    const { status, seconds, nodes, objective, bound } = await minimizeGlobally(model, {
      ...{ relaxation, timeLimit: limit, threads: 1 },
    });
    const gap = Math.abs(objective - bound) / Math.abs(objective);
    return { status, seconds, nodes, ...(Number.isFinite(gap) && { gap }) };
  } catch (error) {
    if (error instanceof SolverError && error.code === 'UNSUPPORTED') return undefined;
    throw error;
  }
}

const cell = (run: Run): string =>
  run.status === 'solved'
    ? `${short(run.seconds)} s, ${run.nodes}`
    : `gap ${run.gap === undefined ? 'unknown' : `${short(100 * run.gap)} %`}, ${run.nodes}`;

const matrix = (draw: Draw, rows: number, n: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: n }, () => draw.between(-0.5, 0.5)));

/** Convex models of n variables. */
const convex: Record<string, (draw: Draw, n: number) => Model> = {
  portfolio: (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: 0, upper: 1 });
    const c = matrix(draw, 1, n)[0] as number[];
    model.minimize(sub(sum(square(matvec(matrix(draw, n + 2, n), x))), mul(0.1, dot(c, x))));
    model.equal(sum(x), 1);
    return model;
  },
  'least squares': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -5, upper: 5 });
    const b = matrix(draw, 1, 2 * n)[0] as number[];
    model.minimize(sum(square(sub(matvec(matrix(draw, 2 * n, n), x), b))));
    return model;
  },
  entropy: (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: 1e-3, upper: 1 });
    model.minimize(add(sum(mul(x, log(x))), dot(matrix(draw, 1, n)[0] as number[], x)));
    model.equal(sum(x), 1);
    return model;
  },
  'line over a ball': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -2, upper: 2 });
    model.minimize(dot(matrix(draw, 1, n)[0] as number[], x));
    model.atMost(sum(square(x)), 1);
    return model;
  },
  'logistic regression': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -3, upper: 3 });
    model.minimize(add(sum(softplus(matvec(matrix(draw, 3 * n, n), x))), mul(0.1, sum(square(x)))));
    return model;
  },
  'log-sum-exp': (draw, n) => {
    const model = new Model();
    const x = model.variable(n, { lower: -2, upper: 2 });
    model.minimize(logSumExp(matvec(matrix(draw, 2 * n, n), x)));
    return model;
  },
};

/** Geometric mean. */
const mean = (values: readonly number[]): number =>
  Math.exp(values.reduce((total, value) => total + Math.log(value), 0) / values.length);

/** min x.Qx + c.x over [-1, 1]^n, with `count` constraints of the same kind, or linear ones. */
function drawn(draw: Draw, n: number, count: number, curved: boolean): Model {
  const model = new Model();
  const x: Scalar[] = Array.from({ length: n }, () => model.variable({ lower: -1, upper: 1 }));
  const total = (terms: Scalar[]) => terms.reduce((a, b) => add(a, b));
  const line = () => total(x.map((each) => mul(draw.between(-5, 5), each)));
  const share = 10 / n;
  const quadratic = () =>
    add(
      line(),
      total(
        x.flatMap((a, i) => x.slice(i).flatMap((b) => (draw.chance(share) ? mul(draw.between(-5, 5), mul(a, b)) : []))),
      ),
    );
  model.minimize(quadratic());
  for (let k = 0; k < count; ++k) model.atMost(curved ? quadratic() : line(), 0.5);
  return model;
}

/** The given problems and drawn ones. */
function* sets() {
  for (const set of available ? (['boxqp', 'continuous', 'integer'] as const) : []) {
    for (const { name, model } of globalProblems(set)) yield { set, name, model };
  }
  for (const n of [10, 15, 20, 25, 30]) {
    for (const count of [1, 3, 5]) {
      for (const curved of [false, true]) {
        const name = `${n} variables, ${count} ${curved ? 'quadratic' : 'linear'} constraints`;
        yield { set: 'drawn', name, model: drawn(new Draw(n + count), n, count, curved) };
      }
    }
  }
}

async function quadratics() {
  const rows = [];
  for (const { set, name, model } of sets()) {
    if (words.length > 0 && !words.includes(name)) continue;
    const semidefinite = await run(model, 'semidefinite');
    const linear = semidefinite && (await run(model, 'linear'));
    const auto = semidefinite && (await run(model, 'auto'));
    if (semidefinite && linear && auto) rows.push({ set, name, linear, semidefinite, auto });
  }
  return rows;
}

async function main(): Promise<void> {
  const rows = await quadratics();
  const cells = rows.map(({ name, linear, semidefinite, auto }) => [name, ...[linear, semidefinite, auto].map(cell)]);
  console.log(table(['problem', 'linear: time, boxes', 'semidefinite', 'auto'], cells));
  const sums = ['boxqp', 'continuous', 'integer', 'drawn'].flatMap((set) => {
    const of = rows.filter((row) => row.set === set);
    const both = of.filter(({ linear, semidefinite }) => [linear, semidefinite].every((r) => r.status === 'solved'));
    if (of.length === 0) return [];
    const total = (kind: Relaxation) => {
      const solved = of.filter((row) => row[kind].status === 'solved').length;
      const [seconds, nodes] = (['seconds', 'nodes'] as const).map((of) =>
        mean(both.map((row) => (of === 'nodes' ? Math.max(1, row[kind].nodes) : row[kind].seconds))),
      );
      return `${solved} of ${of.length}; ${short(seconds)} s, ${short(nodes)}`;
    };
    return [[set, total('linear'), total('semidefinite'), total('auto')]];
  });
  console.log(`Solved; geometric means of time and boxes of those that both solve, limit ${limit} s:`);
  console.log(table(['set', 'linear', 'semidefinite', 'auto'], sums));
  if (words.length > 0) return;
  const convexRows = [];
  for (const [name, make] of Object.entries(convex)) {
    for (const n of [5, 10, 20, 40]) {
      const found = await run(make(new Draw(n), n), 'auto');
      if (found) convexRows.push({ name, n, ...found });
    }
  }
  console.log(
    table(
      ['convex', 'n', 'time, boxes'],
      convexRows.map((row) => [row.name, `${row.n}`, cell(row)]),
    ),
  );
  const where = environment();
  console.log(describe(where));
  writeResults('nlp/relaxations', { environment: where, limit, rows, sums, convex: convexRows });
}

await main();
