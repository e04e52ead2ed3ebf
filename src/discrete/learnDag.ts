import { isPromise } from '../core/check.js';
import { fixDeadline } from '../core/deadline.js';
import type { Matrix, MatrixLike, SparseMatrix } from '../core/matrix.js';
import { withMethods } from '../core/methods.js';
import { readData, readMatrix, type SolveOptions, type SolveResult, solveOnCpu } from '../core/readData.js';
import type { LearnDagOptions, LearnDagProgress, LearnDagSolution } from '../generated/learnDag.js';
import { columnNames } from './columnNames.js';
import { type DagStart, dagConditions, type EdgeOf, withNames } from './learnDagConditions.js';
import { dagFunctions } from './learnDagModel.js';

export interface LearnDagData {
  /** n x d, more rows than columns. */
  x: MatrixLike;
  /** A name for each column of x. Default: `x0`, `x1`, ... */
  names?: readonly string[] | undefined;
}

export interface LearnDagSettings extends LearnDagOptions, SolveOptions<LearnDagProgress> {
  /** Edges `[from, to]` that the graph has to have, by names or numbers of columns. Change it when some causes are known. */
  required?: readonly EdgeOf[] | undefined;
  /** Edges `[from, to]` that the graph must not have. Change it when some columns are known not to cause others. */
  forbidden?: readonly EdgeOf[] | undefined;
  /** A number for each column: no edge leads to a column with a smaller one. Change it when columns have an order in time. */
  tiers?: ArrayLike<number> | undefined;
  /**
   * The graph or the order that the search begins at: an earlier result, `{ edges }` of any graph without cycles, or `{ order }`. Default: columns by
   * their variances. Change it when a good graph is known.
   */
  warmStart?: DagStart | undefined;
}

/** An edge by the names of its ends. */
export interface LearnedEdge {
  from: string;
  to: string;
  /** The coefficient of `from` in the regression of `to` on its parents. */
  weight: number;
  /** How much larger the score is without this edge. */
  gain: number;
}

/** An edge of a class of graphs by the names of its ends. */
export interface LearnedPatternEdge {
  from: string;
  to: string;
  /** True if all graphs of the class have this edge in this direction. */
  directed: boolean;
}

export interface LearnDagResult
  extends SolveResult<LearnDagProgress>,
    Omit<LearnDagSolution, 'edges' | 'pattern' | 'order'> {
  /** The columns, each behind its parents. */
  order: number[];
  /** The parents of each column. */
  parents: number[][];
  /** d x d: the entry in row i and column j is the weight of the edge from i to j. */
  weights: SparseMatrix;
  /** The edges, those that gain most first. */
  edges: LearnedEdge[];
  /** The class of graphs that no data tell from this one: its CPDAG. */
  pattern: LearnedPatternEdge[];
  /** Names of the columns. */
  names: readonly string[];
  /** True if columns are 0 and 1, and predictions are the probabilities of 1. */
  binary: boolean;
  /** Each column as its parents predict it, n x d: the mean, or the probability of 1 with the score `logistic`. */
  predict(x: MatrixLike): Matrix & { data: Float64Array };
}

/**
 * Finds the directed graph without cycles that has the least score, with a proof up to some twenty columns:
 *
 *     minimise  sum_j loss_j(P_j) + penalty (number of edges),   penalty = (log n) / 2 + gamma log d
 *
 * over parents P_j of each column. With RSS_j(P) the mean square that a regression of column j on P leaves, the loss is
 * n/2 log RSS_j (`bic`), n RSS_j / (2 s^2) (`equalVariance`, s^2 the `variance`; where it is not given, it is chosen with the graph, and n d/2 log s^2
 * is added), or the log loss of column j on P (`logistic`).
 *
 * ```ts
 * const { edges, certificate } = await learnDag({ x, names });
 * ```
 *
 * `certificate.kind` is `'global'` where all graphs were searched; else no graph has a score below `certificate.lowerBound`.
 *
 * @throws (rejects) TypeError or RangeError that names what is wrong with an argument, such as a column that is constant or depends on
 * others; {@link SolverError} `OUT_OF_MEMORY`, `DEVICE_UNAVAILABLE`, `CALLBACK_FAILED` or `ADDON_NOT_FOUND`.
 */
export async function learnDag(data: LearnDagData, settings: LearnDagSettings = {}): Promise<LearnDagResult> {
  const { x, names } = readData(data, ['x', 'names']);
  const { required, forbidden, tiers, warmStart, ...own } = fixDeadline(settings);
  const read = readMatrix('x', x);
  const given = isPromise(read) ? await read : read;
  const known = columnNames(names, given.columns);
  const request = { x: given, ...dagConditions(required, forbidden, tiers, warmStart, known) };
  try {
    const answer = await solveOnCpu('learnDag', request, own);
    return presented(answer as SolveResult<LearnDagProgress> & LearnDagSolution, known, own.score === 'logistic');
  } catch (error) {
    throw names === undefined ? error : withNames(error, known);
  }
}

/** The answer with names, and its weights as a matrix. */
function presented(
  { edges, pattern, order, ...answer }: SolveResult<LearnDagProgress> & LearnDagSolution,
  names: readonly string[],
  binary: boolean,
): LearnDagResult {
  const nameOf = (j: number): string => names[j] as string;
  const parents = names.map((_, j) => edges.filter(({ to }) => to === j).map(({ from }) => from));
  const offsets = new Int32Array(names.length + 1);
  for (const [j, of] of parents.entries()) offsets[j + 1] = (offsets[j] as number) + of.length;
  const [rows, columns] = [names.length, names.length];
  const result = {
    ...answer,
    order: Array.from(order),
    parents,
    weights: {
      ...{ format: 'csc' as const, rows, columns, offsets },
      indices: Int32Array.from(edges, ({ from }) => from),
      values: Float64Array.from(edges, ({ weight }) => weight),
    },
    edges: edges
      .map(({ from, to, weight, gain }) => ({ from: nameOf(from), to: nameOf(to), weight, gain }))
      .sort((a, b) => b.gain - a.gain),
    pattern: pattern.map(({ from, to, directed }) => ({ from: nameOf(from), to: nameOf(to), directed })),
    names,
    binary,
  };
  return withMethods(result as unknown as LearnDagResult, dagFunctions);
}
