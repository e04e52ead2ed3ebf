// The subpath nonconvex/exchange: fitted models as JSON and as files of ONNX.
export { fromOnnx } from '../predict/fromOnnx.js';
export type { ModelJson } from '../predict/kind.js';
export { type FittedModel, modelFromJson, modelToJson, type OtherModel } from '../predict/models.js';
export type { NetworkMembers, NetworkModel } from '../predict/network.js';
export type { Precision } from '../predict/onnxGraph.js';
export {
  type Coefficients,
  type RegressionModel,
  type RegressionModelData,
  type RegressionOptions,
  regressionModel,
} from '../predict/regression.js';
export { type OnnxOptions, toOnnx } from '../predict/toOnnx.js';
