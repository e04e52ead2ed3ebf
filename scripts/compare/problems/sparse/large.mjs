// Paths on larger matrices: tall and wide, of correlated columns, copies of columns and words in texts, for times
// (bench/sparse/ablation.bench.ts) and for bits.
import { matrix, normals, seedOf, sparse, uniforms } from '../../random.mjs';
import { familyOf, responsesOf } from './shared/data.mjs';

/** Normal columns, each correlated with the one before it. */
function correlated(rows, columns, draw) {
  const share = 0.8;
  const x = matrix(rows, columns, draw);
  for (let i = 0; i < rows; ++i) {
    for (let j = 1; j < columns; ++j) {
      const at = i * columns + j;
      x.data[at] = share * x.data[at - 1] + Math.sqrt(1 - share ** 2) * x.data[at];
    }
  }
  return x;
}

/** Correlated columns, of which each tenth is the one five before it. */
function copies(rows, columns, draw) {
  const x = correlated(rows, columns, draw);
  return { ...x, data: x.data.map((value, k) => ((k % columns) % 10 === 9 ? x.data[k - 5] : value)) };
}

/** Counts of words: a few columns have entries in many rows, most in few. */
const words = (rows, columns, _, uniform) =>
  matrix(rows, columns, (_row, j) =>
    uniform() < Math.min(0.3, 8 / (j + 10)) ? 1 + Math.floor(-Math.log(uniform())) : 0,
  );

const drawn = { correlated, copies, words };

/** Links of every 20th column, with signs in turn. */
const linksOf = ({ rows, columns, data }) =>
  Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 5; j < columns; j += 20) sum += (j % 40 === 5 ? 0.6 : -0.6) * data[i * columns + j];
    return sum;
  });

/** Of l1 in penalties that are two. */
const shares = { elasticNet: 0.5, sparseGroupLasso: 0.5 };

function pathCase([family, penalty, kind, rows, columns, settings = {}]) {
  const name = `${family}, ${penalty}, ${kind}, ${rows} x ${columns}`;
  return {
    name,
    prepare: ({ sparse: library }) => {
      const [draw, uniform] = [normals(seedOf(name)), uniforms(seedOf(name) + 1)];
      const dense = drawn[kind](rows, columns, draw, uniform);
      const x = kind === 'words' ? sparse(dense, 'csc') : dense;
      const groups = /group/i.test(penalty) ? Array.from({ length: columns }, (_, j) => Math.floor(j / 5)) : undefined;
      return {
        data: { x, y: responsesOf(family, linksOf(dense), draw), groups },
        settings: {
          ...{ nLambda: 30, minRatio: 0.02 },
          ...settings,
          family: familyOf(family, library),
          penalty: library[penalty](shares[penalty]),
        },
      };
    },
    run: ({ sparse: library }, { data, settings: all }) => library.sparsePath(data, all),
    also: (_, path) => ({ last: path.fit(path.lambda.length - 1) }),
  };
}

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
