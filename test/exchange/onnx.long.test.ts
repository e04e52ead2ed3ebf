// Files of toOnnx in other runtimes: the reference evaluator of Debian's python3-onnx, and onnxruntime-node where it is installed
// (`npm install --no-save onnxruntime-node`). Both predict as the models do.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { toMatrix } from '../../src/core/matrix.js';
import { toOnnx } from '../../src/exchange/index.js';
import { hasModules, python } from '../reference/python.js';
import { expectClose, flat } from './compare.js';
import { type Case, networkCases, otherCases, problemCases, regressionCases } from './models.js';

type Outputs = Record<string, (number | string | boolean)[]>;
type Inputs = Record<string, { data: number[]; dims: number[] }>;

const cases: Case[] = [
  ...networkCases(),
  ...(await regressionCases()),
  ...(await problemCases()),
  // The file of a card predicts classes.
  ...(await otherCases()).filter(
    ({ name, options }) => name === 'linearNetwork' || (name === 'riskScore' && options && 'type' in options),
  ),
];
const folder = mkdtempSync(join(tmpdir(), 'nonconvex-onnx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inputsOf = ({ x, options }: Case): Inputs => {
  const { data, rows, columns } = toMatrix('x', x);
  const { offset } = { ...options } as { offset?: Float64Array };
  return {
    x: { data: Array.from(data), dims: [rows, columns] },
    ...(offset && { offset: { data: Array.from(offset), dims: [rows, 1] } }),
  };
};

/** Compares all that a runtime gives, single precision where labels cannot change by it. */
function compare(outputs: Outputs, { prediction, probabilities, outputs: wanted }: Case, tolerance: number): void {
  expectClose(outputs.prediction, prediction, tolerance);
  if (probabilities) expectClose(outputs.probabilities, probabilities, tolerance);
  if (wanted) expectClose(outputs.outputs, wanted, tolerance);
}

/** Precisions, with tolerances of the evaluator and of onnxruntime, which makes of products and scales one with a scale in single precision. */
const precisions = [
  ['float64', 1e-10, 1e-6],
  ['float32', 1e-5, 1e-5],
] as const;

const hasOnnx = hasModules('onnx', 'numpy');
if (!hasOnnx) console.log('skipped: files of ONNX in the reference evaluator, as there is no python3-onnx');

describe.skipIf(!hasOnnx).each(precisions)('the reference evaluator, %s', (precision, tolerance) => {
  let answers: Outputs[] = [];
  beforeAll(async () => {
    const lines = await Promise.all(
      cases.map(async (each, k) => {
        const file = join(folder, `${precision}-${k}.onnx`);
        writeFileSync(file, await toOnnx(each.model, { precision }));
        // NaN is a word of Python's JSON.
        return JSON.stringify({ file, inputs: inputsOf(each) }).replaceAll('null', 'NaN');
      }),
    );
    const { stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'evaluator.py')], {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
    });
    answers = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    if (answers.length < cases.length) throw new Error(stderr);
  });
  it.each(cases.map((each, k) => ({ ...each, k })))('$name', ({ k, ...each }) => {
    compare(answers[k] as Outputs, each, tolerance);
  });
});

interface Runtime {
  InferenceSession: {
    create(
      bytes: Uint8Array,
    ): Promise<{ run(inputs: object): Promise<Record<string, { data: ArrayLike<never>; type: string }>> }>;
  };
  Tensor: new (type: string, data: ArrayLike<number>, dims: number[]) => object;
}

function runtime(): Runtime | undefined {
  try {
    return createRequire(import.meta.url)('onnxruntime-node');
  } catch {
    console.log('skipped: files of ONNX in onnxruntime-node, which is not installed');
    return undefined;
  }
}

const ort = runtime();

describe.skipIf(!ort).each(precisions)('onnxruntime-node, %s', (precision, _, tolerance) => {
  it.each(cases)('$name', async (each) => {
    const { InferenceSession, Tensor } = ort as Runtime;
    const session = await InferenceSession.create(await toOnnx(each.model, { precision }));
    const array = precision === 'float64' ? Float64Array : Float32Array;
    const inputs = Object.entries(inputsOf(each)).map(([name, { data, dims }]) => [
      name,
      new Tensor(precision, array.from(data), dims),
    ]);
    const results = await session.run(Object.fromEntries(inputs));
    const outputs = Object.entries(results).map(([name, { data, type }]) => {
      const values = flat(data).map((value) =>
        type === 'int64' ? Number(value) : type === 'bool' ? Boolean(value) : value,
      );
      return [name, values];
    });
    compare(Object.fromEntries(outputs), each, tolerance);
  });
});
