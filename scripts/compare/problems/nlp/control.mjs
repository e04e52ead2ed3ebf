// Control of Poisson's equation.
import { matrix } from '../../random.mjs';
import { inners, nlpSolve } from './shared/solve.mjs';

export function cases() {
  const waves = (side) => matrix(side, side, (i, j) => Math.sin(i) * Math.cos(j / 2));
  const problems = {
    8: [8, {}],
    '12, own target': [
      12,
      { target: waves(12), weight: 0.01, source: waves(12), start: new Float64Array(288).fill(0.5) },
    ],
    40: [40, {}],
  };
  return Object.entries(problems).flatMap(([name, [side, options]]) =>
    Object.entries({ auto: {}, ...inners })
      .filter(([inner]) => side < 40 || inner !== 'sketch')
      .map(([inner, settings]) =>
        nlpSolve(`poissonControl, ${name}, ${inner}`, ({ nlp }) => nlp.poissonControl(side, options), settings),
      ),
  );
}
