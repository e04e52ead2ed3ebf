// Random data of graphs, local scores by least squares, and all graphs of a few nodes: code that shares nothing with the solver.

/** Numbers of the generator by which the references were made. */
export function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

export interface Generator {
  type: 'ER' | 'SF';
  d: number;
  edgesPerNode: number;
  n: number;
  seed: number;
  standardized: boolean;
}

/** Pairs a < b of an Erdos-Renyi graph, or of one of preferential attachment, in the order in which they are drawn. */
function pairsOf({ type, d, edgesPerNode: k }: Generator, uniform: () => number): [number, number][] {
  const pairs: [number, number][] = [];
  if (type === 'ER') {
    const known = new Set<number>();
    while (pairs.length < k * d) {
      let [a, b] = [Math.floor(uniform() * d), Math.floor(uniform() * d)];
      if (a > b) [a, b] = [b, a];
      if (a === b || known.has(a * d + b)) continue;
      known.add(a * d + b);
      pairs.push([a, b]);
    }
    return pairs;
  }
  const bag: number[] = [];
  for (let b = 1; b < d; ++b) {
    const chosen: number[] = [];
    while (chosen.length < Math.min(k, b)) {
      const plain = bag.length === 0 || uniform() < 1 / (1 + bag.length / b);
      const u = uniform();
      const a = plain ? Math.floor(u * b) : (bag[Math.floor(u * bag.length)] as number);
      if (!chosen.includes(a)) chosen.push(a);
    }
    for (const a of chosen) {
      pairs.push([a, b]);
      bag.push(a, b);
    }
  }
  return pairs;
}

/** Rows of a linear model on a random graph with unit Gaussian errors, and the graph as the parents of each node. */
export function generated(of: Generator): { x: number[][]; parents: number[][]; order: number[] } {
  const { d, n, seed, standardized } = of;
  const uniform = lcg(seed);
  const order = Array.from({ length: d }, (_, i) => i);
  for (let i = d - 1; i >= 1; --i) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  const node = (t: number): number => order[t] as number;
  const weights = Array.from({ length: d }, () => new Float64Array(d));
  const parents: number[][] = Array.from({ length: d }, () => []);
  for (const [a, b] of pairsOf(of, uniform)) {
    const w = 0.5 + 1.5 * uniform();
    (weights[node(b)] as Float64Array)[node(a)] = uniform() < 0.5 ? -w : w;
    parents[node(b)]?.push(node(a));
  }
  const normal = (): number => {
    const u = uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * uniform());
  };
  const x = Array.from({ length: n }, () => {
    const row = new Array<number>(d).fill(0);
    for (let t = 0; t < d; ++t) {
      row[node(t)] = normal();
      for (let s = 0; s < t; ++s) {
        row[node(t)] =
          (row[node(t)] as number) + ((weights[node(t)] as Float64Array)[node(s)] as number) * (row[node(s)] as number);
      }
    }
    return row;
  });
  return { x: standardized ? standardize(x) : x, parents, order };
}

/** Columns less their means, divided by their standard deviations. */
export function standardize(x: readonly (readonly number[])[]): number[][] {
  const n = x.length;
  const d = x[0]?.length ?? 0;
  const made = x.map((row) => row.slice());
  for (let j = 0; j < d; ++j) {
    const mean = x.reduce((sum, row) => sum + (row[j] as number), 0) / n;
    const deviation = Math.sqrt(x.reduce((sum, row) => sum + ((row[j] as number) - mean) ** 2, 0) / n);
    for (const row of made) row[j] = ((row[j] as number) - mean) / deviation;
  }
  return made;
}

export interface Scoring {
  score: 'bic' | 'equalVariance' | 'logistic';
  gamma: number;
  variance: number;
}

/** The mean square that a regression of column j on others leaves, by Householder reflections of the rows. */
export function restOf(x: readonly (readonly number[])[], j: number, parents: readonly number[]): number {
  const n = x.length;
  const columns = [...parents, j].map((k) => {
    const mean = x.reduce((sum, row) => sum + (row[k] as number), 0) / n;
    return Float64Array.from(x, (row) => (row[k] as number) - mean);
  });
  const target = columns[columns.length - 1] as Float64Array;
  for (let k = 0; k < parents.length; ++k) {
    const v = (columns[k] as Float64Array).slice(k);
    const norm = Math.hypot(...v);
    if (norm === 0) continue;
    v[0] = (v[0] as number) + Math.sign(v[0] || 1) * norm;
    const squared = v.reduce((sum, value) => sum + value * value, 0);
    for (let c = k; c < columns.length; ++c) {
      const column = columns[c] as Float64Array;
      let dot = 0;
      for (let i = 0; i < v.length; ++i) dot += (v[i] as number) * (column[i + k] as number);
      for (let i = 0; i < v.length; ++i)
        column[i + k] = (column[i + k] as number) - (2 * dot * (v[i] as number)) / squared;
    }
  }
  return target.slice(parents.length).reduce((sum, value) => sum + value * value, 0) / n;
}

/** The least log loss of a 0/1 column by an intercept and others, by Newton's method with halved steps. */
export function logLossOf(x: readonly (readonly number[])[], j: number, parents: readonly number[]): number {
  const p = parents.length + 1;
  const z = x.map((row) => [1, ...parents.map((k) => row[k] as number)]);
  const beta = new Float64Array(p);
  const lossAt = (b: Float64Array): number =>
    x.reduce((sum, row, i) => {
      const s = (z[i] as number[]).reduce((odds, value, k) => odds + value * (b[k] as number), 0);
      const t = row[j] === 1 ? -s : s;
      return sum + Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
    }, 0);
  let loss = lossAt(beta);
  for (let step = 0; step < 60; ++step) {
    const gradient = new Float64Array(p);
    const hessian = Array.from({ length: p }, (_, a) =>
      Float64Array.from({ length: p }, (_, b) => (a === b ? 1e-9 : 0)),
    );
    for (const [i, row] of x.entries()) {
      const zi = z[i] as number[];
      const s = zi.reduce((odds, value, k) => odds + value * (beta[k] as number), 0);
      const risk = 1 / (1 + Math.exp(-s));
      for (let a = 0; a < p; ++a) {
        gradient[a] = (gradient[a] as number) + (risk - (row[j] as number)) * (zi[a] as number);
        const line = hessian[a] as Float64Array;
        for (let b = 0; b < p; ++b)
          line[b] = (line[b] as number) + risk * (1 - risk) * (zi[a] as number) * (zi[b] as number);
      }
    }
    const move = solved(hessian, gradient);
    let t = 1;
    let next = loss;
    for (; t > 1e-8; t /= 2) {
      next = lossAt(beta.map((value, k) => value - t * (move[k] as number)));
      if (next < loss) break;
    }
    if (!(next < loss)) break;
    for (let k = 0; k < p; ++k) beta[k] = (beta[k] as number) - t * (move[k] as number);
    loss = next;
  }
  return loss;
}

/** A^{-1} b by elimination with pivots. */
function solved(a: Float64Array[], b: Float64Array): Float64Array {
  const m = a.map((row, i) => [...row, b[i] as number]);
  const p = m.length;
  for (let k = 0; k < p; ++k) {
    let best = k;
    for (let i = k; i < p; ++i) if (Math.abs(m[i]?.[k] as number) > Math.abs(m[best]?.[k] as number)) best = i;
    [m[k], m[best]] = [m[best] as number[], m[k] as number[]];
    const pivot = m[k] as number[];
    for (let i = 0; i < p; ++i) {
      if (i === k) continue;
      const row = m[i] as number[];
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let c = k; c <= p; ++c) row[c] = (row[c] as number) - factor * (pivot[c] as number);
    }
  }
  return Float64Array.from(m, (row, i) => (row[p] as number) / (row[i] as number));
}

/** loss_j(parents) + penalty (number of parents). */
export function localScore(
  x: number[][],
  j: number,
  parents: readonly number[],
  { score, gamma, variance }: Scoring,
): number {
  const n = x.length;
  const penalty = Math.log(n) / 2 + gamma * Math.log(x[0]?.length ?? 1);
  const loss =
    score === 'logistic'
      ? logLossOf(x, j, parents)
      : score === 'bic'
        ? (n / 2) * Math.log(restOf(x, j, parents))
        : (n * restOf(x, j, parents)) / (2 * variance);
  return loss + penalty * parents.length;
}

/** Members of a bit set. */
export const members = (bits: number, d: number): number[] =>
  Array.from({ length: d }, (_, j) => j).filter((j) => ((bits >> j) & 1) === 1);

/** All directed graphs without cycles of d nodes, as a bit set of parents for each node: 29,281 of five. */
export function allDags(d: number): number[][] {
  const made: number[][] = [];
  const parents = new Array<number>(d).fill(0);
  const acyclic = (): boolean => {
    let gone = 0;
    for (let some = true; some; ) {
      some = false;
      for (let j = 0; j < d; ++j) {
        if (((gone >> j) & 1) === 1 || ((parents[j] as number) & ~gone) !== 0) continue;
        gone |= 1 << j;
        some = true;
      }
    }
    return gone === (1 << d) - 1;
  };
  const choose = (j: number): void => {
    if (j === d) {
      if (acyclic()) made.push(parents.slice());
      return;
    }
    for (let set = 0; set < 1 << d; ++set) {
      if (((set >> j) & 1) === 1) continue;
      // No two nodes are parents of one another.
      if (members(set, d).some((i) => i < j && (((parents[i] as number) >> j) & 1) === 1)) continue;
      parents[j] = set;
      choose(j + 1);
    }
    parents[j] = 0;
  };
  choose(0);
  return made;
}

/** Local scores of all sets of parents, by node and bit set. */
export function scoreTable(x: number[][], scoring: Scoring): Float64Array[] {
  const d = x[0]?.length ?? 0;
  return Array.from({ length: d }, (_, j) =>
    Float64Array.from({ length: 1 << d }, (_, set) =>
      ((set >> j) & 1) === 1 ? Number.NaN : localScore(x, j, members(set, d), scoring),
    ),
  );
}

/** Skeleton and pairs of parents without an edge between them, as text: equal for graphs that no data tell apart. */
export function classOf(parents: readonly number[]): string {
  const d = parents.length;
  const joined = (i: number, j: number): boolean =>
    (((parents[i] as number) >> j) & 1) === 1 || (((parents[j] as number) >> i) & 1) === 1;
  const edges: string[] = [];
  const colliders: string[] = [];
  for (let i = 0; i < d; ++i) {
    for (let j = i + 1; j < d; ++j) {
      if (joined(i, j)) edges.push(`${i}-${j}`);
      else {
        for (let k = 0; k < d; ++k) {
          const both = (1 << i) | (1 << j);
          if (((parents[k] as number) & both) === both) colliders.push(`${i}>${k}<${j}`);
        }
      }
    }
  }
  return `${edges.join()} ${colliders.join()}`;
}
