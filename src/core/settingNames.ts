// Names of settings, and those that other libraries have for them.
import { nativeNames, settingNames } from './addon.js';
import { typeError } from './argumentError.js';
import { checkMembers, checkObject, refuseList, renamed } from './check.js';
import { fixDeadline } from './deadline.js';

/** Names of settings here, the likeliest first, by their names elsewhere, in lower case without underscores and points. */
const names = new Map<string, readonly string[]>(
  Object.entries({
    maxiter: ['maxIterations'],
    maxiters: ['maxIterations'],
    maxit: ['maxIterations'],
    niter: ['maxIterations'],
    niterations: ['maxIterations'],
    iterations: ['maxIterations'],
    epochs: ['maxEpochs', 'maxIterations'],
    nepochs: ['maxEpochs', 'maxIterations'],
    learningrate: ['stepSize'],
    lr: ['stepSize'],
    maxfev: ['maxEvaluations'],
    maxfun: ['maxEvaluations'],
    maxevals: ['maxEvaluations'],
    tol: ['tolerance'],
    ftol: ['tolerance'],
    gtol: ['tolerance'],
    xtol: ['tolerance'],
    thresh: ['tolerance'],
    eps: ['tolerance'],
    maxtime: ['timeLimit'],
    maxcputime: ['timeLimit'],
    maxwalltime: ['timeLimit'],
    timeout: ['timeLimit'],
    randomstate: ['seed'],
    randomseed: ['seed'],
    rng: ['seed'],
    njobs: ['threads'],
    ninit: ['restarts'],
    nrestarts: ['restarts'],
    nrestartsoptimizer: ['restarts'],
    callback: ['onProgress'],
    disp: ['verbose'],
    display: ['verbose'],
    verbosity: ['verbose'],
    printlevel: ['verbose'],
    start: ['warmStart'],
    x0: ['warmStart'],
    init: ['warmStart'],
    initialguess: ['warmStart'],
    alpha: ['lambda'],
    lambda: ['lambda', 'lambdas'],
    lambd: ['lambda', 'lambdas'],
    alphas: ['lambdas'],
    l1ratio: ['alpha'],
    fitintercept: ['intercept'],
    dfmax: ['maxNonzeros'],
    cv: ['folds'],
    nfolds: ['folds'],
    foldid: ['folds'],
    typemeasure: ['measure'],
    scoring: ['measure'],
    l2: ['ridge', 'lambda'],
    weightdecay: ['lambda'],
    regularization: ['lambda'],
    solver: ['method'],
    algorithm: ['method'],
  }),
);

/** The message about settings that do not exist. */
const sentences = new Map(
  Object.entries({
    c: 'divide by it: lambda = 1 / C where the losses are summed, lambda = 1 / (n C) where they are averaged',
    learningrate: 'there is none to choose: steps are found by the solver',
    lr: 'there is none to choose: steps are found by the solver',
    stepsize: 'there is none to choose: steps are found by the solver',
    momentum: 'there is none to choose: steps are found by the solver',
    batchsize: 'there is none to choose: all data are used in every iteration',
  }),
);

/** Settings that stand elsewhere now, in a function that has the setting named first: where, or what to write. */
const moved = new Map<string, readonly [beside: string, sentence: string]>(
  Object.entries({
    featurenames: ['activation', 'it belongs to the data: { x, y, names }'],
    classweights: ['activation', 'it belongs to the data: { x, y, classWeights }'],
    regularizebias: ['activation', "write bias: 'light' for false, bias: true for true"],
    count: ['activation', 'it belongs to the lambdas: lambdas: { count: 20 }'],
    ratio: ['activation', 'it belongs to the lambdas: lambdas: { ratio: 0.001 }'],
    rule: ['activation', "it belongs to the lambdas: lambdas: { rule: 'oneSe' }"],
    penaltyfactor: ['penalty', 'it belongs to the data: { x, y, penaltyFactor }'],
    lowerbounds: ['penalty', 'it belongs to the data: { x, y, lowerBounds }'],
    upperbounds: ['penalty', 'it belongs to the data: { x, y, upperBounds }'],
    lowerlimits: ['penalty', 'it is called lowerBounds here and belongs to the data: { x, y, lowerBounds }'],
    upperlimits: ['penalty', 'it is called upperBounds here and belongs to the data: { x, y, upperBounds }'],
    impute: ['penalty', "it belongs to the data: { x, y, impute: 'mean' }"],
    nlambda: ['penalty', 'it belongs to the lambdas of a path: lambdas: { count: 50 }'],
    nalphas: ['penalty', 'it belongs to the lambdas of a path: lambdas: { count: 50 }'],
    minratio: ['penalty', 'it belongs to the lambdas of a path: lambdas: { ratio: 0.001 }'],
    lambdaminratio: ['penalty', 'it belongs to the lambdas of a path: lambdas: { ratio: 0.001 }'],
    maxsize: ['penalty', 'it belongs to the sizes of a path: sizes: { max: 10 }'],
  }),
);

const weights = ['alpha', 'c', 'lambda', 'lambd', 'l2', 'weightdecay', 'regularization'];
/** The message about weights of penalties where they belong to the problem. */
const ofTheProblem =
  'it belongs to the problem, as the weight of a term such as l1(lambda) or the ridge of a regression';

/** The message about C where losses are averaged over the rows. */
const ofTheMean = 'divide by it: lambda = 1 / (n C) for n rows, as the losses are averaged here';

/** Names of settings that every call may have. */
export const callOptions: readonly string[] = ['device', 'signal', 'deadline', 'onProgress', 'verbose', 'warmStart'];

/**
 * Names that a function takes beside its data: settings of a solver, those of every call, and its `own`. Messages call the argument
 * `name`.
 * @throws TypeError
 */
export function checkOptions<T extends object>(
  solver: string,
  options: T,
  own: readonly string[] = [],
  name = 'options',
): T {
  return checkSettings(options, ownNames(solver, own), name);
}

/**
 * Settings as the addon takes them, those of methods beside the others, and those of every call.
 * @throws TypeError
 */
export function checkNative<T extends object>(solver: string, settings: T): T {
  const known = remembered(native, solver, () => [...nativeNames(solver), ...callOptions]);
  return checkSettings(settings, known);
}

/** Names of the settings of a solver that stand beside its method, and of its `own`. */
export const namesOf = (solver: string, own: readonly string[]): readonly string[] => [
  ...new Set([...settingNames(solver), ...own, ...callOptions]),
];

const ofSolvers = new Map<string, readonly string[]>();
const native = new Map<string, readonly string[]>();

/** The names that {@link namesOf} gives, made once for a solver alone. */
export const ownNames = (solver: string, own: readonly string[]): readonly string[] =>
  own.length > 0 ? namesOf(solver, own) : remembered(ofSolvers, solver, () => namesOf(solver, own));

/** Names that are made once: small solves take little longer. */
function remembered(
  known: Map<string, readonly string[]>,
  solver: string,
  make: () => readonly string[],
): readonly string[] {
  let names = known.get(solver);
  if (!names) {
    names = make();
    known.set(solver, names);
  }
  return names;
}

/**
 * Settings whose names must be known, with a `deadline` that has begun. What another library calls a setting is answered with its name here, and where an array stands
 * for them, as in `fit(x, y)`, that data are one argument.
 * @throws TypeError
 */
export function checkSettings<T extends object>(settings: T, known: readonly string[], argument = 'settings'): T {
  refuseList(settings, argument);
  for (const name of Object.keys(checkObject(argument, settings))) {
    const said = known.includes(name) || renamed(name, known) ? undefined : saidElsewhere(name, known);
    if (said !== undefined) throw typeError(`unknown setting '${name}': ${said}`);
  }
  return fixDeadline(checkMembers(argument, settings, known, 'setting'));
}

const keyOf = (name: string): string => name.toLowerCase().replaceAll(/[_.-]/g, '');

/** The known setting that other libraries call `name`. */
export const calledHere = (name: string, known: readonly string[]): string | undefined =>
  names.get(keyOf(name))?.find((each) => known.includes(each));

function saidElsewhere(name: string, known: readonly string[]): string | undefined {
  const key = keyOf(name);
  const [beside, sentence] = moved.get(key) ?? [];
  if (beside !== undefined && known.includes(beside)) return sentence;
  const here = calledHere(name, known);
  if (here !== undefined) return `it is called '${here}' here`;
  if (key === 'c' && known.includes('penalty')) return ofTheMean;
  return weights.includes(key) && !known.includes('lambda') ? ofTheProblem : sentences.get(key);
}
