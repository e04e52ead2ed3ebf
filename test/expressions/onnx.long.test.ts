// Expressions of a row as files of ONNX, in the reference evaluator of Debian's python3-onnx: the values of `evaluate`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  abs,
  add,
  concat,
  constant,
  dot,
  type Expression,
  evaluate,
  gather,
  gelu,
  glorot,
  huber,
  log1p,
  logSumExp,
  Model,
  matmul,
  matvec,
  max,
  mul,
  pick,
  relu,
  reshape,
  row,
  slice,
  softmax,
  softplus,
  sum,
  sumSquares,
  tanh,
  toOnnx,
  transpose,
} from '../../src/expressions/index.js';
import { expectClose } from '../exchange/compare.js';
import { hasModules, python } from '../reference/python.js';

const N = 20;
const x = { data: Float64Array.from({ length: 3 * N }, (_, k) => Math.sin(7 * k)), rows: N, columns: 3 };
const id = Float64Array.from({ length: N }, (_, i) => i % 4);
const model = new Model();
const rows = model.rows({ x, id });
const [W, V] = [model.variable([4, 3], { start: glorot() }), model.variable([3, 4], { start: glorot() })];
const table = model.variable([4, 2], { start: glorot() });
const b = model.variable(4, { start: [0.1, -0.2, 0.3, 0.4] });
const hidden = tanh(add(matvec(W, rows.x), b));
const outputs: Record<string, Expression> = {
  network: softmax(matvec(V, relu(hidden))),
  tied: matvec(transpose(W), gelu(hidden)),
  chosen: pick(softmax(hidden), rows.id),
  embedding: row(table, rows.id),
  rated: dot(row(table, rows.id), slice(rows.x, 0, 2)),
  groups: logSumExp(reshape(concat([hidden, b]), [2, 4]), { per: 'row' }),
  several: matmul(reshape(gather(rows.x, [0, 1, 2, 2, 1, 0]), [2, 3]), V),
  fixed: matvec(
    constant([
      [1, 2, 3],
      [0, -1, 1],
    ]),
    rows.x,
  ),
  entries: add(abs(rows.x), mul(2, huber(rows.x, 0.3)), softplus(rows.x), log1p(mul(rows.x, rows.x))),
  largest: max(hidden),
  sums: add(sum(hidden), sumSquares(hidden)),
};
for (const [name, expression] of Object.entries(outputs)) model.output(name, expression);

/** The columns that an output reads. */
function inputsOf(name: string): object {
  const ofX = { x: { data: Array.from(x.data), dims: [N, 3] } };
  const ofId = { id: { data: Array.from(id), dims: [N, 1] } };
  return { ...(name !== 'embedding' && ofX), ...(['chosen', 'embedding', 'rated'].includes(name) && ofId) };
}

const folder = mkdtempSync(join(tmpdir(), 'nonconvex-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasOnnx = hasModules('onnx', 'numpy');
if (!hasOnnx) console.log('skipped: expressions in the reference evaluator, as there is no python3-onnx');

describe.skipIf(!hasOnnx)('toOnnx', () => {
  it('gives the values of evaluate', async () => {
    const point = model.compileOutputs(Object.values(outputs)).start;
    const known = await evaluate(model, point);
    const lines = await Promise.all(
      Object.entries(outputs).map(async ([name, expression]) => {
        const file = join(folder, `${name}.onnx`);
        writeFileSync(file, await toOnnx(model, expression, point));
        return JSON.stringify({ file, inputs: inputsOf(name) });
      }),
    );
    const { stdout, stderr } = spawnSync(python, [join(import.meta.dirname, '../exchange/evaluator.py')], {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
    });
    const answers = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { outputs: number[] });
    expect(answers, stderr).toHaveLength(lines.length);
    Object.keys(outputs).forEach((name, k) => {
      expectClose(answers[k]?.outputs, known[name], 1e-10);
    });
  });
});

describe('toOnnx of what has no form', () => {
  it('is refused', async () => {
    await expect(toOnnx(model, sum(W), new Float64Array(model.n))).rejects.toThrow('expression: expected one of a row');
    await expect(toOnnx(model, hidden, [1])).rejects.toThrow('x');
  });
});
