// Least squares under constraints: a nonlinear program, with the errors of its parameters.
import { rangeError } from '../core/argumentError.js';
import { checkBoolean, checkMembers, checkNumber, checkOneOf, checkVector, show } from '../core/check.js';
import { seedOf } from '../core/random.js';
import { type MakeProblem, type SolveOptions, solve } from '../core/solve.js';
import { type WarmStart, warmStartPoint } from '../core/warmStart.js';
import { finishedInTurns } from '../core/yieldingLoops.js';
import type { Operand } from '../expressions/expression.js';
import { requireContinuous } from '../expressions/integers.js';
import { robustSum } from '../expressions/losses.js';
import type { Model } from '../expressions/model.js';
import type { CompiledProgram } from '../expressions/program.js';
import { type FitOptions, fitDefaults } from '../generated/fit.js';
import type { NlpProblem, NlpSolution } from '../generated/nlp.js';
import { errorsOf, type SquaresResult } from './result.js';
import { type AtSolution, type Errors, errorsOn } from './tangent.js';

type Loss = NonNullable<FitOptions['loss']>;
type Settings = FitOptions & SolveOptions & { warmStart?: WarmStart | undefined };

/** Settings of the method without constraints that have no counterpart, and the value that all the same is true of this one. */
const foreign = { restarts: 0, secondDerivatives: true } as const;

/** Settings that only the method without constraints reads. */
const unread = ['loss', 'lossScale', 'covariance', 'restarts', 'projection', 'acceleration', 'secondDerivatives'];

const names = [...Object.keys(fitDefaults), 'warmStart', 'device', 'signal', 'deadline', 'onProgress', 'verbose'];

/** The derivative of rho(z) of a loss. */
function slopeOf(loss: Loss, z: number): number {
  if (loss === 'huber') return z <= 1 ? 1 : 1 / Math.sqrt(z);
  if (loss === 'softL1') return 1 / Math.sqrt(1 + z);
  if (loss === 'cauchy') return 1 / (1 + z);
  return loss === 'tukey' ? Math.max(0, 1 - z) ** 2 : 1;
}

/**
 * Minimises the loss of residuals under the constraints of a model.
 * @throws (rejects) TypeError or RangeError that names the argument and the value.
 */
export async function solveConstrained(model: Model, residuals: Operand, settings: Settings): Promise<SquaresResult> {
  const { loss, lossScale, covariance } = checked(settings);
  const ofResiduals = model.compileResiduals(residuals);
  requireContinuous(ofResiduals, 'minimizeSquares');
  const program = model.compile(robustSum(loss, lossScale, residuals));
  const { kink } = program.parts;
  if (kink !== undefined) throw rangeError(`model: a constraint has a kink, of ${kink}: expected smooth constraints`);
  const answer = await solve('nlp', problemOf(program, settings), others(settings), { cpuOnly: 'least squares' });
  const { x } = answer;
  const r = ofResiduals.constraints(x);
  const sumOfSquares = r.reduce((sum, value) => sum + value * value, 0);
  const kind = covariance === 'auto' ? (loss === 'squared' ? 'jacobian' : 'sandwich') : covariance;
  const known = Number.isFinite(sumOfSquares) && ['solved', 'stalled'].includes(answer.status);
  const errors: Errors = known
    ? await finishedInTurns(
        errorsOn(derivativesAt(answer, program, ofResiduals, r, { loss, lossScale }), kind, sumOfSquares),
      )
    : nothing;
  return described(answer, r, sumOfSquares, errors, heldOf(answer, program));
}

/** The settings that only the method without constraints reads, checked. */
function checked(settings: Settings): Required<Pick<FitOptions, 'loss' | 'lossScale' | 'covariance'>> {
  checkMembers('settings', settings, names, 'setting');
  const { loss = 'squared', lossScale = 1, covariance = 'auto', projection, acceleration } = settings;
  for (const [name, expected] of Object.entries(foreign)) {
    const given = settings[name as keyof typeof foreign];
    if (given !== undefined && given !== expected)
      throw rangeError(`${name} = ${show(given)}: expected ${expected} for a model with constraints`);
  }
  if (projection !== undefined) checkBoolean('projection', projection);
  if (acceleration !== undefined) checkBoolean('acceleration', acceleration);
  return {
    loss: checkOneOf('loss', loss, ['squared', 'huber', 'softL1', 'cauchy', 'tukey']),
    lossScale: checkNumber('lossScale', lossScale, { lower: 0, open: true }),
    covariance: checkOneOf('covariance', covariance, ['auto', 'jacobian', 'hessian', 'sandwich']),
  };
}

const nothing: Errors = {
  covariance: { data: new Float64Array(0), rows: 0, columns: 0 },
  covarianceOf: 'auto',
  undetermined: new Int32Array(0),
  degreesOfFreedom: Number.NaN,
  because: 'the solve has not ended at a stationary point',
};

/** The settings that minimize has, too. */
function others(settings: Settings): SolveOptions {
  const kept = Object.entries(settings).filter(([name]) => !unread.includes(name) && name !== 'warmStart');
  return Object.fromEntries(kept) as SolveOptions;
}

function problemOf(program: CompiledProgram, settings: Settings): MakeProblem<NlpProblem> {
  program.parts.parameters(); // throws where one has no value
  const warm = warmStartPoint(settings.warmStart);
  const start = warm
    ? checkVector('warmStart.x', warm, { length: program.n, per: 'one for each variable' })
    : program.startBy(seedOf(settings));
  const first = { start, m: program.m, ...program.bounds, reportIterates: false };
  return (guard, native, leave) => {
    const made = () => Object.assign(program.toNative(guard, native), first);
    const ahead = program.ahead(native, leave);
    return ahead ? ahead.then((ready) => (ready ? made() : { ...first, unread: true })) : made();
  };
}

/** Which variables bounds hold. */
function heldOf(
  { activeLower, activeUpper }: NlpSolution,
  { n, bounds: { lower, upper } }: CompiledProgram,
): boolean[] {
  const held = Array.from({ length: n }, (_, j) => lower !== undefined && lower[j] === upper?.[j]);
  for (const j of [...activeLower, ...activeUpper]) held[j] = true;
  return held;
}

function derivativesAt(
  answer: NlpSolution,
  program: CompiledProgram,
  ofResiduals: CompiledProgram,
  r: Float64Array,
  { loss, lossScale }: { loss: Loss; lossScale: number },
): AtSolution {
  const { x, multipliers, activeConstraints } = answer;
  const { constraintsLower: low, constraintsUpper: high } = program.bounds;
  const active = new Set(activeConstraints);
  for (let i = 0; i < program.m; ++i) if (low?.[i] === high?.[i]) active.add(i);
  const weights = r.map((value) => slopeOf(loss, (value / lossScale) ** 2));
  return {
    J: ofResiduals.jacobian(x),
    weights,
    pulls: weights.map((weight, i) => weight * (r[i] as number)),
    A: program.jacobian(x),
    active: [...active].sort((i, j) => i - j),
    held: heldOf(answer, program),
    hessian: () => program.hessian(x, multipliers),
  };
}

function described(
  answer: Awaited<ReturnType<typeof solve<'nlp'>>>,
  residuals: Float64Array,
  residualSumOfSquares: number,
  errors: Errors,
  held: readonly boolean[],
): SquaresResult {
  const { status, message, iterations, lowerBound, residual, evaluations, seconds, history, device } = answer;
  const { x, certificate, counts, multipliers, activeConstraints, feasibility } = answer;
  const found = status === 'solved' ? 1 : 0;
  return {
    ...{ status, message, iterations, objective: answer.objective ?? Number.NaN, seconds, history, device },
    ...(lowerBound !== undefined && { lowerBound }),
    ...(residual !== undefined && { residual }),
    ...(evaluations !== undefined && { evaluations }),
    ...(feasibility !== undefined && { feasibility }),
    ...{ x, residuals, certificate, ...errors },
    ...(Number.isFinite(residualSumOfSquares) && { residualSumOfSquares }),
    ...{ atBounds: Int32Array.from(held.keys()).filter((j) => held[j]), eliminated: 0 },
    runs: { best: found, solved: found, total: 1 },
    counts: { residuals: counts.objective, jacobian: counts.gradient, hessian: counts.hessian },
    ...{ multipliers, activeConstraints },
    standardErrors: errorsOf(errors.covariance),
  };
}
