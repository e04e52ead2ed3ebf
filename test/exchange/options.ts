// Calls for the contract test of options: each function of the subpath that takes some.
import { regressionModel, toOnnx } from '../../src/exchange/index.js';
import type { Taking } from '../contract/takesOptions.js';

export const taking: Taking = {
  'exchange/toOnnx': ['precision', (options) => toOnnx(regressionModel({ coefficients: [1] }), options)],
  'exchange/regressionModel': ['coefficients', (data) => regressionModel(data)],
};

/** Functions without options. */
export const others = ['fromOnnx', 'loadModel', 'modelFromJson', 'modelToJson', 'saveModel'];
