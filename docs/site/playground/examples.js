// What the page begins with.
export const examples = {
  'a ReLU network to its global optimum': `const { trainReluNetwork } = nonconvex;
// Two classes, told apart by the sign of a product.
const x = Array.from({ length: 200 }, (_, i) => [Math.sin(12.9 * i), Math.sin(78.2 * i + 1)]);
const y = x.map(([a, b]) => (a * b > 0 ? 'same' : 'opposite'));

const result = await trainReluNetwork({ x, y }, { loss: 'logistic', lambda: 0.5 });
print(result.message);
print('objective', result.objective, 'lower bound', result.lowerBound);
print('prediction', nonconvex.predict(result.network, [[0.5, 0.5], [0.5, -0.5]]));
return result;
`,
  'a regression with few columns': `const { crossValidate, mcp } = nonconvex.sparse;
const x = Array.from({ length: 120 }, (_, i) => Array.from({ length: 30 }, (_, j) => Math.sin(i * i * (j + 1.7))));
const y = x.map((row, i) => 2 * row[3] - row[11] + 0.1 * Math.sin(7 * i));

const path = await crossValidate({ x, y }, { penalty: mcp(), folds: 5 });
const best = path.best('1se');
best.coefficients.forEach((value, j) => value !== 0 && print('column', j, value.toFixed(4)));
return path;
`,
  'the portfolio with the largest Sharpe ratio': `const { maxSharpe } = nonconvex.fractional;
const mu = [0.08, 0.12, 0.1, 0.05];
const covariance = [
  [0.04, 0.01, 0.0, 0.0],
  [0.01, 0.09, 0.02, 0.0],
  [0.0, 0.02, 0.06, 0.01],
  [0.0, 0.0, 0.01, 0.02],
];
const result = await maxSharpe({ mu, Sigma: covariance }, { bounds: { upper: 0.5 } });
print('weights', result.weights);
print('ratio', result.ratio, result.certificate.kind);
return result;
`,
  'a nonlinear program': `const { Model, minimize } = nonconvex;
const { add, mul, sub, sum, square } = nonconvex.model;
const model = new Model();
const x = model.variable(2, { start: [-1.2, 1] });
model.minimize(add(sum(square(sub(x, [2, 1]))), 0));
model.equal(sum(mul(x, x)), 1);
const result = await minimize(model);
print(result.message);
print('x', result.x);
return result;
`,
};
