// The settings of regressions that a command line can give.
import { addon, type SettingSchema } from '../core/addon.js';
import { withChoices } from '../core/choices.js';
import type { SparseData } from '../sparse/index.js';

/** The family of times until an event, and its setting. */
const ofTimes: readonly string[] = ['cox', 'ties'];

/** The treatment of values that are missing. */
export const imputeSetting: SettingSchema = {
  name: 'impute',
  type: ['mean'],
  doc: "'mean': values that are missing become the mean of their column.",
};

/** The sizes of a path instead of its lambdas. */
export const maxSizeSetting: SettingSchema = {
  name: 'maxSize',
  type: 'integer',
  lower: 0,
  doc: 'Best subsets of at most 0, 1, ..., so many columns, in place of lambdas.',
};

/** The settings of the sparse solver, without those of times until an event if responses are one column. */
export function sparseSettings({ times = false } = {}): SettingSchema[] {
  const settings = addon().schema().solvers.sparse?.settings ?? [];
  if (times) return settings;
  return settings
    .filter(({ name }) => !ofTimes.includes(name))
    .map((setting) =>
      Array.isArray(setting.type)
        ? { ...setting, type: setting.type.filter((value) => !ofTimes.includes(value)) }
        : setting,
    );
}

const ofData: readonly string[] = ['impute', 'penaltyFactor', 'lowerBounds', 'upperBounds'];
type OfData = Pick<SparseData, 'impute' | 'penaltyFactor' | 'lowerBounds' | 'upperBounds'>;

/** Settings as a command line has them, one beside the other, as functions take them: some belong to the data. */
export function givenSparse(flat: Readonly<Record<string, unknown>>): OfData & { settings: Record<string, unknown> } {
  const { nLambda: count, minRatio: ratio, maxSize: max, ...others } = flat;
  const isOfData = ([name]: [string, unknown]) => ofData.includes(name);
  const bySize = max !== undefined || others.size !== undefined || others.sizes !== undefined;
  const given = Object.entries({ ...(bySize && { penalty: 'bestSubset' }), ...others });
  const settings = {
    ...withChoices('sparse', Object.fromEntries(given.filter((each) => !isOfData(each)))),
    ...(others.lambdas === undefined && (count !== undefined || ratio !== undefined) && { lambdas: { count, ratio } }),
    ...(max !== undefined && { sizes: { max } }),
  };
  return { settings, ...(Object.fromEntries(given.filter(isOfData)) as OfData) };
}
