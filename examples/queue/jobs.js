// Jobs to show: networks, sparse regressions and portfolios of random data.
let seed = Date.now() % 2147483647;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};
const rows = (count, columns) =>
  Array.from({ length: count }, () => Float64Array.from({ length: columns }, () => 2 * random() - 1));

const makers = {
  network() {
    const x = rows(400, 6);
    const y = x.map(([a, b]) => (a * b > 0 ? 'same' : 'opposite'));
    return {
      kind: 'relu/trainReluNetwork',
      problem: { x, y },
      settings: { loss: 'logistic', lambda: 0.002, tolerance: 1e-5 },
    };
  },
  regression() {
    const x = rows(200, 12);
    const y = Float64Array.from(x, (row) => 2 * row[0] - row[3] + 0.3 * random());
    return { kind: 'sparse/sparseRegression', problem: { x, y }, settings: { lambda: 0.05 } };
  },
  portfolio() {
    const mu = Float64Array.from({ length: 8 }, () => 0.01 + 0.02 * random());
    const factors = rows(8, 3);
    const product = (a, b) => a.reduce((sum, each, k) => sum + each * b[k], 0);
    const Sigma = factors.map((a, i) => factors.map((b, j) => 0.02 * product(a, b) + (i === j ? 0.01 : 0)));
    return { kind: 'fractional/maxSharpe', problem: { mu, Sigma } };
  },
  broken: () => ({ kind: 'broken', problem: random() }),
};

/** The names of what can be added. */
export const names = Object.keys(makers);

/** A job of that name, with data of its own. */
export const makeJob = (name) => makers[name]();
