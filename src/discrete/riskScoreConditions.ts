// Conditions on the points of a risk score: given by names, taken by the addon by columns.
import { rangeError, typeError } from '../core/argumentError.js';
import { checkNumber, checkVector, isList, show } from '../core/check.js';
import { checkWarmStart } from '../core/warmStart.js';

/** The points of a card to begin at. */
export function startOf(
  warmStart: { points: ArrayLike<number> } | undefined,
  columns: number,
): Float64Array | undefined {
  if (warmStart === undefined) return undefined;
  const { points } = checkWarmStart(warmStart);
  return checkVector('warmStart.points', points, { length: columns, per: 'one for each column' });
}

/** The scale as the addon calls it. */
export function readScale(scale: unknown): 'free' | 'one' {
  if (scale === 'free') return scale;
  if (scale === 1) return 'one';
  const wrong = typeof scale === 'string' || typeof scale === 'number' ? rangeError : typeError;
  throw wrong(`scale = ${show(scale)}: expected 'free' or 1`);
}

/** Settings of the pool as the addon calls them. */
export function poolSettings(pool: unknown): { poolSize?: number; poolWithin?: number } {
  if (pool === undefined) return {};
  const { size, within } = members('pool', pool, ['size', 'within']);
  const made: { poolSize?: number; poolWithin?: number } = {};
  if (size !== undefined) made.poolSize = integer('pool.size', size);
  if (within !== undefined) made.poolWithin = checkNumber('pool.within', within);
  const mostCards = 100_000;
  if (made.poolSize !== undefined && (made.poolSize < 1 || made.poolSize > mostCards)) {
    throw rangeError(`pool.size = ${made.poolSize}: expected an integer in [1, ${mostCards}]`);
  }
  const mostDistance = 10;
  if (made.poolWithin !== undefined && !(made.poolWithin >= 0 && made.poolWithin <= mostDistance)) {
    throw rangeError(`pool.within = ${made.poolWithin}: expected a number in [0, ${mostDistance}]`);
  }
  return made;
}

function integer(name: string, value: unknown): number {
  if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected an integer`);
  if (!Number.isInteger(value)) throw rangeError(`${name} = ${value}: expected an integer`);
  return value;
}

/** The values that points may have. */
export function allowedPoints(points: unknown): Float64Array {
  const usual = 5;
  const most = 1e6;
  if (!isList(points)) {
    const { min = -usual, max = usual } = members('points', points, ['min', 'max']);
    const [low, high] = [integer('points.min', min), integer('points.max', max)];
    if (low > high) throw rangeError(`points.min = ${low}: expected at most points.max = ${high}`);
    if (Math.abs(low) > most || Math.abs(high) > most) {
      throw rangeError(`points = ${show(points)}: expected integers between -${most} and ${most}`);
    }
    return allowedPoints(Array.from({ length: high - low + 1 }, (_, k) => low + k));
  }
  const values = checkVector('points', points);
  values.forEach((value, k) => {
    integer(`points[${k}]`, value);
  });
  if (!values.some((value) => value !== 0)) throw rangeError('points: expected a value other than 0');
  return values;
}

function members(name: string, given: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null) throw typeError(`${name} = ${show(given)}: expected an object`);
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw typeError(`${name}.${key}: expected one of ${known.join(', ')}`);
  }
  return given as Record<string, unknown>;
}

interface Conditions {
  lower?: Float64Array;
  upper?: Float64Array;
  required?: Int32Array;
  groups?: Int32Array;
  groupSizes?: Float64Array;
}

/** Bounds, required features and groups as the addon takes them: by column, of which a feature may have several. */
export function conditions(
  features: unknown,
  groups: unknown,
  names: readonly string[],
  columns: Int32Array,
): Conditions {
  const sizes = groupSizes(groups);
  const groupNames = Object.keys(sizes);
  const made: Conditions = groupNames.length > 0 ? { groupSizes: Float64Array.from(Object.values(sizes)) } : {};
  if (features === undefined) return made;
  const p = columns.length;
  const required: number[] = [];
  const [lower, upper] = [new Float64Array(p).fill(-Infinity), new Float64Array(p).fill(Infinity)];
  const group = new Int32Array(p);
  for (const [name, given] of Object.entries(members('features', features, names))) {
    const feature = readFeature(`features.${name}`, given, groupNames);
    const own = Array.from(columns.keys()).filter((j) => columns[j] === names.indexOf(name));
    for (const j of own) [lower[j], upper[j], group[j]] = [feature.min, feature.max, feature.group];
    if (feature.required) required.push(oneColumn(name, own));
  }
  Object.assign(made, { lower, upper });
  if (required.length > 0) made.required = Int32Array.from(required);
  if (groupNames.length > 0) made.groups = group;
  return made;
}

function oneColumn(name: string, own: readonly number[]): number {
  if (own.length === 1) return own[0] as number;
  const got = `but binarize makes ${own.length} of it`;
  throw rangeError(`features.${name}.required = true: expected a feature of one column, ${got}`);
}

function groupSizes(groups: unknown): Record<string, number> {
  if (groups === undefined) return {};
  const given = members('groups', groups, Object.keys(Object(groups)));
  return Object.fromEntries(
    Object.entries(given).map(([name, each]) => {
      const size = integer(`groups.${name}.maxSize`, members(`groups.${name}`, each, ['maxSize']).maxSize);
      if (size < 0) throw rangeError(`groups.${name}.maxSize = ${size}: expected a number >= 0`);
      return [name, size];
    }),
  );
}

function readFeature(name: string, given: unknown, groupNames: readonly string[]) {
  const { min, max, sign, required = false, group } = members(name, given, ['min', 'max', 'sign', 'required', 'group']);
  let low = min === undefined ? -Infinity : integer(`${name}.min`, min);
  let high = max === undefined ? Infinity : integer(`${name}.max`, max);
  if (low > high) throw rangeError(`${name}.min = ${low}: expected at most max = ${high}`);
  if (sign !== undefined && sign !== 1 && sign !== -1)
    throw rangeError(`${name}.sign = ${show(sign)}: expected 1 or -1`);
  if (sign === 1) low = Math.max(low, 0);
  if (sign === -1) high = Math.min(high, 0);
  if (low > high) throw rangeError(`${name}: expected points of the sign ${sign} between its bounds`);
  if (typeof required !== 'boolean') throw typeError(`${name}.required = ${show(required)}: expected true or false`);
  if (required && low === 0 && high === 0) {
    throw rangeError(`${name}.required = true: expected a feature with points other than 0 between its bounds`);
  }
  if (group !== undefined && !groupNames.includes(group as string)) {
    const known = groupNames.length > 0 ? `: ${groupNames.join(', ')}` : '';
    throw rangeError(`${name}.group = ${show(group)}: expected one of groups${known}`);
  }
  return { min: low, max: high, required, group: group === undefined ? 0 : 1 + groupNames.indexOf(group as string) };
}
