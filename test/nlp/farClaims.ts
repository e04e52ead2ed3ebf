// Convex functions whose minimum is known, from starts so far away that gradients there are 1e30 times those beside the minimum.
import { add, at, cosh, type Expression, exp, mul, pow, square, sub } from '../../src/expressions/index.js';
import { checkOptimality, Model, minimize, type NlpSettings } from '../../src/index.js';
import type { Claim, Trial } from '../contract/problem.js';
import { Draw } from './draw.js';

type Term = Expression<readonly []>;

/** A convex function of d with its minimum at 0, where its second derivative is 1. */
const shapes: ((d: Term) => Term)[] = [
  (d) => add(mul(1 / 4, pow(d, 4)), mul(1 / 2, square(d))),
  (d) => add(mul(1 / 8, pow(d, 8)), mul(1 / 2, square(d))),
  (d) => sub(exp(d), d),
  (d) => cosh(d),
];
const methods: NonNullable<NlpSettings['method']>[] = [
  'auto',
  'interiorPoint',
  'lbfgs',
  'trustRegion',
  'gradientRegularized',
  'saddleFree',
];

/** min sum_j w_j (phi_j(x_j - s_j) + (x_0 - x_j - s_0 + s_j)^2), whose minimum is s; with bounds about it, or a row that s meets. */
const farStarts: Trial = async (seed) => {
  const draw = new Draw(seed);
  const n = 1 + draw.below(4);
  const minimum = Array.from({ length: n }, () => draw.between(-3, 3));
  const kinds = minimum.map(() => draw.below(shapes.length));
  // exp overflows from 700 on.
  const far = minimum.map((_, j) => ((kinds[j] as number) < 2 ? 10 ** draw.between(0, 4) : draw.between(1, 40)));
  const start = far.map((size) => draw.between(-1, 1) * size);
  const bounded = draw.chance(0.3);
  const bounds = bounded && {
    lower: minimum.map((s, j) => s - 2 * (far[j] as number)),
    upper: minimum.map((s, j) => s + 2 * (far[j] as number)),
  };
  const model = new Model();
  const x = model.variable(n, { start, ...bounds });
  const d = minimum.map((s, j) => sub(at(x, j), s) as Term);
  const parts = d.map((own, j) => {
    const shape = shapes[kinds[j] as number] as (d: Term) => Term;
    return mul(draw.between(1, 10), add(shape(own), square(sub(d[0] as Term, own)))) as Term;
  });
  model.minimize(parts.reduce((a, b) => add(a, b) as Term));
  const constrained = draw.chance(0.3);
  if (constrained) model.atMost(d.map(square).reduce((a, b) => add(a, b) as Term) as Term, 1);
  const method = constrained ? draw.of(['auto', 'interiorPoint'] as const) : draw.of(methods);
  const result = await minimize(model, { method });
  const wrong: string[] = [];
  if (result.status === 'infeasible' || result.status === 'unbounded') wrong.push(`${result.status}, by ${method}`);
  if (result.status === 'solved') {
    minimum.forEach((s, j) => {
      const off = Math.abs((result.x[j] as number) - s);
      if (!(off <= 1e-6 * Math.max(1, Math.abs(s)))) wrong.push(`x[${j}] is ${off} off, by ${method}`);
    });
    const { ok, message } = checkOptimality(model, result.x, result);
    if (!ok) wrong.push(`solved by ${method}, though ${message}`);
  }
  return { status: result.status, wrong };
};

export const farClaims: Record<string, Claim> = { 'far starts': { trial: farStarts, cases: 2000 } };
