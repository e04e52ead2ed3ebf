// The settings of regressions that a command line can give.
import { addon, type SettingSchema } from '../core/addon.js';

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
