// The floor of the solver's time: factorisations and evaluations by themselves.
import { runProgram } from '../shared/native.js';
import { readSmall } from './models.js';

/** Factorisation of the KKT matrix of a control problem. */
export interface Factorisation {
  side: number;
  threads: number;
  flops: number;
  factorEntries: number;
  analysisSeconds: number;
  firstFactorSeconds: number;
  factorSeconds: number;
  solveSeconds: number;
}

export function measureFactorisations(sides: readonly number[], threads: readonly number[]): Factorisation[] {
  return threads.flatMap((count) =>
    runProgram<Factorisation>('ldl', [count, ...sides.map((side) => `control:${side}`)]).map((line, i) => ({
      ...line,
      side: sides[i] ?? 0,
    })),
  );
}

/** Seconds, best of many. */
export interface Evaluation {
  title: string;
  n: number;
  m: number;
  dataBytes: number;
  /** f and c at a new point; then with first derivatives, and so on. */
  values: number;
  withGradient: number;
  withHessianProduct: number;
  hessianProductAgain: number;
  withJacobian: number;
  withHessian: number;
}

/** Runs `newton_evaluation` on models by their names there. */
export function measureEvaluations(models: readonly string[]): Evaluation[] {
  const lines = runProgram<Omit<Evaluation, 'title'>>('newton_evaluation', models);
  return lines.map((line, i) => ({ ...line, title: models[i] ?? '' }));
}

export function measureModels(models: string | undefined, quick: boolean): Evaluation[] {
  const families = quick
    ? ['control:64', 'chain:10000', 'logistic:2000']
    : ['control:64', 'control:256', 'chain:10000', 'chain:200000', 'logistic:2000', 'logistic:50000'];
  const files =
    models === undefined
      ? []
      : readSmall(models, 1000).filter(({ name }) => ['hs040', 'hs077', 'elec100'].includes(name));
  const titles = [...families, ...files.map(({ name }) => name)];
  return measureEvaluations([...families, ...files.map(({ path }) => path)]).map((line, i) => ({
    ...line,
    title: titles[i] ?? '',
  }));
}
