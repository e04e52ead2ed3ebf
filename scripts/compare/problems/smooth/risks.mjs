// Risks of rows, and functions beside the solvers: schedules, streams, privacy, curvature.
import { matrix, multiply, normals, vector } from '../../random.mjs';

const data = (() => {
  const normal = normals(55);
  const x = matrix(60, 4, normal);
  const y = multiply(x, vector(4, normal)).map((value) => value + normal() ** 3 / 3);
  return { x, y };
})();

const problemOf = ({ nlp }) => nlp.generalizedLinearModel({ loss: 'squared', ...data, ridge: 0.1 });

function riskCases() {
  const risks = {
    mean: {},
    cvar: { level: 0.75 },
    superquantile: { level: 0.3 },
    extremile: { power: 2.5 },
    exponential: { power: 3 },
  };
  return Object.entries(risks).flatMap(([risk, settings]) =>
    Object.entries({ given: { smoothing: 0.5 }, own: {} }).map(([name, smoothing]) => ({
      name: `${risk}, smoothing ${name}`,
      run: (library) => library.smooth.minimizeRobustRisk(problemOf(library), { risk, ...settings, ...smoothing }),
    })),
  );
}

const learnerCase = (method, settings) => ({
  name: `onlineLearner, ${method}`,
  run: ({ smooth }) => {
    const learner = smooth.onlineLearner({ n: 4, method, ...settings });
    const plays = Array.from({ length: 60 }, (_, i) => {
      const row = data.x.data.subarray(4 * i, 4 * i + 4);
      const play = Float64Array.from(learner.x);
      const error = row.reduce((sum, value, j) => sum + value * play[j], -data.y[i]);
      learner.update(row.map((value) => (value * error) / 10));
      return play;
    });
    return { plays: Float64Array.from(plays.flatMap((play) => [...play])) };
  },
});

const others = [
  {
    name: 'schedule',
    run: ({ smooth }) =>
      Object.fromEntries(
        ['constant', 'linear', 'wsd', 'cosine', 'sqrt'].map((kind) => [kind, smooth.schedule(kind, 40)]),
      ),
  },
  {
    name: 'privacySpent',
    run: ({ smooth }) => ({
      epsilons: [0.7, 1.5, 4].map((noise) =>
        smooth.privacySpent({ noise, rate: 0.02, steps: 300, privacyDelta: 1e-5 }),
      ),
    }),
  },
];

export const cases = () => [
  ...riskCases(),
  learnerCase('ogd', { set: { radius: 2 }, diameter: 2 }),
  learnerCase('optimistic', { set: 'simplex' }),
  learnerCase('unbounded', { lipschitz: 2, growth: 1 }),
  learnerCase('drift', { noise: 0.5 }),
  ...others,
];
