// Conditions on a graph, and the order to begin at: given by names, taken by the addon by columns.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkVector, isError, isList, show } from '../core/check.js';
import { checkWarmStart } from '../core/warmStart.js';
import { columnNumber } from './columnNames.js';

/** A column by its name or its number. */
export type ColumnOf = string | number;

/** An edge by its ends. */
export type EdgeOf = readonly [from: ColumnOf, to: ColumnOf];

/** An order to begin at, or a graph, which is put in order. */
export type DagStart =
  | { readonly order: ArrayLike<ColumnOf> }
  | { readonly edges: readonly { readonly from: ColumnOf; readonly to: ColumnOf }[] };

export interface DagConditions {
  requiredFrom?: Int32Array;
  requiredTo?: Int32Array;
  forbiddenFrom?: Int32Array;
  forbiddenTo?: Int32Array;
  tiers?: Float64Array;
  start?: Int32Array;
}

function edgesOf(what: string, edges: unknown, names: readonly string[]): [Int32Array, Int32Array] {
  if (!Array.isArray(edges)) throw typeError(`${what} = ${show(edges)}: expected an array of edges [from, to]`);
  const read = edges.map((edge, k) => {
    if (!Array.isArray(edge) || edge.length !== 2) {
      throw typeError(`${what}[${k}] = ${show(edge)}: expected an edge [from, to]`);
    }
    const [from, to] = edge.map((end, side) => columnNumber(`${what}[${k}][${side}]`, end, names)) as [number, number];
    if (from === to) throw rangeError(`${what}[${k}] = ${show(edge)}: expected an edge between two columns`);
    return [from, to] as const;
  });
  return [Int32Array.from(read, ([from]) => from), Int32Array.from(read, ([, to]) => to)];
}

/** Conditions as the addon takes them. */
export function dagConditions(
  required: unknown,
  forbidden: unknown,
  tiers: unknown,
  warmStart: DagStart | undefined,
  names: readonly string[],
): DagConditions {
  const made: DagConditions = {};
  if (required !== undefined) [made.requiredFrom, made.requiredTo] = edgesOf('required', required, names);
  if (forbidden !== undefined) [made.forbiddenFrom, made.forbiddenTo] = edgesOf('forbidden', forbidden, names);
  if (tiers !== undefined) {
    made.tiers = checkVector('tiers', tiers as ArrayLike<number>, {
      length: names.length,
      per: 'one for each column of x',
    });
  }
  if (warmStart !== undefined) made.start = orderOf(warmStart, names);
  return made;
}

function orderOf(warmStart: DagStart, names: readonly string[]): Int32Array {
  const start = checkWarmStart(warmStart);
  if (!('order' in start)) return sorted(start.edges, names);
  const { order: list } = start;
  if (!isList(list)) throw typeError(`warmStart.order = ${show(list)}: expected columns in order`);
  const columns = Array.from(list as ArrayLike<ColumnOf>);
  const order = Int32Array.from(columns, (column, k) => columnNumber(`warmStart.order[${k}]`, column, names));
  if (order.length !== names.length || new Set(order).size < order.length) {
    throw rangeError(`warmStart.order: expected all ${names.length} columns once, got ${order.length}`);
  }
  return order;
}

/** Columns behind their parents. */
function sorted(edges: unknown, names: readonly string[]): Int32Array {
  if (!Array.isArray(edges))
    throw typeError(`warmStart.edges = ${show(edges)}: expected an array of edges { from, to }`);
  const pairs = edges.map((edge) => [(edge as { from?: unknown })?.from, (edge as { to?: unknown })?.to]);
  const [from, to] = edgesOf('warmStart.edges', pairs, names);
  const order: number[] = [];
  while (order.length < names.length) {
    const before = order.length;
    for (let j = 0; j < names.length; ++j) {
      if (!order.includes(j) && from.every((i, k) => to[k] !== j || order.includes(i))) order.push(j);
    }
    if (order.length === before) throw rangeError('warmStart.edges: expected edges without a cycle');
  }
  return Int32Array.from(order);
}

/** Puts names into a message of the addon, which knows columns by their numbers. */
export function withNames(error: unknown, names: readonly string[]): unknown {
  if (!isError(error)) return error;
  const name = (j: string): string => names[Number(j)] ?? j;
  error.message = error.message
    .replace(/\bcolumn (\d+) of x\b/g, (_, j) => `column ${j} of x (${name(j)})`)
    .replace(/\bparents of column (\d+)\b/g, (_, j) => `parents of ${name(j)}`)
    .replace(/\d+(?: -> \d+)+/g, (path) => path.split(' -> ').map(name).join(' -> '));
  return error;
}
