// The subpath nonconvex/relu: two-layer ReLU networks, trained to a certified optimum.

export {
  type AlignableNetwork,
  type AlignedNetwork,
  type AlignNetworksData,
  type AlignNetworksResult,
  type AlignNetworksSettings,
  alignNetworks,
  type SegmentCourse,
} from '../discrete/alignNetworks.js';
export {
  type CertifiableNetwork,
  type CertifiedRow,
  type CertifyNetworkData,
  type CertifyNetworkResult,
  type CertifyNetworkSettings,
  certifyNetwork,
} from '../discrete/certifyNetwork.js';
export {
  type CertifiedRadius,
  type CertifiedRadiusResult,
  type CertifiedRadiusSettings,
  certifiedRadius,
} from '../discrete/recipes/certifiedRadius.js';
export { admm, huber, type ReluLoss, type ReluMethod, sampled } from '../generated/reluChoices.js';
export { type AttackData, type AttackResult, type AttackSettings, attack, type ReluAdversary } from './attack.js';
export { ReluClassifier, ReluRegressor } from './estimator.js';
export {
  type PartialDependence,
  type PartialDependenceOptions,
  partialDependence,
} from './inspect.js';
export {
  decisionFunction,
  fromJSON,
  type NetworkOrResult,
  predict,
  predictProbabilities,
  type ReluNetwork,
  type ReluNetworkJson,
  score,
  toJSON,
} from './network.js';
export { type PatchLayer, patchFeatures } from './patchFeatures.js';
export {
  crossValidate,
  type ReluCrossValidation,
  type ReluPath,
  type ReluPathProgress,
  type ReluPathSettings,
  trainReluPath,
} from './path.js';
export type {
  FoldScore,
  ReluComparison,
  ReluConvexProgram,
  ReluData,
  ReluPatterns,
  ReluProgress,
  ReluRefinement,
  ReluResult,
  ReluRobustness,
  ReluSettings,
  TrainingAdversary,
} from './problem.js';
export { lambdaMax, trainReluNetwork } from './solver.js';
export { type NeuronSummary, type ReluSummary, summarize } from './summary.js';
export { calibrate } from './temperature.js';
export * from './verbs.js';
