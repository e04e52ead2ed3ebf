// Quadratic functions in boxes and of zeros and ones, minimised globally by semidefinite bounds.
import { uniforms } from '../../random.mjs';

/** The least 1/2 x^T Q x + c^T x for 0 <= x <= 1, numbers of Q from -50 to 50 with a share of them 0. */
function modelOf({ model: { Model, add, dot, matvec, mul } }, { n, density, seed, kind }) {
  const uniform = uniforms(1000 * n + 10 * density + seed);
  const whole = () => Math.floor(101 * uniform()) - 50;
  const Q = Array.from({ length: n }, () => new Array(n).fill(0));
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j <= i; ++j) Q[i][j] = Q[j][i] = 100 * uniform() < density ? whole() : 0;
    if (kind === 'rounded') Q[i][i] = 25 * Math.sqrt(n); // minima are inside
  }
  const c = Array.from({ length: n }, whole);
  const model = new Model();
  const x = kind === 'binary' ? model.binary(n) : model.variable(n, { lower: 0, upper: 1 });
  model.minimize(add(mul(0.5, dot(x, matvec(Q, x))), dot(c, x)));
  return model;
}

const drawn = [1, 2, 3].flatMap((seed) => [
  { n: 20, density: 100, seed, kind: 'small' },
  { n: 40, density: 90, seed, kind: 'dense' },
  { n: 50, density: 50, seed, kind: 'half' },
  { n: 60, density: 20, seed, kind: 'sparse' },
  { n: 70, density: 25, seed, kind: 'sparse' },
  { n: 70, density: 75, seed, kind: 'dense' },
  { n: 50, density: 90, seed, kind: 'binary' },
  { n: 60, density: 30, seed, kind: 'binary' },
  { n: 24, density: 80, seed, kind: 'rounded' },
]);

export function cases() {
  return drawn.map((each) => ({
    name: `${each.n} variables, ${each.density} %, number ${each.seed}, ${each.kind}`,
    prepare: (library) => modelOf(library, each),
    run: ({ nlp }, model) => nlp.minimizeGlobally(model, { relaxation: 'semidefinite' }),
  }));
}
