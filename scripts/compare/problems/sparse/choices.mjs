// Functions that choose among models: cross-validation, stability selection, intervals, factors, screening.
import { familyOf, regression } from './shared/data.mjs';

const given = (family) => () => regression(family, family, 'dense', [60, 12]);

const validations = (family) =>
  Object.entries({ plain: {}, relaxed: { relax: true }, predictions: { keepPredictions: true, penalty: 'mcp' } }).map(
    ([name, settings]) => ({
      name: `crossValidate, ${family}, ${name}`,
      prepare: given(family),
      run: ({ sparse }, { x, y }) =>
        sparse.crossValidate(
          { x, y },
          { family: familyOf(family, sparse), nLambda: 8, folds: 4, seed: 3, ...settings },
        ),
      also: (_, validation) => validation.best('1se'),
    }),
  );

const oneEach = (family) => [
  {
    name: `stabilitySelection, ${family}`,
    prepare: given(family),
    run: ({ sparse }, { x, y }) =>
      sparse.stabilitySelection({ x, y }, { family: familyOf(family, sparse), subsamples: 10, seed: 2, nLambda: 6 }),
  },
  {
    name: `debiasedIntervals, ${family}`,
    prepare: given(family),
    run: ({ sparse }, { x, y }) => sparse.debiasedIntervals({ x, y }, { family: familyOf(family, sparse) }),
  },
  {
    name: `adaptiveFactors, ${family}`,
    prepare: given(family),
    run: async ({ sparse }, { x, y }) => {
      const settings = { family: familyOf(family, sparse), lambda: 0.05 };
      const factors = sparse.adaptiveFactors(await sparse.sparseRegression({ x, y }, settings), { x });
      return { factors, ...(await sparse.sparseRegression({ x, y }, { ...settings, penaltyFactor: factors })) };
    },
  },
];

const screen = {
  name: 'mutualInformation',
  prepare: given('gaussian'),
  run: ({ sparse }, { x, y }) => sparse.mutualInformation({ x, y }),
};

export const cases = () => [
  ...['gaussian', 'binomial', 'poisson', 'cox'].flatMap(validations),
  ...['gaussian', 'binomial'].flatMap(oneEach),
  screen,
];
