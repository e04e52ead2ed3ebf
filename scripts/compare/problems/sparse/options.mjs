// Paths with what else functions of paths take: methods, formats, larger matrices, relaxed fits, starts, missing entries, sizes.
import { vector } from '../../random.mjs';
import { familyOf, regression } from './shared/data.mjs';

const pathCase = (name, family, settings, { format = 'dense', shape = [60, 20], change = (data) => data } = {}) => ({
  name: `${family}, ${name}`,
  prepare: ({ sparse }) => {
    const { x, y, groups } = regression(name, family, format, shape);
    return {
      data: change({ x, y, groups }),
      settings: { nLambda: 12, family: familyOf(family, sparse), ...settings(sparse) },
    };
  },
  run: ({ sparse }, given) => sparse.sparsePath(given.data, given.settings),
  also: (_, path) => ({ last: path.fit(path.coefficients.columns - 1) }),
});

const penalties = {
  lasso: (s) => s.lasso(),
  elasticNet: (s) => s.elasticNet(0.5),
  mcp: (s) => s.mcp(),
  scad: (s) => s.scad(),
};
const groupPenalties = { groupLasso: (s) => s.groupLasso(), groupMcp: (s) => s.groupMcp() };

function methodCases() {
  const methods = ['coordinateDescent', 'acceleratedGradient', 'conjugateGradients'];
  return methods.flatMap((method) =>
    ['gaussian', 'binomial'].flatMap((family) =>
      Object.entries(penalties).flatMap(([penalty, make]) =>
        ['dense', 'csc', 'csr'].map((format) =>
          pathCase(`${penalty}, ${method}, ${format}`, family, (s) => ({ penalty: make(s), method }), { format }),
        ),
      ),
    ),
  );
}

/** Matrices with so many columns that a path works on part of them at a time. */
const largeCases = () =>
  ['gaussian', 'binomial', 'poisson', 'cox', 'several'].flatMap((family) =>
    Object.entries({ ...penalties, ...groupPenalties }).map(([penalty, make]) =>
      pathCase(`${penalty}, 150 x 300`, family, (s) => ({ penalty: make(s) }), { shape: [150, 300] }),
    ),
  );

const single = (data) => ({ ...data, x: { ...data.x, data: Float32Array.from(data.x.data) } });
const withMissing = (data) => {
  const values = data.x.data.map((value, k) => (k % 11 === 3 ? Number.NaN : value));
  return { ...data, x: { ...data.x, data: values } };
};

function optionCases() {
  const options = {
    relaxed: { relax: true },
    'half relaxed': { relax: 0.5 },
    'few columns': { maxNonzeros: 4 },
    'own lambdas': { lambdas: [0.5, 0.1, 0.02, 0.3] },
    accurate: { tolerance: 1e-11, checkInterval: 3 },
    short: { maxIterations: 3 },
    ridge: { alpha: 0.001 },
  };
  const named = ['lasso', 'mcp', 'groupLasso'];
  return Object.entries(options).flatMap(([name, option]) =>
    ['gaussian', 'poisson', 'huber'].flatMap((family) =>
      named.map((penalty) => pathCase(`${penalty}, ${name}`, family, () => ({ penalty, ...option }))),
    ),
  );
}

const dataCases = () =>
  ['gaussian', 'gamma', 'multinomial'].flatMap((family) => [
    pathCase('single precision', family, () => ({}), { change: single }),
    pathCase('missing entries', family, () => ({ impute: 'mean' }), { change: withMissing }),
    pathCase('a constant column', family, () => ({}), {
      change: (data) => ({
        ...data,
        x: { ...data.x, data: data.x.data.map((value, k) => (k % 20 === 7 ? 2 : value)) },
      }),
    }),
  ]);

const sizeCases = () =>
  Object.entries({ none: 0, some: 0.1 }).flatMap(([name, ridge]) =>
    [5, 8].map((maxSize) =>
      pathCase(`sizes to ${maxSize}, ridge ${name}`, 'gaussian', (s) => ({
        penalty: s.bestSubset({ ridge }),
        maxSize,
        maxNodes: 500,
        nLambda: undefined,
      })),
    ),
  );

/** A fit that begins at the end of another. */
const warmCases = () =>
  ['gaussian', 'binomial', 'cox'].map((family) => ({
    name: `${family}, warm`,
    prepare: () => regression('warm', family, 'dense', [60, 20]),
    run: async ({ sparse }, { x, y }) => {
      const settings = { family: familyOf(family, sparse), penalty: 'scad' };
      const first = await sparse.sparseRegression({ x, y }, { ...settings, lambda: 0.1 });
      const second = await sparse.sparseRegression({ x, y }, { ...settings, lambda: 0.05, warmStart: first });
      return { ...second, predictions: second.predict(x, { type: 'link', offset: vector(60, () => 0) }) };
    },
  }));

export const cases = () => [
  ...methodCases(),
  ...largeCases(),
  ...optionCases(),
  ...dataCases(),
  ...sizeCases(),
  ...warmCases(),
];
