// The subpath nonconvex/relu: two-layer ReLU networks, trained to a certified optimum.
export { type AttackResult, type AttackSettings, attack, type ReluAdversary } from './attack.js';
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
export type {
  ReluConvexProgram,
  ReluData,
  ReluPatterns,
  ReluProgress,
  ReluRefinement,
  ReluResult,
  ReluSettings,
} from './problem.js';
export { betaMax, trainReluNetwork } from './solver.js';
