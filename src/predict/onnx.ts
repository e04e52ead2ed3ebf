// Files of ONNX, by modules that are loaded on first use: the package loads no slower for them.
import type { OnnxModel } from './models.js';
import type { OnnxOptions } from './onnxGraph.js';

/**
 * A network, a regression or a score card as a file of ONNX (operators of version 13): two-layer networks of every loss, also gated ones, deep linear
 * networks, models of a path, and regressions. The input `x` has a row for each prediction (and `offset` a row of numbers, if the model was
 * made with one). Outputs are `outputs`, f(x) or the linear prediction; `prediction`, the label, mean or numbers that `predict` gives;
 * and `probabilities`, a column for each class, where the model has them.
 *
 * ```ts
 * await writeFile('network.onnx', await toOnnx(result.network));
 * ```
 *
 * @throws (rejects) TypeError for what is no fitted model, or a kind of model that has no form in ONNX.
 */
export async function toOnnx(model: object, options: OnnxOptions = {}): Promise<Uint8Array> {
  const { write } = await import('./toOnnx.js');
  return write(model, options);
}

/**
 * The model of an ONNX file: with all its members where {@link toOnnx} made it, to the last bit in double precision. Of another program it
 * may be a chain of affine maps (`Gemm`, `MatMul`, `Add`, `Sub`, `Mul`, `Div`) with at most one `Relu` between them and at most a
 * `Sigmoid` or `Softmax` behind them: a two-layer network, or without `Relu` a linear regression.
 *
 * ```ts
 * const model = await fromOnnx(await readFile('network.onnx'));
 * if (model.kind === 'reluNetwork') model.predict(x);
 * ```
 *
 * @throws (rejects) TypeError or RangeError that says what is no such model.
 */
export async function fromOnnx(bytes: Uint8Array | ArrayBuffer): Promise<OnnxModel> {
  const { read } = await import('./fromOnnx.js');
  return read(bytes);
}
