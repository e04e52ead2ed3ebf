// Expressions as the arrays that native code reads: native/expressions/graph.hpp describes them.
import type { SerializedGraph } from '../core/addon.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { isLarge, manyEntries } from '../core/operand.js';
import { type Node, op } from './expression.js';

interface Replaced {
  /** Parameters are also variables, which follow this number of others. */
  parametersAfter?: number | undefined;
  /** The first of the variables that a node is written as; undefined for those that are written as they are. */
  placeOf?: ((node: Node) => number | undefined) | undefined;
}

/** The graph of an objective and constraints. */
export function serialize(
  objective: Node | undefined,
  constraints: readonly Node[],
  replaced: Replaced = {},
): SerializedGraph {
  const writer = new GraphWriter(replaced);
  const f = objective ? writer.add(objective) : -1;
  const c = Int32Array.from(constraints, (node) => writer.add(node));
  return {
    code: writer.code.take(),
    numbers: writer.numbers.take(),
    matrices: [...writer.matrices.keys()],
    objective: f,
    constraints: c,
  };
}

/** The graph of some outputs of the formula of a row, and the names of the columns that it reads, in the order of their numbers. */
export function serializeRow(outputs: readonly Node[], placeOf: (node: Node) => number | undefined) {
  const writer = new GraphWriter({ placeOf });
  const numbers = Int32Array.from(outputs, (node) => writer.add(node));
  return {
    code: writer.code.take(),
    numbers: writer.numbers.take(),
    matrices: [...writer.matrices.keys()],
    objective: -1 as const,
    constraints: new Int32Array(0),
    outputs: numbers,
    columns: [...writer.columns.keys()],
  };
}

/** Returns true if a graph is so large that a solve reads it, beside this thread. */
export function isLargeGraph({ code, numbers, matrices }: SerializedGraph): boolean {
  return code.length > manyEntries || numbers.length > manyEntries || matrices.some(isLarge);
}

class GraphWriter {
  readonly code = new Growing((length) => new Int32Array(length));
  readonly numbers = new Growing((length) => new Float64Array(length));
  readonly matrices = new Map<Matrix | SparseMatrix, number>();
  readonly columns = new Map<string, number>();
  readonly #records = new Map<Node, number>();
  readonly #replaced: Replaced;

  constructor(replaced: Replaced) {
    this.#replaced = replaced;
  }

  /** The number of the node's record, which is written with those of its inputs unless it has been. */
  add(root: Node): number {
    const waiting = [root];
    for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
      const place = this.#records.has(node) ? undefined : this.#replaced.placeOf?.(node);
      const isWritten = this.#records.has(node) || place !== undefined;
      const missing = isWritten ? [] : node.inputs.filter((input) => !this.#records.has(input));
      for (const input of missing) waiting.push(input);
      if (missing.length > 0) continue;
      waiting.pop();
      if (this.#records.has(node)) continue;
      if (place === undefined) this.#write(node);
      else this.code.add([op.variables, node.size, place]);
      this.#records.set(node, this.#records.size);
    }
    return this.#records.get(root) as number;
  }

  // Longer than most: a table of the operations whose records are not their inputs alone.
  #write(node: Node): void {
    const { code } = this;
    const inputs = node.inputs.map((input) => this.#records.get(input) as number);
    const [first] = node.integers ?? [];
    const { parametersAfter } = this.#replaced;
    if (node.op === op.parameters && parametersAfter !== undefined) {
      code.add([op.variables, node.size, parametersAfter + (first as number)]);
      return;
    }
    code.add([node.op]);
    switch (node.op) {
      case op.constant:
        code.add([node.size, this.numbers.length]);
        this.numbers.add(node.numbers as Float64Array);
        break;
      case op.variables:
      case op.parameters:
        code.add([node.size, ...(node.integers as number[])]);
        break;
      case op.gather:
        code.add([...inputs, node.size]);
        code.add(node.integers as Int32Array);
        break;
      case op.rowColumn: {
        const column = node.column as string;
        if (!this.columns.has(column)) this.columns.set(column, this.columns.size);
        code.add([node.size, this.columns.get(column) as number]);
        break;
      }
      case op.concatenate:
        code.add([inputs.length]);
        code.add(inputs);
        break;
      case op.matvec: {
        const { matrix, transposed } = node.factor as NonNullable<Node['factor']>;
        if (!this.matrices.has(matrix)) this.matrices.set(matrix, this.matrices.size);
        code.add([...inputs, this.matrices.get(matrix) as number, transposed ? 1 : 0]);
        code.add(node.integers as number[]);
        break;
      }
      default:
        code.add(inputs);
        if (node.integers) code.add(node.integers);
    }
  }
}

/** A typed array that grows. */
class Growing<T extends Int32Array | Float64Array> {
  length = 0;
  readonly #make: (length: number) => T;
  #array: T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#array = make(1024);
  }

  add(values: ArrayLike<number>): void {
    if (this.length + values.length > this.#array.length) {
      const larger = this.#make(Math.max(2 * this.#array.length, this.length + values.length));
      larger.set(this.#array);
      this.#array = larger;
    }
    this.#array.set(values, this.length);
    this.length += values.length;
  }

  take(): T {
    return this.#array.subarray(0, this.length) as T;
  }
}
