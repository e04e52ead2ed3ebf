// Graphs whose score is known: by enumeration of all graphs, and by equations.
import { describe, expect, it } from 'vitest';
import { type LearnDagResult, type LearnDagSettings, learnDag } from '../../src/discrete/index.js';
import { uniforms } from '../algebra.js';
import { allDags, classOf, generated, members, type Scoring, scoreTable, standardize } from './learnDagJudge.js';

const bitsOf = ({ parents }: LearnDagResult): number[] => parents.map((of) => of.reduce((set, i) => set | (1 << i), 0));

const all = new Map([4, 5].map((d) => [d, allDags(d)] as const));
const dagsOf = (d: number): number[][] => all.get(d) as number[][];

function binaryRows(n: number, d: number, seed: number): number[][] {
  const draw = uniforms(seed);
  return Array.from({ length: n }, () => {
    const row: number[] = [];
    for (let j = 0; j < d; ++j) row.push(Number(draw() < (j > 1 && row[j - 1] === row[j - 2] ? 0.8 : 0.35)));
    return row;
  });
}

const rowsOf = (score: string, seed: number): number[][] =>
  score === 'logistic'
    ? binaryRows(120, 5, seed)
    : generated({ type: 'ER', d: 5, edgesPerNode: 1, n: 80, seed, standardized: score === 'bic' }).x;

const has = (dag: readonly number[], from: number, to: number): boolean => (((dag[to] as number) >> from) & 1) === 1;

/** Conditions with what they ask of a graph. */
const conditions: [string, LearnDagSettings, (dag: readonly number[]) => boolean][] = [
  ['no conditions', {}, () => true],
  [
    'edges',
    {
      required: [
        [3, 0],
        ['x1', 'x0'],
      ],
      forbidden: [
        [2, 1],
        [1, 2],
      ],
    },
    (dag) => has(dag, 3, 0) && has(dag, 1, 0) && !has(dag, 2, 1) && !has(dag, 1, 2),
  ],
  [
    'tiers',
    { tiers: [1, 0, 2, 0, 1] },
    (dag) => {
      const tiers = [1, 0, 2, 0, 1];
      return dag.every((set, j) => members(set, 5).every((i) => (tiers[i] as number) <= (tiers[j] as number)));
    },
  ],
  [
    'one parent at most',
    { maxParents: 1, forbidden: [[0, 4]] },
    (dag) => !has(dag, 0, 4) && dag.every((set) => members(set, 5).length <= 1),
  ],
];

describe('all graphs of five nodes', () => {
  it('has 29,281 of them', () => {
    expect(dagsOf(5)).toHaveLength(29281);
  });

  describe.each(['bic', 'equalVariance', 'logistic'] as const)('%s', (score) => {
    it.each(conditions)('%s', async (_, settings, allowed) => {
      for (const seed of [1, 2]) {
        const scoring: Scoring = { score, gamma: 2 - seed, variance: 0.8 };
        const x = rowsOf(score, seed);
        const table = scoreTable(x, scoring);
        const total = (dag: readonly number[]): number =>
          dag.reduce((sum, set, j) => sum + ((table[j] as Float64Array)[set] as number), 0);
        const best = Math.min(...dagsOf(5).filter(allowed).map(total));
        const own = { score, gamma: scoring.gamma, ...(score === 'equalVariance' && { variance: scoring.variance }) };
        const exact = await learnDag({ x }, { ...own, ...settings, method: 'exact' });
        expect(exact).toMatchObject({ status: 'solved', method: 'exact', certificate: { kind: 'global' } });
        expect(Math.abs((exact.objective as number) - best)).toBeLessThan(1e-6);
        expect(exact.certificate.lowerBound).toBeLessThanOrEqual(best + 1e-7);
        expect(total(bitsOf(exact))).toBeCloseTo(exact.objective as number, 6);
        expect(allowed(bitsOf(exact))).toBe(true);
        const search = await learnDag({ x }, { ...own, ...settings, method: 'orderSearch', restarts: 3 });
        expect(allowed(bitsOf(search))).toBe(true);
        expect(search.objective).toBeGreaterThanOrEqual(best - 1e-7);
        expect(search.certificate.lowerBound).toBeLessThanOrEqual(best + 1e-7);
        expect(total(bitsOf(search))).toBeCloseTo(search.objective as number, 6);
      }
    });
  });

  it('finds the variance with the graph', async () => {
    for (const seed of [3, 4, 5]) {
      const x = rowsOf('equalVariance', seed);
      const n = x.length;
      const penalty = Math.log(n) / 2;
      const table = scoreTable(x, { score: 'equalVariance', gamma: 0, variance: 1 });
      const total = (dag: readonly number[]): number => {
        const edges = dag.reduce((sum, set) => sum + members(set, 5).length, 0);
        const losses = dag.reduce((sum, set, j) => sum + ((table[j] as Float64Array)[set] as number), -penalty * edges);
        return ((5 * n) / 2) * (1 + Math.log((2 * losses) / (5 * n))) + penalty * edges;
      };
      const best = Math.min(...dagsOf(5).map(total));
      const result = await learnDag({ x }, { score: 'equalVariance', gamma: 0 });
      expect(result.certificate.kind).toBe('global');
      expect(Math.abs((result.objective as number) - best)).toBeLessThan(1e-6);
      expect(result.certificate.lowerBound).toBeLessThanOrEqual(best + 1e-7);
    }
  });
});

describe('the class of a graph', () => {
  it('directs the edges that all graphs with these edges and pairs of parents direct so', async () => {
    const classes = new Map<string, number[][]>();
    for (const dag of dagsOf(4)) classes.set(classOf(dag), [...(classes.get(classOf(dag)) ?? []), dag]);
    const x = generated({ type: 'ER', d: 4, edgesPerNode: 1, n: 40, seed: 1, standardized: true }).x;
    // Every graph is the only one with its edges required and all others forbidden.
    for (const dag of dagsOf(4)) {
      const pairs = Array.from({ length: 16 }, (_, k) => [k >> 2, k & 3] as [number, number]).filter(
        ([i, j]) => i !== j,
      );
      const required = pairs.filter(([from, to]) => has(dag, from, to));
      const forbidden = pairs.filter(([from, to]) => !has(dag, from, to));
      const { pattern } = await learnDag({ x }, { required, forbidden, method: 'orderSearch', restarts: 1 });
      expect(pattern).toHaveLength(required.length);
      const same = classes.get(classOf(dag)) as number[][];
      for (const { from, to, directed } of pattern) {
        const [i, j] = [Number(from.slice(1)), Number(to.slice(1))];
        expect(directed).toBe(same.every((other) => has(other, i, j)));
      }
    }
  });
});

describe('the order search', () => {
  it('is never below the least score', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const x = generated({ type: 'SF', d: 11, edgesPerNode: 3, n: 60, seed, standardized: true }).x;
      const exact = await learnDag({ x }, { gamma: 0 });
      const search = await learnDag({ x }, { gamma: 0, method: 'orderSearch', restarts: 2, seed });
      const near = 1e-9 * Math.abs(exact.objective as number);
      expect(search.objective).toBeGreaterThanOrEqual((exact.objective as number) - near);
      expect(search.certificate.lowerBound).toBeLessThanOrEqual(exact.objective as number);
      expect(search.certificate.kind).toBe('bounded');
    }
  });

  it('has the same answer on any number of threads', async () => {
    const x = generated({ type: 'ER', d: 16, edgesPerNode: 2, n: 200, seed: 1, standardized: true }).x;
    const one = await learnDag({ x }, { threads: 1 });
    const two = await learnDag({ x }, { threads: 2 });
    expect(two.parents).toEqual(one.parents);
    expect(two.certificate).toEqual(one.certificate);
  });
});

describe('swaps', () => {
  const { x, order } = generated({ type: 'ER', d: 12, edgesPerNode: 2, n: 500, seed: 5, standardized: false });
  const own = { score: 'equalVariance', variance: 1, method: 'topo', restarts: 1 } as const;

  it('never raise the loss of the order that they begin at', async () => {
    const reversed = order.slice().reverse();
    const first = await learnDag({ x }, { ...own, warmStart: { order: reversed }, maxIterations: 0 });
    const last = await learnDag({ x }, { ...own, warmStart: { order: reversed } });
    const objectives = last.history.map(({ objective }) => objective as number);
    expect(objectives.every((value, k) => k === 0 || value <= (objectives[k - 1] as number))).toBe(true);
    expect(last.objective).toBeLessThan(first.objective as number);
    const again = await learnDag({ x }, { ...own, warmStart: last });
    expect(again.objective).toBeLessThanOrEqual((last.objective as number) * (1 + 1e-12));
  });

  it('meet the conditions of a stationary point: residuals are uncorrelated with what does not lie behind', async () => {
    const { weights, predict, objective, penalty, variance } = await learnDag({ x }, own);
    expect(penalty).toBe(0);
    expect(variance).toBe(1);
    const fitted = predict(x);
    const d = 12;
    const rest = x.map((row, i) => row.map((value, j) => value - (fitted.data[i * d + j] as number)));
    expect(rest.flat().reduce((sum, r) => sum + r * r, 0) / 2).toBeCloseTo(objective as number, 6);
    // Paths of weights: where none leads from j to i, the derivative by the weight of i -> j has to be 0.
    const paths = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => i === j));
    for (let round = 0; round < d; ++round) {
      for (let j = 0; j < d; ++j) {
        for (let k = weights.offsets[j] as number; k < (weights.offsets[j + 1] as number); ++k) {
          for (const from of paths) if (from[weights.indices[k] as number]) from[j] = true;
        }
      }
    }
    const means = Array.from({ length: d }, (_, j) => x.reduce((sum, row) => sum + (row[j] as number), 0) / x.length);
    for (let i = 0; i < d; ++i) {
      for (let j = 0; j < d; ++j) {
        if (paths[j]?.[i]) continue;
        const slope = rest.reduce(
          (sum, r, row) => sum + (r[j] as number) * ((x[row]?.[i] as number) - (means[i] as number)),
          0,
        );
        expect(Math.abs(slope)).toBeLessThan(1e-6 * x.length);
      }
    }
  });

  it('leave out edges up to the threshold', async () => {
    const { edges, certificate } = await learnDag({ x }, { ...own, threshold: 0.3 });
    expect(Math.min(...edges.map(({ weight }) => Math.abs(weight)))).toBeGreaterThan(0.3);
    expect(certificate.kind).not.toBe('global');
  });

  it('are not for the score bic', async () => {
    await expect(learnDag({ x }, { method: 'topo' })).rejects.toThrow("method = 'topo': expected another one");
  });
});

describe('what a result says', () => {
  const { x } = generated({ type: 'ER', d: 6, edgesPerNode: 1, n: 300, seed: 2, standardized: false });

  it('has weights by columns, edges by names and predictions', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { weights, edges, parents, predict, intercepts } = await learnDag({ x, names });
    expect(weights).toMatchObject({ format: 'csc', rows: 6, columns: 6 });
    expect(weights.values).toHaveLength(edges.length);
    const fitted = predict(x.slice(0, 3));
    parents.forEach((of, j) => {
      const w = (i: number): number =>
        edges.find(({ from, to }) => from === names[i] && to === names[j])?.weight as number;
      const sum = of.reduce((all, i) => all + w(i) * (x[1]?.[i] as number), intercepts[j] as number);
      expect(fitted.data[6 + j]).toBeCloseTo(sum, 12);
    });
    expect(edges.every(({ gain }, k) => k === 0 || gain <= (edges[k - 1]?.gain as number))).toBe(true);
  });

  it('has varsortability by paths, and warns of standardised columns', async () => {
    const raw = await learnDag({ x }, { score: 'equalVariance' });
    expect(raw.varsortability).toBeGreaterThan(0.5);
    expect(raw.message).not.toContain('variance');
    const same = await learnDag({ x: standardize(x) }, { score: 'equalVariance' });
    expect(same.message).toContain('All columns have the same variance');
    expect(same.varsortability).toBe(0.5);
  });

  it('predicts probabilities of columns of 0 and 1', async () => {
    const bits = binaryRows(200, 4, 3);
    const { predict } = await learnDag({ x: bits }, { score: 'logistic' });
    const { data } = predict(bits);
    expect(data.every((value) => value > 0 && value < 1)).toBe(true);
    const mean = data.filter((_, k) => k % 4 === 2).reduce((a, b) => a + b, 0) / 200;
    expect(mean).toBeCloseTo(bits.reduce((sum, row) => sum + (row[2] as number), 0) / 200, 8);
  });

  it('falls to the order search where memory is short, and says so', async () => {
    const result = await learnDag({ x }, { memoryLimit: 1000 });
    expect(result.method).toBe('orderSearch');
    expect(result.message).toContain('Not all graphs were searched');
    await expect(learnDag({ x }, { memoryLimit: 1000, method: 'exact' })).rejects.toThrow(/tables of method = 'exact'/);
  });
});

describe('bad input', () => {
  const x = generated({ type: 'ER', d: 4, edgesPerNode: 1, n: 50, seed: 1, standardized: false }).x;
  const names = ['age', 'dose', 'rate', 'risk'];
  const fails = async (data: { x: number[][]; names?: string[] }, settings: LearnDagSettings, message: string) => {
    await expect(learnDag(data, settings)).rejects.toThrow(message);
  };

  it('names a cycle of required edges', async () => {
    const required = [
      ['age', 'dose'],
      ['dose', 'rate'],
      ['rate', 'age'],
    ] as const;
    await fails({ x, names }, { required }, 'required = age -> dose -> rate -> age: expected edges without a cycle');
  });

  it('names an edge that is required and forbidden', async () => {
    const required = [['age', 'dose']] as const;
    await fails({ x, names }, { required, forbidden: required }, 'required[0] = age -> dose: expected an edge');
    await fails({ x, names }, { required, tiers: [2, 1, 0, 0] }, 'required[0] = age -> dose: expected an edge');
  });

  it('names columns that are constant or depend on others', async () => {
    const constant = x.map((row) => [row[0] as number, 7, row[2] as number, row[3] as number]);
    await fails({ x: constant, names }, {}, 'column 1 of x (dose) is constant');
    const sum = x.map(([a = 0, b = 0, c = 0]) => [a, b, c, a - 2 * c]);
    await fails({ x: sum, names }, {}, 'column 3 of x (risk) is a linear combination of column 0 of x (age), column 2');
  });

  it('asks for more rows than columns, finite numbers, and columns that are there', async () => {
    await fails({ x: x.slice(0, 4) }, {}, 'rows of x = 4: expected more rows than columns: 5 or more');
    const missing = x.map((row) => row.slice());
    (missing[3] as number[])[2] = Number.NaN;
    await fails({ x: missing }, {}, 'x[3][2] = NaN');
    await fails({ x, names }, { required: [['sex', 'age']] }, "required[0][0] = 'sex': expected the name of a column");
    await fails({ x }, { warmStart: { order: [0, 1, 2, 2] } }, 'warmStart.order: expected all 4 columns once');
    await fails({ x }, { score: 'logistic' }, 'expected 0 or 1');
    await fails({ x }, { maxParents: 0, required: [[0, 1]] }, 'required[0] = 0 -> 1: expected an edge');
  });
});
