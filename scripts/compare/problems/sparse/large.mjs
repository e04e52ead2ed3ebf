// Paths on larger matrices, for times (bench/sparse/ablation.bench.ts) and for bits.
import { pathCase } from './shared/large.mjs';

export const cases = () =>
  [
    ['gaussian', 'lasso', 'correlated', 1000, 200, { minRatio: 1e-4 }],
    ['gaussian', 'lasso', 'correlated', 150, 1500],
    ['gaussian', 'lasso', 'copies', 400, 300, { minRatio: 1e-3 }],
    ['gaussian', 'lasso', 'words', 600, 1500],
    ['gaussian', 'mcp', 'correlated', 150, 1000],
    ['gaussian', 'scad', 'copies', 300, 200],
    ['gaussian', 'groupLasso', 'correlated', 200, 600],
    ['gaussian', 'groupMcp', 'correlated', 200, 400],
    ['gaussian', 'slope', 'correlated', 150, 200],
    ['gaussian', 'fused', 'correlated', 150, 100],
    ['binomial', 'lasso', 'correlated', 200, 800],
    ['binomial', 'lasso', 'words', 600, 800],
    ['binomial', 'mcp', 'correlated', 200, 500],
    ['binomial', 'groupLasso', 'correlated', 300, 300],
    ['binomial', 'sparseGroupLasso', 'correlated', 200, 200],
    ['poisson', 'elasticNet', 'words', 600, 800],
    ['poisson', 'lasso', 'correlated', 300, 200],
    ['cox', 'lasso', 'correlated', 200, 300],
    ['huber', 'lasso', 'correlated', 200, 200],
    ['quantile', 'lasso', 'correlated', 80, 60, { nLambda: 10 }],
    ['multinomial', 'lasso', 'correlated', 200, 100, { nLambda: 15 }],
    ['multinomial', 'groupLasso', 'correlated', 200, 100, { nLambda: 15 }],
    ['several', 'lasso', 'correlated', 200, 300],
  ].map(pathCase);
