// Paths of up to thousands of rows and columns, each of which takes up to some seconds: what the constants gain of which small paths do not
// tell (bench/sparse/ablation.bench.ts).
import { pathCase } from './shared/large.mjs';

export const cases = () =>
  [
    ['gaussian', 'lasso', 'correlated', 2000, 1500, { minRatio: 1e-3 }],
    ['gaussian', 'lasso', 'correlated', 500, 5000, { minRatio: 1e-2 }],
    ['gaussian', 'mcp', 'correlated', 500, 3000],
    ['gaussian', 'groupLasso', 'correlated', 800, 2000],
    ['gaussian', 'groupMcp', 'correlated', 500, 1500],
    ['gaussian', 'sparseGroupLasso', 'correlated', 500, 2000],
    ['binomial', 'lasso', 'correlated', 2000, 1500],
    ['binomial', 'lasso', 'words', 4000, 2500],
    ['binomial', 'groupLasso', 'correlated', 1000, 1000],
    ['binomial', 'mcp', 'words', 2000, 1500],
    ['binomial', 'scad', 'correlated', 500, 2000],
    ['poisson', 'lasso', 'words', 4000, 2500],
    ['poisson', 'lasso', 'copies', 1500, 800],
    ['cox', 'lasso', 'correlated', 800, 1000],
    ['huber', 'lasso', 'correlated', 1000, 600],
    ['huber', 'groupLasso', 'copies', 600, 600],
    ['huber', 'mcp', 'correlated', 400, 1000],
    ['quantile', 'lasso', 'correlated', 200, 150, { nLambda: 10 }],
    ['quantile', 'elasticNet', 'words', 300, 200, { nLambda: 10 }],
    ['multinomial', 'lasso', 'correlated', 800, 600, { nLambda: 20 }],
    ['multinomial', 'groupLasso', 'words', 800, 600, { nLambda: 20 }],
    ['several', 'lasso', 'correlated', 600, 2000],
    ['gaussian', 'bestSubset', 'correlated', 300, 40, { nLambda: 8 }],
    ['gaussian', 'bestSubset', 'copies', 200, 60, { nLambda: 6 }],
    ['gaussian', 'bestSubset', 'correlated', 100, 300, { nLambda: 6 }],
  ].map(pathCase);
