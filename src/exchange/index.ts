// The subpath nonconvex/exchange: fitted models as JSON and as files of ONNX.
export type { CurveModel, CurveRows } from '../predict/curve.js';
export type { ModelJson } from '../predict/kind.js';
export {
  type FittedModel,
  type LinearNetworkModel,
  modelFromJson,
  modelToJson,
  type OnnxModel,
  type OtherModel,
} from '../predict/models.js';
export type { NetworkMembers, NetworkModel } from '../predict/network.js';
export { fromOnnx, toOnnx } from '../predict/onnx.js';
export type { OnnxOptions, Precision } from '../predict/onnxGraph.js';
export {
  type Coefficients,
  type RegressionModel,
  type RegressionModelData,
  type RegressionOptions,
  regressionModel,
} from '../predict/regression.js';
export { loadModel, saveModel } from './files.js';
