// The subpath nonconvex/relu: two-layer ReLU networks, trained to a certified optimum.
export {
  type PartialDependence,
  type PartialDependenceOptions,
  partialDependence,
  predictProbabilities,
} from './inspect.js';
export {
  decisionFunction,
  fromJSON,
  predict,
  type ReluNetwork,
  type ReluNetworkJson,
  score,
  toJSON,
} from './network.js';
export {
  betaMax,
  type ReluConvexProgram,
  type ReluData,
  type ReluPatterns,
  type ReluProgress,
  type ReluRefinement,
  type ReluResult,
  type ReluSettings,
  trainReluNetwork,
} from './solver.js';
