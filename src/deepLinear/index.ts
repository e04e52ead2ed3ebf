// The subpath nonconvex/deepLinear: deep linear networks with weight decay, trained to the global optimum.
export {
  type LinearNetworkData,
  type LinearNetworkResult,
  type LinearNetworkSettings,
  trainLinearNetwork,
} from './solver.js';
export * from './verbs.js';
