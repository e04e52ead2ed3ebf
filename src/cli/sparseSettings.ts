// The settings of regressions that a command line can give.
import { addon, type SettingSchema } from '../core/addon.js';
import { withChoices } from '../core/choices.js';
import type { SparseData } from '../sparse/index.js';

/** Values of settings that need more than options: groups of columns, or times and events of rows. */
const needProgram: readonly string[] = ['cox', 'groupLasso', 'groupMcp', 'groupScad', 'sparseGroupLasso'];
/** Settings of those values. */
const ofThose: readonly string[] = ['ties'];

/** The sizes of a path instead of its lambdas. */
export const maxSizeSetting: SettingSchema = {
  name: 'maxSize',
  type: 'integer',
  lower: 0,
  doc: 'Best subsets of at most 0, 1, ..., so many columns, in place of lambdas.',
};

/** The settings of the sparse solver, without what only a program can give. */
export function sparseSettings(): SettingSchema[] {
  const settings = addon().schema().solvers.sparse?.settings ?? [];
  return settings
    .filter(({ name }) => !ofThose.includes(name))
    .map((setting) =>
      Array.isArray(setting.type)
        ? { ...setting, type: setting.type.filter((value) => !needProgram.includes(value)) }
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
