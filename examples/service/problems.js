// What may be asked for: for each kind the JSON schema of its data, how it is solved, and the model in its result, if there is one to keep.
import { modelToJson, trainReluNetwork } from 'nonconvex';
import { maxSharpe } from 'nonconvex/fractional';
import { crossValidate, mcp } from 'nonconvex/sparse';

const numbers = { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 100_000 };
export const rows = { type: 'array', items: numbers, minItems: 1, maxItems: 100_000 };
const labels = { anyOf: [numbers, { ...numbers, items: { type: 'string' } }] };

const object = (properties, optional = {}) => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
  additionalProperties: false,
});

export const problems = {
  network: {
    about: 'a two-layer ReLU network for rows x with labels or numbers y',
    schema: object(
      { x: rows, y: labels },
      { loss: { enum: ['squared', 'logistic', 'softmax'] }, lambda: { type: 'number', minimum: 0 } },
    ),
    solve: ({ x, y, ...settings }, options) => trainReluNetwork({ x, y }, { ...settings, ...options }),
    answer: ({ network }) => ({ network: modelToJson(network) }),
    model: ({ network }) => network,
    data: ({ x, y }) => ({ x, y }),
  },
  regression: {
    about: 'a regression with few columns, chosen by cross-validation',
    schema: object({ x: rows, y: numbers }, { folds: { type: 'integer', minimum: 2, maximum: 20 } }),
    solve: ({ x, y, folds = 5 }, options) =>
      crossValidate({ x, y }, { penalty: mcp(), folds: Math.min(folds, x.length), ...options }),
    answer: (path) => {
      const { intercept, coefficients, lambda } = path.best('1se');
      return { intercept, coefficients: Array.from(coefficients), lambda };
    },
    model: (path) => path.best('1se'),
    data: ({ x, y }) => ({ x, y }),
  },
  portfolio: {
    about: 'the portfolio with the largest Sharpe ratio, of expected returns mu and their covariances',
    schema: object({ mu: numbers, covariance: rows }, { upper: { type: 'number', exclusiveMinimum: 0 } }),
    solve: ({ mu, covariance, upper }, options) =>
      maxSharpe({ mu, Sigma: covariance }, { ...(upper && { bounds: { upper } }), ...options }),
    answer: ({ weights, ratio, certificate }) => ({ weights: Array.from(weights), ratio, certificate }),
    data: () => undefined,
  },
};
