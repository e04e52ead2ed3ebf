// Regressions on larger matrices, tall and wide: of correlated columns, copies of columns and words in texts.
import { matrix, normals, seedOf, sparse, uniforms } from '../../../random.mjs';
import { familyOf, responsesOf } from './data.mjs';

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

/** The case of a path of these families, penalties, columns and sizes. */
export function pathCase([family, penalty, kind, rows, columns, settings = {}]) {
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
