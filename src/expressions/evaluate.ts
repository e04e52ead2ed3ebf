// Values of named expressions.
import { addon, type ProgramRequest } from '../core/addon.js';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkVector, show } from '../core/check.js';
import { fromNative } from '../core/error.js';
import type { Matrix } from '../core/matrix.js';
import type { Expression } from './expression.js';
import { Model } from './model.js';
import type { CompiledProgram } from './program.js';
import type { ColumnLike } from './rows.js';
import { inShape } from './shape.js';

export interface EvaluateOptions {
  /** Data instead of those of the model's rows, of any number of rows: the columns that the outputs have. Default the present ones. */
  rows?: Record<string, ColumnLike> | undefined;
}

/** The value of an output: that of an expression of one row has a row for each row of data. */
export type OutputValue = number | Float64Array | Matrix;

interface Compiled {
  program: CompiledProgram;
  expressions: readonly Expression[];
}

const programs = new WeakMap<Model, Compiled>();

/**
 * Values at a point of the expressions that {@link Model.output} has named: a number, a Float64Array or a matrix; of an expression of one
 * row a Float64Array with a number for each row, or a matrix with a vector in each row.
 *
 * ```ts
 * model.output('chances', softmax(logits));
 * const { x } = await minimize(model);
 * const { chances } = await evaluate(model, x, { rows: { x: images } }); // matrix of images x 10
 * ```
 *
 * `x` are the n numbers of the model's variables, or a result that has them. It is computed beside JavaScript's thread, in double precision.
 * @throws (rejects) TypeError or RangeError that names the argument and what was expected.
 */
export async function evaluate(
  model: Model,
  x: ArrayLike<number> | { readonly x: ArrayLike<number> },
  options: EvaluateOptions = {},
): Promise<Record<string, OutputValue>> {
  if (!(model instanceof Model)) throw typeError(`model = ${show(model)}: expected a Model`);
  const { rows } = checkMembers('options', options, ['rows'], 'option');
  const given = typeof x === 'object' && x !== null && 'x' in x ? x.x : (x as ArrayLike<number>);
  const point = checkVector('x', given, { length: model.n, per: 'one for each variable' });
  const { outputs } = model;
  if (outputs.size === 0) throw rangeError('model: expected an output, as in model.output(name, expression)');
  const { program } = compiledFor(model);
  const native = addon();
  await program.ahead(native);
  return valuesOf(program, outputs, await found(program.dataRequest(native, rows), point));
}

/** @internal The numbers of expressions of the whole model at a point. */
export async function valuesAt(
  model: Model,
  expressions: readonly Expression[],
  x: Float64Array,
): Promise<Float64Array[]> {
  if (expressions.length === 0) return [];
  const native = addon();
  const { closed } = await found(model.compileOutputs(expressions).dataRequest(native), x);
  let end = 0;
  return expressions.map(({ size }) => {
    end += size;
    return closed.slice(end - size, end);
  });
}

async function found(
  request: ProgramRequest,
  x: Float64Array,
): Promise<{ closed: Float64Array; each: Float64Array[] }> {
  try {
    return (await addon().evaluateRows({ ...request, x }).promise) as Awaited<ReturnType<typeof found>>;
  } catch (error) {
    throw fromNative(error);
  }
}

function compiledFor(model: Model): Compiled {
  const expressions = [...model.outputs.values()];
  const known = programs.get(model);
  const same = known?.program.n === model.n && known.expressions.length === expressions.length;
  if (same && known.expressions.every((expression, i) => expression === expressions[i])) return known;
  const made = { program: model.compileOutputs(expressions), expressions };
  programs.set(model, made);
  return made;
}

/** Cuts what the addon gives into the values of the outputs. */
function valuesOf(
  { parts }: CompiledProgram,
  outputs: ReadonlyMap<string, Expression>,
  { closed, each }: { closed: Float64Array; each: readonly Float64Array[] },
): Record<string, OutputValue> {
  const values: Record<string, OutputValue> = {};
  let offset = 0;
  for (const [name, { shape, size, node }] of outputs) {
    const place = parts.outputPlaces?.get(node);
    if (place === undefined) {
      values[name] = inShape(shape, closed.slice(offset, offset + size)) as OutputValue;
      offset += size;
      continue;
    }
    const all = each[place.table] as Float64Array;
    const rows = all.length / place.width;
    const data = new Float64Array(rows * size);
    for (let i = 0; i < rows; ++i) {
      const first = i * place.width + place.first;
      data.set(all.subarray(first, first + size), i * size);
    }
    values[name] = shape.length === 0 ? data : { data, rows, columns: size };
  }
  return values;
}
