// Ratios and differences of every term.
import { gram, matrix, multiply, normals, sparse, vector } from '../../random.mjs';

const [ratioRows, ratioColumns] = [60, 20];

/** Numerators with a penalty each, denominators, and data of all formats, of one library. */
function termsOf({ fractional: f }) {
  const [m, n] = [ratioRows, ratioColumns];
  const normal = normals(2);
  const A = matrix(m, n, normal);
  const thin = matrix(m, n, () => (normal() > 0.7 ? normal() : 0));
  const truth = vector(n, (j) => (j % 4 === 0 ? 1 + normal() : 0));
  const b = multiply(A, truth).map((value) => value + 0.1 * normal());
  const signs = b.map((value) => (value > 0 ? 1 : -1));
  const positive = vector(n, () => 0.1 + Math.abs(normal()));
  const B = matrix(m, n, normal);
  const fit = f.leastSquares(A, b);
  const numerators = {
    'least squares': [fit, f.l1(0.3)],
    'least squares, single precision': [f.leastSquares({ ...A, data: Float32Array.from(A.data) }, b), f.l1(0.3)],
    'least squares, csc': [f.leastSquares(sparse(thin, 'csc'), b), f.l1(0.3)],
    'least squares, csr': [f.leastSquares(sparse(thin, 'csr'), b), f.l1(0.3)],
    'squared hinge': [f.squaredHinge(A, b), f.elasticNet(0.2, 0.1)],
    logistic: [f.logistic(A, signs), f.l1(positive)],
    quadratic: [f.quadratic(gram(A), { linear: positive, constant: 50 }), f.l1(0.2)],
    'squared norm': [f.sumSquares({ weight: 2, constant: 1 }), f.l1Squared(0.2)],
    affine: [f.affine(positive, 2), f.nonNegative()],
    sum: [fit, f.sumSquares(), f.affine(positive, 90), f.elasticNet(positive, 0.5), f.box(-2, 3)],
    penalties: [
      f.elasticNet(0.4, positive),
      f.l1Squared(0.1),
      f.box(
        positive.map((value) => -value),
        2,
      ),
    ],
  };
  const power = (p, options) => f.lpNorm(B, p, options);
  const denominators = {
    norm1: f.norm1({ scale: 2 }),
    norm2: f.norm2(),
    'norm2 + 1': f.norm2({ shift: 1 }),
    normInf: f.normInf(),
    topK: f.topK(5, { scale: 0.3 }),
    'topK + 1': f.topK(5, { shift: 1 }),
    ...Object.fromEntries([1, 2, 4, Infinity].map((p) => [`lpNorm ${p}`, power(p)])),
    ...Object.fromEntries([1, 2, 4, Infinity].map((p) => [`lpNorm ${p} squared`, power(p, { squared: true })])),
    'lpNorm 2, csc': f.lpNorm(sparse(thin, 'csc'), 2, { shift: 1 }),
    squaredNorm: f.sumSquares({ constant: 1 }),
    quadratic: f.quadratic(gram(B), { linear: positive, constant: 30 }),
    linear: f.affine(positive, 1),
    linearSquared: f.affineSquared(positive, 1),
    sumSqrt: f.sumSqrt({ epsilon: positive, weights: positive, shift: 0.1 }),
    sumLog: f.sumLog(positive, { shift: 0.1 }),
    separable: f.separableConcave(
      (u) => (u > -1 ? Math.log1p(u) : Number.NaN),
      (u) => 1 / (1 + u),
      { shift: 1 },
    ),
  };
  return { numerators, denominators, nonNegative: f.nonNegative() };
}

/** Denominators that need x >= 0. */
const oneSided = ['linear', 'linearSquared', 'sumSqrt', 'sumLog', 'separable'];

/** Denominators that the methods 'fcd' and 'pcd' both can take. */
const byBoth = ['norm1', 'norm2', 'norm2 + 1', 'normInf', 'topK', 'lpNorm 1', 'lpNorm 2', 'lpNorm Infinity', 'sumLog'];

export function cases() {
  const start = vector(ratioColumns, (i) => (i % 3 === 2 ? 0.5 : 1));
  const ratio = (name, numerator, denominator, settings = {}) => ({
    name: `ratio, ${name}`,
    prepare: termsOf,
    run: (library, terms) => {
      const more = oneSided.includes(denominator) ? [terms.nonNegative] : [];
      const problem = {
        numerator: [...terms.numerators[numerator], ...more],
        denominator: terms.denominators[denominator],
        ...(settings.start !== false && { start }),
      };
      const { start: _, ...rest } = settings;
      return library.fractional.minimizeRatio(problem, { maxIterations: 500, ...rest });
    },
  });
  const difference = (name, numerator, denominator) => ({
    name: `difference, ${name}`,
    prepare: termsOf,
    run: (library, terms) => {
      const more = oneSided.includes(denominator) ? [terms.nonNegative] : [];
      const problem = {
        convex: [...terms.numerators[numerator], ...more],
        minus: terms.denominators[denominator],
        start,
      };
      return library.fractional.minimizeDifference(problem, { maxIterations: 500 });
    },
  });
  const { numerators, denominators } = termNames;
  const variants = {
    'shuffled, seed 7': { sweepOrder: 'shuffled', seed: 7 },
    greedy: { sweepOrder: 'greedy' },
    '4 starts': { restarts: 3, start: false, seed: 2 },
    'proximalWeight 0': { proximalWeight: 0 },
    'proximalWeight 1': { proximalWeight: 1 },
    'start of its own': { start: false },
    'no lasso start': { start: false, lassoStart: false },
    'no radial step': { radialStep: false },
    'no active set': { activeSet: false },
    'no acceleration': { acceleration: false },
    'with A^T A': { gram: 'always' },
    'without A^T A': { gram: 'never' },
    'tolerance 1e-10': { tolerance: 1e-10, checkInterval: 4 },
  };
  return [
    ...denominators.map((name) => ratio(`over ${name}`, 'least squares', name)),
    ...byBoth.map((name) => ratio(`over ${name}, fcd`, 'least squares', name, { method: 'fcd' })),
    ...byBoth.map((name) => ratio(`over ${name}, pcd`, 'least squares', name, { method: 'pcd' })),
    ...numerators.map((name) => ratio(`${name} over norm2 + 1`, name, 'norm2 + 1')),
    ...numerators.map((name) => ratio(`${name} over squaredNorm`, name, 'squaredNorm')),
    ...Object.entries(variants).flatMap(([title, settings]) => [
      ratio(`over topK, ${title}`, 'least squares', 'topK', settings),
      ratio(`over lpNorm 4 squared, ${title}`, 'sum', 'lpNorm 4 squared', settings),
    ]),
    ...numerators.map((name) => difference(name, name)),
    ...subtracted.map((name) => difference(`less ${name}`, 'sum', name)),
  ];
}

/** Names of the terms, without a library. */
const termNames = (() => {
  const nothing = new Proxy({}, { get: () => () => undefined });
  const { numerators, denominators } = termsOf({ fractional: nothing });
  return { numerators: Object.keys(numerators), denominators: Object.keys(denominators) };
})();

/** Denominators that may be subtracted. */
const subtracted = termNames.denominators.filter((name) => !/^lpNorm (4|(1|Infinity) squared)/.test(name));
