// Solvers that take the settings of choices beside the others, as tables of trials have them: a method's come with it, and without one with
// `auto`; of regressions also those that belong to the data, to lambdas and to sizes. Libraries without choices get what is given.
import { givenSparse } from '../src/cli/sparseSettings.js';
import { choicesOf } from '../src/core/addon.js';
import { isList } from '../src/core/check.js';
import { withChoices } from '../src/core/choices.js';
import type { Prediction, Targets } from '../src/core/targets.js';
import type { MinimizeSumChoiceSettings } from '../src/generated/minimizeSumChoices.js';
import type { NlpChoiceSettings } from '../src/generated/nlpChoices.js';
import type { ReluChoiceSettings } from '../src/generated/reluChoices.js';
import type { SparseChoiceSettings } from '../src/generated/sparseChoices.js';
import * as nlp from '../src/nlp/index.js';
import * as relu from '../src/relu/index.js';
import * as smooth from '../src/smooth/index.js';
import * as sparse from '../src/sparse/index.js';

export interface NlpSettings extends nlp.NlpSettings, NlpChoiceSettings {}

export interface ReluSettings extends Omit<relu.ReluSettings, 'bias'>, ReluChoiceSettings {
  bias?: boolean | 'light' | undefined;
  regularizeBias?: boolean | undefined;
}

export interface MinimizeSumSettings
  extends smooth.MinimizeSumSettings,
    MinimizeSumChoiceSettings,
    Pick<smooth.NormSteepestSettings, 'geometry'>,
    Pick<smooth.DpSgdSettings, 'privacyDelta'> {}

/** Settings of regressions beside those of a verb. */
export interface SparseExtras
  extends SparseChoiceSettings,
    Pick<sparse.SparseData, 'impute' | 'penaltyFactor' | 'lowerBounds' | 'upperBounds'> {
  nLambda?: number | undefined;
  minRatio?: number | undefined;
  maxSize?: number | undefined;
}

const isPlain = (settings: unknown): settings is Record<string, unknown> =>
  typeof settings === 'object' && settings !== null && !isList(settings);

/** Settings as users give them; what is no object stays what it is. */
function grouped(solver: string, settings: object, more: Readonly<Record<string, readonly string[]>> = {}): object {
  return isPlain(settings) ? withChoices(solver, settings, more) : settings;
}

export const minimize = (problem: Parameters<typeof nlp.minimize>[0], settings: NlpSettings = {}) =>
  nlp.minimize(problem, grouped('nlp', settings));

const ofMethods = { normSteepest: ['geometry'], dpSgd: ['privacyDelta'] };
export const minimizeSum = (problem: Parameters<typeof smooth.minimizeSum>[0], settings: MinimizeSumSettings = {}) =>
  smooth.minimizeSum(problem, grouped('minimizeSum', settings, ofMethods));

/** Returns true if a setting of a solver has choices with settings in the library that is tried. */
const hasChoices = (solver: string, setting: string): boolean =>
  choicesOf(solver).some((each) => each.setting === setting);

export const trainReluNetwork = <const Y extends Targets>(
  data: relu.ReluData<Y>,
  settings: ReluSettings = {},
): Promise<relu.ReluResult<Prediction<Y>>> => {
  // Tables of losses give Huber's threshold to all of them.
  const { regularizeBias, huberDelta, ...rest } = settings;
  const reads = !hasChoices('relu', 'loss') || rest.loss === 'huber';
  const others = { ...rest, ...(reads && huberDelta !== undefined && { huberDelta }) };
  const light = hasChoices('relu', 'loss') && others.bias !== false;
  const ofBias = regularizeBias === false ? (light ? { bias: 'light' as const } : { regularizeBias }) : {};
  return relu.trainReluNetwork(data, grouped('relu', isPlain(settings) ? { ...others, ...ofBias } : settings));
};

/** A function of regressions that takes such settings. A setting in `own` is the function's, also where a choice has one of that name. */
const flatSparse =
  <Settings extends object, Result>(
    verb: (data: sparse.SparseData, settings: Settings) => Promise<Result>,
    own: readonly string[] = [],
  ) =>
  (data: sparse.SparseData, settings?: Settings & Omit<SparseExtras, keyof Settings>): Promise<Result> => {
    if (!isPlain(settings) || !hasChoices('sparse', 'penalty')) return verb(data, settings as Settings);
    const isOwn = ([name]: [string, unknown]) => own.includes(name);
    const entries = Object.entries(settings);
    const { settings: given, ...more } = givenSparse(Object.fromEntries(entries.filter((each) => !isOwn(each))));
    const all = { ...given, ...Object.fromEntries(entries.filter(isOwn)) } as Settings;
    return verb(Object.keys(more).length > 0 ? { ...data, ...more } : data, all);
  };

export const sparsePath = flatSparse<sparse.SparsePathSettings, sparse.SparsePath>(sparse.sparsePath);
export const sparseRegression = flatSparse<sparse.SparseSettings, sparse.SparseResult>(sparse.sparseRegression);
export const crossValidate = flatSparse<sparse.SparseCrossValidationSettings, sparse.SparseCrossValidation>(
  sparse.crossValidate,
);

export const stabilitySelection = flatSparse<sparse.StabilitySelectionSettings, sparse.StabilitySelection>(
  sparse.stabilitySelection,
  ['q'],
);

/** A family by its parameter, a number where the library has no choices. */
function family<Name extends string>(
  make: (settings: { [Key in Name]: number }) => object,
  name: Name,
  given: number | { [Key in Name]: number },
): object {
  const value = typeof given === 'number' ? given : given[name];
  return make((hasChoices('sparse', 'family') ? { [name]: value } : value) as never);
}

/** Functions that cases of comparisons call instead of a family's own. */
export const flat = {
  nlp: { minimize },
  smooth: { minimizeSum },
  relu: { trainReluNetwork },
  sparse: {
    ...{ sparsePath, sparseRegression, crossValidate, stabilitySelection },
    huber: (given: number | { huberDelta: number }) => family(sparse.huber, 'huberDelta', given),
    quantile: (given: number | { level: number }) => family(sparse.quantile, 'level', given),
  },
};
