// Expressions of one row as files of ONNX.
import { typeError } from '../core/argumentError.js';
import { checkMembers, checkOneOf, checkVector } from '../core/check.js';
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import { dataTypes, GraphBuilder, type OnnxOptions } from '../predict/onnxGraph.js';
import { valuesAt } from './evaluate.js';
import { Expression, type Node, op } from './expression.js';
import type { Model } from './model.js';

/**
 * An expression of one row, such as `softmax(logits)`, as a file of ONNX (operators of version 13): what depends on the variables is that
 * at the point x. Inputs have the names of the columns of {@link Model.rows}, with a row for each prediction; the output is `outputs`.
 *
 * ```ts
 * const { x } = await minimizeSum(model);
 * await writeFile('digits.onnx', await toOnnx(model, softmax(logits), x));
 * ```
 *
 * `x` are the n numbers of the model's variables, or a result that has them.
 * @throws (rejects) TypeError for an expression that is none of a row, or has an operation that ONNX has no form for.
 */
export async function toOnnx(
  model: Model,
  expression: Expression,
  x: ArrayLike<number> | { readonly x: ArrayLike<number> },
  options: OnnxOptions = {},
): Promise<Uint8Array> {
  const { precision = 'float64' } = checkMembers('options', options, ['precision'], 'option');
  checkOneOf('precision', precision, ['float64', 'float32']);
  if (!(expression instanceof Expression) || expression.node.rows === undefined) {
    throw typeError('expression: expected one of a row, which has a column of model.rows in it');
  }
  const given = typeof x === 'object' && x !== null && 'x' in x ? x.x : (x as ArrayLike<number>);
  const point = checkVector('x', given, { length: model.n, per: 'one for each variable' });
  const closed = closedIn(expression.node);
  const values = await valuesAt(
    model,
    closed.map((node) => new Expression([node.size], node)),
    point,
  );
  const writer = new RowWriter(precision, new Map(closed.map((node, i) => [node, values[i] as Float64Array])));
  writer.finish(expression);
  const { encode } = await import('../predict/onnxSchema.js');
  return encode(writer.graph.model('rowModel', '{}'));
}

/** Nodes of a formula that are the same for all rows, numbers aside. */
function closedIn(root: Node): Node[] {
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.rows !== undefined) waiting.push(...node.inputs);
    else if (node.op !== op.constant) found.add(node);
  }
  return [...found];
}

const same: Record<number, string> = {
  [op.negate]: 'Neg',
  [op.abs]: 'Abs',
  [op.sqrt]: 'Sqrt',
  [op.exp]: 'Exp',
  [op.log]: 'Log',
  [op.sin]: 'Sin',
  [op.cos]: 'Cos',
  [op.tan]: 'Tan',
  [op.asin]: 'Asin',
  [op.acos]: 'Acos',
  [op.atan]: 'Atan',
  [op.sinh]: 'Sinh',
  [op.cosh]: 'Cosh',
  [op.tanh]: 'Tanh',
  [op.asinh]: 'Asinh',
  [op.acosh]: 'Acosh',
  [op.atanh]: 'Atanh',
  [op.softplus]: 'Softplus',
  [op.sigmoid]: 'Sigmoid',
  [op.erf]: 'Erf',
  [op.add]: 'Add',
  [op.subtract]: 'Sub',
  [op.multiply]: 'Mul',
  [op.divide]: 'Div',
  [op.pow]: 'Pow',
  [op.min]: 'Min',
  [op.max]: 'Max',
};

/** A graph of values of [rows, size] numbers, or [1, size] of those that are the same for all rows. */
class RowWriter {
  readonly graph: GraphBuilder;
  readonly #closed: ReadonlyMap<Node, Float64Array>;
  readonly #written = new Map<Node, string>();
  #names = 0;

  constructor(precision: 'float64' | 'float32', closed: ReadonlyMap<Node, Float64Array>) {
    this.graph = new GraphBuilder(precision);
    this.#closed = closed;
  }

  finish({ node, shape }: Expression): void {
    const value = this.#write(node);
    const flat = shape.length === 0 ? this.#shaped(value, [-1]) : value;
    this.graph.output('outputs', flat, this.graph.real, shape.length === 0 ? ['rows'] : ['rows', node.size]);
  }

  #write(root: Node): string {
    const waiting = [root];
    for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
      const missing = this.#isLeaf(node) ? [] : node.inputs.filter((input) => !this.#written.has(input));
      if (missing.length > 0) {
        waiting.push(...missing);
        continue;
      }
      waiting.pop();
      if (!this.#written.has(node)) this.#written.set(node, this.#valueOf(node));
    }
    return this.#written.get(root) as string;
  }

  #isLeaf(node: Node): boolean {
    return node.op === op.constant || this.#closed.has(node);
  }

  // Longer than most: a table of the operations that are not one of ONNX.
  #valueOf(node: Node): string {
    const { graph } = this;
    const numbers = node.op === op.constant ? node.numbers : this.#closed.get(node);
    if (numbers) return graph.numbers(this.#name('numbers'), numbers, [1, node.size]);
    const inputs = node.inputs.map((input) => this.#written.get(input) as string);
    const [a = '', b = ''] = inputs;
    const known = same[node.op];
    if (known !== undefined) return graph.node(known, inputs);
    const [group = 1] = node.integers ?? [];
    switch (node.op) {
      case op.rowColumn:
        return graph.input(node.column as string, ['rows', node.size]);
      case op.square:
      case op.abs2:
        return graph.node('Mul', [a, a]);
      case op.log1p:
        return graph.node('Log', [graph.node('Add', [a, this.#number(1)])]);
      case op.expm1:
        return graph.node('Sub', [graph.node('Exp', [a]), this.#number(1)]);
      case op.log10:
        return graph.node('Div', [graph.node('Log', [a]), this.#number(Math.LN10)]);
      case op.sum:
        return this.#reduced('ReduceSum', a, node, group);
      case op.dot:
        return this.#reduced('ReduceSum', graph.node('Mul', [a, b]), node, group);
      case op.norm2Squared:
        return this.#reduced('ReduceSum', graph.node('Mul', [a, a]), node, group);
      case op.logsumexp:
        return this.#reduced('ReduceLogSumExp', a, node, group);
      case op.matvec:
        return this.#constantProduct(node, a);
      case op.rowMatvec:
        return this.#product(node, b);
      case op.slice: {
        const [first, step, size] = node.integers as readonly [number, number, number];
        return this.#gathered(
          a,
          Array.from({ length: size }, (_, k) => first + k * step),
        );
      }
      case op.gather:
        return this.#gathered(a, node.integers as ArrayLike<number>);
      case op.concatenate:
        return graph.node(
          'Concat',
          node.inputs.map((input, k) => this.#forRows(inputs[k] as string, input)),
          { axis: 1 },
        );
      case op.lookup:
        return this.#lookedUp(node, a, b, group);
      default:
        throw typeError(`expression: has an operation (number ${node.op}) without a form in ONNX`);
    }
  }

  #reduced(kind: 'ReduceSum' | 'ReduceLogSumExp', value: string, { size }: Node, group: number): string {
    const { graph } = this;
    const groups = this.#shaped(value, [-1, size, group]);
    if (kind === 'ReduceLogSumExp') return graph.node(kind, [groups], { axes: [2], keepdims: 0 });
    return graph.node(kind, [groups, graph.integers(this.#name('axis'), [2])], { keepdims: 0 });
  }

  #constantProduct({ factor, integers }: Node, x: string): string {
    const { matrix, transposed } = factor as NonNullable<Node['factor']>;
    const [count = 1] = integers ?? [];
    const { rows, columns } = matrix;
    const data = this.graph.numbers(this.#name('matrix'), denseOf(matrix), [rows, columns]);
    return this.#times(x, data, transposed, rows, columns, count);
  }

  #product({ inputs, integers }: Node, x: string): string {
    const [rows, columns, transposed, count] = integers as readonly [number, number, number, number];
    const W = this.#shaped(this.#written.get(inputs[0] as Node) as string, [rows, columns]);
    return this.#times(x, W, transposed === 1, rows, columns, count);
  }

  /** The products of a matrix, or its transpose, with `count` vectors of every row. */
  #times(x: string, matrix: string, transposed: boolean, rows: number, columns: number, count: number): string {
    const { graph } = this;
    const [from, to] = transposed ? [rows, columns] : [columns, rows];
    const right = transposed ? matrix : graph.node('Transpose', [matrix], { perm: [1, 0] });
    if (count === 1) return graph.node('MatMul', [x, right]);
    const products = graph.node('MatMul', [this.#shaped(x, [-1, count, from]), right]);
    return this.#shaped(products, [-1, count * to]);
  }

  #gathered(value: string, indices: ArrayLike<number>): string {
    return this.graph.node('Gather', [value, this.graph.integers(this.#name('indices'), indices)], { axis: 1 });
  }

  /** Parts by an index of every row: of a table, or of what the row has itself. */
  #lookedUp({ inputs }: Node, from: string, column: string, width: number): string {
    const { graph } = this;
    const [source, { size: count }] = inputs as [Node, Node];
    const index = graph.node('Cast', [column], { to: dataTypes.int64 });
    if (source.rows === undefined) {
      const found = graph.node('Gather', [this.#shaped(from, [-1, width]), index], { axis: 0 });
      return this.#shaped(found, [-1, count * width]);
    }
    if (width !== 1) throw typeError('expression: rows of a matrix that differs from row to row have no form in ONNX');
    return graph.node('GatherElements', [from, index], { axis: 1 });
  }

  /** A value with a line for each row. */
  #forRows(value: string, node: Node): string {
    if (node.rows !== undefined) return value;
    const [column] = [...this.#written].find(([known]) => known.op === op.rowColumn) ?? [];
    if (!column) throw typeError('expression: expected a column before numbers that all rows have');
    const shape = this.graph.node('Shape', [this.#written.get(column) as string]);
    const rows = this.graph.node('Gather', [shape, this.graph.integers(this.#name('first'), [0])], { axis: 0 });
    const whole = this.graph.node('Concat', [rows, this.graph.integers(this.#name('size'), [node.size])], { axis: 0 });
    return this.graph.node('Expand', [value, whole]);
  }

  #shaped(value: string, sizes: readonly number[]): string {
    return this.graph.node('Reshape', [value, this.graph.integers(this.#name('shape'), sizes)]);
  }

  #number(value: number): string {
    return this.graph.number(this.#name('number'), value);
  }

  #name(kind: string): string {
    return `${kind}_${++this.#names}`;
  }
}

/** A matrix as numbers row after row. */
function denseOf(matrix: Matrix | SparseMatrix): ArrayLike<number> {
  if ('data' in matrix) return matrix.data;
  const { format, rows, columns, offsets, indices, values } = matrix;
  const dense = new Float64Array(rows * columns);
  for (let line = 0; line + 1 < offsets.length; ++line) {
    for (let k = offsets[line] as number; k < (offsets[line + 1] as number); ++k) {
      const other = indices[k] as number;
      dense[format === 'csr' ? line * columns + other : other * columns + line] = values[k] as number;
    }
  }
  return dense;
}
