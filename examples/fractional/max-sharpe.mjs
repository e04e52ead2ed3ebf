// The portfolio of ten assets with the largest Sharpe ratio: long only, at most a fifth each, and with any short positions.
import { maxSharpe } from 'nonconvex/fractional';

// Monthly expected returns, volatilities, and covariances by two factors that all assets share.
const mu = [0.015, 0.008, 0.003, 0.011, 0.005, 0.004, 0.009, 0.002, 0.012, 0.003];
const own = [0.05, 0.04, 0.03, 0.07, 0.02, 0.05, 0.03, 0.04, 0.06, 0.02];
const market = [1.1, 0.9, 0.7, 1.4, 0.4, 1.0, 0.6, 0.8, 1.3, 0.3];
const rates = [-0.2, 0.1, 0.5, -0.4, 0.9, 0.0, 0.6, 0.2, -0.3, 0.8];
const Sigma = mu.map((_, i) =>
  mu.map((_, j) => 0.0016 * market[i] * market[j] + 0.0004 * rates[i] * rates[j] + (i === j ? own[i] ** 2 : 0)),
);

const percent = (value) => `${(100 * value).toFixed(1).padStart(5)} %`;
const portfolios = [];
for (const [name, options] of [
  ['long only', {}],
  ['at most a fifth each', { bounds: { upper: 0.2 } }],
  ['any short positions', { bounds: { lower: Number.NEGATIVE_INFINITY } }],
]) {
  const { weights, expectedReturn, volatility, ratio, certificate } = await maxSharpe({ mu, Sigma }, options);
  console.log(`${name}: ratio ${ratio.toFixed(4)} (${certificate.kind})`);
  console.log(`  return ${percent(expectedReturn)}, volatility ${percent(volatility)} a month`);
  console.log(`  weights ${Array.from(weights, percent).join(' ')}`);
  portfolios.push({ name, weights });
}

// The picture of docs/gallery.md.
export const picture = {
  title: 'Weights of the portfolios with the largest Sharpe ratio',
  ...{ x: 'asset', y: 'weight, %' },
  series: portfolios.map(({ name, weights }, k) => ({
    ...{ name, as: 'bars', colour: k + 1 },
    ...{ x: mu.map((_, i) => i + 1), y: weights.map((weight) => 100 * weight) },
  })),
};

// heading: Portfolios with the largest Sharpe ratio
// prints: long only: ratio 0.2737 (global)
// prints: /^at most a fifth each: ratio 0\.2573/
// prints: /^any short .*0\.3215/
