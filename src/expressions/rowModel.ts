// Models with sums over rows, in the parts that native/expressions/rows/row_model.hpp describes.
import type { SerializedGraph } from '../core/addon.js';
import { typeError } from '../core/argumentError.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { type Node, op } from './expression.js';
import type { RowTable } from './rows.js';
import { serialize, serializeRow } from './serialize.js';

/** The formula of a row of one table, and the columns that it reads, in the order of their numbers. */
export interface SerializedRow {
  code: Int32Array;
  numbers: Float64Array;
  matrices: (Matrix | SparseMatrix)[];
  objective: -1;
  constraints: Int32Array;
  outputs: Int32Array;
}

export interface RowParts {
  /** How many numbers are closed: means, sums and maxima. */
  sums: number;
  outer: SerializedGraph;
  shared: SerializedGraph;
  formulas: SerializedRow[];
  /** Kind, table, output, first number and size of each closing. */
  closings: Int32Array;
}

/** The place of an output of the rows of a table among all `width` numbers of a row. */
export interface OutputPlace {
  table: number;
  first: number;
  width: number;
}

export interface RowModelParts {
  parts: RowParts;
  tables: { table: RowTable; columns: string[] }[];
  places: ReadonlyMap<Node, OutputPlace>;
}

const kinds = { mean: 0, sum: 1, max: 2 } as const;

/** Returns true if anything that nodes are made of closes rows. */
export function closingsOf(nodes: readonly (Node | undefined)[]): Node[] {
  const found: Node[] = [];
  walk(nodes, (node) => {
    if (node.closing) found.push(node);
  });
  return found;
}

/** The name of a function with a kink that nodes are made of, also in formulas of rows; undefined where there is none. */
export function kinkOf(nodes: readonly (Node | undefined)[]): string | undefined {
  let found: string | undefined;
  walk(
    nodes,
    (node) => {
      found ??= node.kink;
    },
    true,
  );
  return found;
}

function walk(nodes: readonly (Node | undefined)[], visit: (node: Node) => void, intoRows = false): void {
  const waiting = nodes.filter((node) => node !== undefined);
  const seen = new Set<Node>(waiting);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    visit(node);
    const next = intoRows && node.closing ? [...node.inputs, node.closing.of] : node.inputs;
    for (const input of next) {
      if (seen.has(input)) continue;
      seen.add(input);
      waiting.push(input);
    }
  }
}

// Longer than most: what is closed, what each row is asked for and what rows share get their numbers together.
/** The parts of a model of an objective and constraints; `each`, if given, are formulas that every row is asked for. */
export function rowPartsOf(
  objective: Node | undefined,
  constraints: readonly Node[],
  n: number,
  each: readonly Node[] = [],
): RowModelParts {
  const tables: { table: RowTable; outputs: Node[] }[] = [];
  const outputOf = (formula: Node): { table: number; output: number } => {
    let table = tables.findIndex((known) => known.table === formula.rows);
    if (table < 0) table = tables.push({ table: formula.rows as RowTable, outputs: [] }) - 1;
    const { outputs } = tables[table] as (typeof tables)[number];
    const known = outputs.indexOf(formula);
    return { table, output: known >= 0 ? known : outputs.push(formula) - 1 };
  };
  const closings: number[] = [];
  const places = new Map<Node, number>();
  let sums = 0;
  for (const node of closingsOf([objective, ...constraints])) {
    const { kind, of } = node.closing as NonNullable<Node['closing']>;
    const { table, output } = outputOf(of);
    closings.push(kinds[kind], table, output, sums, node.size);
    places.set(node, n + sums);
    sums += node.size;
  }
  for (const formula of each) outputOf(formula);
  const shared = new Map<Node, number>();
  let sharedSize = 0;
  const placeOf = (node: Node): number | undefined => {
    if (node.rows !== undefined || isPartOfVariables(node)) return undefined;
    if (!shared.has(node)) {
      if (closingsOf([node]).length > 0)
        throw typeError('a formula of a row has a mean, sum or maximum over rows in it: expected none');
      shared.set(node, n + sharedSize);
      sharedSize += node.size;
    }
    return shared.get(node);
  };
  const formulas = tables.map(({ outputs }) => serializeRow(outputs, placeOf));
  return {
    parts: {
      sums,
      outer: serialize(objective, constraints, { placeOf: (node) => places.get(node) }),
      shared: serialize(undefined, [...shared.keys()]),
      formulas: formulas.map(({ columns: _, ...formula }) => formula),
      closings: Int32Array.from(closings),
    },
    places: placesOf(tables.map(({ outputs }) => outputs)),
    tables: tables.map(({ table }, t) => ({ table, columns: (formulas[t] as (typeof formulas)[number]).columns })),
  };
}

/** Returns true if the formula of a row has a node as it is: numbers, or variables that follow one another. */
function isPartOfVariables(node: Node): boolean {
  if (node.op === op.constant || node.op === op.variables) return true;
  const [, step] = node.integers ?? [];
  return node.op === op.slice && step === 1 && isPartOfVariables(node.inputs[0] as Node);
}

function placesOf(tables: readonly (readonly Node[])[]): Map<Node, OutputPlace> {
  const places = new Map<Node, OutputPlace>();
  for (const [table, outputs] of tables.entries()) {
    const width = outputs.reduce((total, { size }) => total + size, 0);
    let first = 0;
    for (const node of outputs) {
      places.set(node, { table, first, width });
      first += node.size;
    }
  }
  return places;
}
