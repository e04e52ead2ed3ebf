// Paths: each family with each penalty that it takes, with bounds and without, with weights and without, on dense and on sparse x.
// The name of a case draws the other parts of a path: offsets, factors, no intercept, columns as they are, more columns than rows.
import { seedOf, vector } from '../../random.mjs';
import { familyOf, regression } from './shared/data.mjs';

/** Penalties; `bounds` and `factors` say what they take beside. */
const penalties = {
  lasso: { make: (s) => s.lasso(), bounds: true, factors: 'columns' },
  elasticNet: { make: (s) => s.elasticNet(0.6), bounds: true, factors: 'columns' },
  mcp: { make: (s) => s.mcp({ gamma: 2.5 }), bounds: true, factors: 'columns' },
  scad: { make: (s) => s.scad({ alpha: 0.9 }), bounds: true, factors: 'columns' },
  lq: { make: (s) => s.lq(), bounds: true, factors: 'columns' },
  slope: { make: (s) => s.slope() },
  oscar: { make: (s) => s.oscar({ c: 0.05 }) },
  fused: { make: (s) => s.fused({ alpha: 0.4 }) },
  bestSubset: { make: (s) => s.bestSubset({ ridge: 0.05 }), factors: 'columns' },
  groupLasso: { make: (s) => s.groupLasso(), bounds: true, factors: 'groups' },
  sparseGroupLasso: { make: (s) => s.sparseGroupLasso(0.4), bounds: true, factors: 'groups' },
  groupMcp: { make: (s) => s.groupMcp(), factors: 'groups' },
  groupScad: { make: (s) => s.groupScad(), factors: 'groups' },
};

const single = ['lasso', 'elasticNet', 'mcp', 'scad'];
const ofGroups = ['groupLasso', 'sparseGroupLasso', 'groupMcp', 'groupScad'];
const ofOneResponse = [...single, 'lq', ...ofGroups];
const sorted = ['slope', 'oscar', 'fused'];

/** The penalties that each family takes. */
const taken = {
  gaussian: [...ofOneResponse, ...sorted, 'bestSubset'],
  binomial: [...ofOneResponse, ...sorted],
  poisson: [...ofOneResponse, ...sorted],
  gamma: [...ofOneResponse, ...sorted],
  huber: ofOneResponse,
  cox: ofOneResponse,
  quantile: [...single, ...ofGroups],
  multinomial: [...single, ...ofGroups],
  several: [...single, ...ofGroups],
};

function problemOf(name, { family, penalty, bounded, weighted, sparse }) {
  const seed = seedOf(name);
  const wide = !['bestSubset', 'multinomial'].some((each) => name.includes(each)) && seed % 2 === 0;
  const format = sparse ? (seed % 3 === 0 ? 'csc' : 'csr') : 'dense';
  const shape = wide ? [40, 60] : [60, 12];
  const { x, y, groups, draw, uniform, some } = regression(name, family, format, shape);
  const { factors } = penalties[penalty];
  const one = family !== 'several' && family !== 'multinomial';
  const bounds = some(0.5) ? { lowerBounds: 0 } : { lowerBounds: -0.3, upperBounds: 0.2 };
  const sampleWeight = vector(shape[0], () => (some(0.1) ? 0 : 0.2 + uniform()));
  const data = {
    ...{ x, y, groups },
    ...(weighted && { sampleWeight }),
    ...(one && some(0.3) && { offset: vector(shape[0], () => draw() / 3) }),
  };
  const settings = {
    ...{ nLambda: 10, standardize: some(0.7), ...(bounded && bounds) },
    ...(family !== 'cox' && { intercept: some(0.8) }),
    ...(penalty === 'bestSubset' && { maxNodes: 300 }),
    ...(factors &&
      some(0.3) && { penaltyFactor: vector(factors === 'groups' ? shape[1] / 3 : shape[1], () => 0.3 + uniform()) }),
  };
  return { data, settings };
}

function pathCase(of) {
  const { family, penalty, bounded, weighted, sparse } = of;
  const words = [family, penalty, bounded && 'bounds', weighted && 'weights', sparse ? 'sparse' : 'dense'];
  const name = words.filter(Boolean).join(', ');
  return {
    name,
    prepare: () => problemOf(name, of),
    run: ({ sparse: library }, { data, settings }) => {
      const made = { family: familyOf(family, library), penalty: penalties[penalty].make(library) };
      return library.sparsePath(data, { ...settings, ...made });
    },
    also: (_, path) => ({ last: path.fit(path.lambda.length - 1) }),
  };
}

export function cases() {
  const both = [false, true];
  return Object.entries(taken).flatMap(([family, names]) =>
    names.flatMap((penalty) =>
      (penalties[penalty].bounds ? both : [false]).flatMap((bounded) =>
        both.flatMap((weighted) => both.map((sparse) => pathCase({ family, penalty, bounded, weighted, sparse }))),
      ),
    ),
  );
}
