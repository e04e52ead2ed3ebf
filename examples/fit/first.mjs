// A saturation curve through measurements, with the errors of its parameters: the regression Misra1a of NIST.
import { fitCurve } from 'nonconvex/fit';
import { exp, mul, neg, sub } from 'nonconvex/model';

const fit = await fitCurve({
  x: [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0],
  y: [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78],
  start: { a: 500, k: 1e-4 },
  curve: ({ a, k }, x) => mul(a, sub(1, exp(neg(mul(k, x))))),
});
const [error] = fit.standardErrors;
console.log(`${fit.status}: a = ${fit.parameters.a.toFixed(2)} +- ${error.toFixed(2)}`);

const { lower, upper } = await fit.interval('a', { method: 'profile' });
console.log(`95 % of profiles: ${lower.toFixed(1)} to ${upper.toFixed(1)}`);

// heading: A curve through measurements
// prints: solved: a = 238.94 +- 2.71
// prints: /^95 % of profiles: 23\d\.\d to 24\d\.\d$/
