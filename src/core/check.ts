// Checks of arguments, and how values look in their messages. A value may be of another realm: contexts of node:vm, as Jest has
// them, have classes of their own for all that is built in, so nothing here asks `instanceof`.
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { rangeError, typeError } from './argumentError.js';

/** The most characters of a value that a message quotes. */
const mostShown = 100;

/** A value in an error message. Never throws, whatever the value is. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${shortened(value)}'`;
  if (typeof value === 'bigint') return `${shortened(String(value))}n`;
  if (typeof value === 'function') return 'a function';
  if (types.isProxy(value)) return isRevoked(value) ? 'a revoked proxy' : 'a proxy';
  if (Array.isArray(value)) return 'an array';
  if (types.isPromise(value)) return 'a promise';
  if (typeof value === 'object' && value !== null) return described(value);
  return shortened(String(value));
}

/** The key of a function of a class that says what its instances are. */
export const description = Symbol.for('nonconvex.description');

function described(value: object): string {
  try {
    const { [description]: describe } = value as { [description]?: unknown };
    return typeof describe === 'function' ? String(describe.call(value)) : 'an object';
  } catch {
    return 'an object'; // it is a getter that throws, or no class of the package
  }
}

const shortened = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown)}...` : text);

/** The message of a thrown value. Never throws, whatever the value is. */
export function messageOf(thrown: unknown): string {
  try {
    return isError(thrown) ? String(thrown.message) : show(thrown);
  } catch {
    return 'an error whose message cannot be read';
  }
}

/** Returns true if a value is an error, of whatever realm. */
export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true;
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  try {
    return Object.prototype.toString.call(value) === '[object DOMException]';
  } catch {
    return false; // its Symbol.toStringTag throws
  }
}

/** Returns true if a value is an array, or a typed array of whatever realm. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return (!isRevoked(value) && Array.isArray(value)) || types.isTypedArray(value);
}

/** Returns true if a value is a proxy that was revoked, of which nothing can be asked without an error of the engine. */
export function isRevoked(value: unknown): boolean {
  if (!types.isProxy(value)) return false;
  try {
    Array.isArray(value); // runs no trap
    return false;
  } catch {
    return true;
  }
}

/** A vector of Apache Arrow: numbers, texts or truth values, none of which may be missing (null). */
export interface VectorOfValues {
  readonly length: number;
  readonly nullCount: number;
  get(index: number): unknown;
  toArray(): unknown;
}

/** Returns true if a value is a vector of Apache Arrow, told by its members. */
export function isOtherVector(value: unknown): value is VectorOfValues {
  if (typeof value !== 'object' || value === null) return false;
  return ['length', 'nullCount', 'get', 'toArray'].every((member) => member in value);
}

/** The values of a vector of Apache Arrow as an array; integers of 64 bits become numbers. Errors call it `name`. */
export function fromOtherVector(name: string, value: VectorOfValues): unknown[] {
  return Array.from({ length: checkInteger(`${name}.length`, value.length, 0) }, (_, i) => {
    const entry = value.get(i);
    if (entry === null) throw typeError(`${name}[${i}] = null: expected a value, as none may be missing`);
    return typeof entry === 'bigint' ? Number(entry) : entry;
  });
}

/** The name of an entry of a shape, [] or [n] or [rows, columns]: x, x[1], x[1,2]. */
export function entryName(name: string, shape: readonly number[], k: number): string {
  const columns = shape[1];
  if (shape.length === 0) return name;
  return columns === undefined ? `${name}[${k}]` : `${name}[${Math.floor(k / columns)},${k % columns}]`;
}

/** Returns true if a value is a promise, of whatever library. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Takes a promise that is not awaited, so that its rejection does not end the process. */
export function disown(value: unknown): void {
  if (isPromise(value)) value.then(undefined, () => {});
}

/** An argument that must be a function, unless it is optional and left out. */
export function checkFunction<F>(name: string, value: F, { optional = false }: { optional?: boolean } = {}): F {
  if (typeof value === 'function' || (optional && value === undefined)) return value;
  throw typeError(`${name} = ${show(value)}: expected a function`);
}

/** An argument that must be one of a few names. */
export function checkOneOf<const Name extends string>(name: string, value: unknown, names: readonly Name[]): Name {
  const expected = `expected one of ${names.map(show).join(', ')}`;
  if (typeof value !== 'string') throw typeError(`${name} = ${show(value)}: ${expected}`);
  const found = names.find((each) => each === value);
  if (found === undefined) throw rangeError(`${name} = ${show(value)}: ${expected}`);
  return found;
}

/** An argument that must be an AbortSignal, of whatever realm, or left out. */
export function checkSignal(name: string, value: AbortSignal | undefined): AbortSignal | undefined {
  if (value === undefined) return undefined;
  const { aborted, addEventListener, removeEventListener } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<AbortSignal>;
  const listening = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
  if (typeof aborted === 'boolean' && listening) return value;
  throw typeError(`${name} = ${show(value)}: expected an AbortSignal`);
}

/** An argument that must be the path of a file, or its URL; as a path. */
export function checkPath(name: string, value: unknown): string {
  const path = isUrl(value) ? fileURLToPath(value) : value;
  if (typeof path !== 'string') throw typeError(`${name} = ${show(path)}: expected a string or a URL`);
  // Native code would take what stands before it for the path.
  if (path.includes('\0')) throw typeError(`${name} = ${show(visible(path))}: expected a path without NUL`);
  return path;
}

export const isUrl = (value: unknown): value is URL =>
  typeof value === 'object' && value !== null && !types.isProxy(value) && 'href' in value && 'protocol' in value;

/** A text without characters that a terminal would obey. */
export function visible(text: string, kept = ''): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) =>
    kept.includes(c) ? c : `\\x${(c.codePointAt(0) as number).toString(16).padStart(2, '0')}`,
  );
}

/** Refuses an array in the place of settings. */
export function refuseList(settings: unknown, argument: string): void {
  if (!isList(settings)) return;
  throw typeError(`${argument}: expected an object, got an array; data come first, as one object, such as { x, y }`);
}

/** An argument that must be an object. */
export function checkObject<T extends object>(name: string, value: T): T {
  const isObject = typeof value === 'object' && value !== null && !isRevoked(value);
  if (isObject && !isList(value) && !types.isPromise(value)) return value;
  const hint = types.isPromise(value) ? '; `await` gives what it promises' : '';
  throw typeError(`${name} = ${show(value)}: expected an object${hint}`);
}

/** An argument that must be an object without members but these, which messages call members or, for example, settings. */
export function checkMembers<T extends object>(
  name: string,
  value: T,
  known: readonly string[],
  noun: 'member' | 'setting' | 'option' = 'member',
): T {
  for (const member of Object.keys(checkObject(name, value))) {
    if (known.includes(member)) continue;
    const now = renamed(member, known);
    if (now !== undefined) throw typeError(`unknown ${noun} '${member}': ${now}`);
    const meant = closest(member, known);
    const hint = meant === undefined ? '.' : `: did you mean '${meant}'?`;
    throw typeError(`unknown ${noun} '${member}'${hint} Known ${noun}s: ${known.join(', ')}`);
  }
  return value;
}

/** Data without members but these, as {@link checkMembers} has it, or a table of `readCsv` as it is, whose other members are let pass. */
export function checkData<T extends object>(data: T, known: readonly string[]): T {
  const { names, groups, levels, dropped, ...others } = checkObject('data', data) as Record<string, unknown>;
  checkMembers('data', others, known);
  return data;
}

/** New names of members and settings by their old ones, with what to say of values that are others now. */
const renames: Readonly<Record<string, readonly (readonly [name: string, note?: string])[]>> = {
  beta: [['lambda']],
  betas: [['lambdas']],
  l1: [['lambda']],
  delta: [['huberDelta'], ['privacyDelta']],
  normalize: [
    ['standardize', ": true in place of 'standardize', 'norm' in place of 'columns', false in place of 'none'"],
  ],
  order: [['sweepOrder'], ['taskOrder'], ['degree']],
  nu: [['degreesOfFreedom'], ['violationWeight']],
  gamma: [['kernelWidth', ', 1 / sqrt(2 gamma)']],
  rho: [['gainRange']],
  eta: [['margin']],
  starts: [['restarts', ', one less than starts']],
  X: [['x']],
  labels: [['y']],
};

/** The hint for a name that has become another of the known ones. */
export function renamed(old: string, known: readonly string[]): string | undefined {
  const [name, note = ''] =
    (Object.hasOwn(renames, old) ? renames[old] : undefined)?.find(([each]) => known.includes(each)) ?? [];
  return name === undefined ? undefined : `'${old}' is now '${name}'${note}`;
}

/** The known word that is meant by a misspelt one, if one is close. */
export function closest(word: string, known: readonly string[]): string | undefined {
  let [least, meant]: [number, string | undefined] = [Number.POSITIVE_INFINITY, undefined];
  for (const each of known) {
    const most = Math.min(each.length - 1, Math.max(1, Math.floor(each.length / 3)));
    // So many letters are inserted or deleted at least: what a file names may be long.
    if (Math.abs(each.length - word.length) > most) continue;
    const distance = editDistance(word.toLowerCase(), each.toLowerCase());
    if (distance <= most && distance < least) [least, meant] = [distance, each];
  }
  return meant;
}

/** Letters to insert, delete, replace or swap with the next one between two words. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; ++i) {
    const next = [i + 1];
    for (let j = 0; j < b.length; ++j) {
      const replaced = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      const swapped = a[i] === b[j - 1] && a[i - 1] === b[j] ? (before[j - 1] as number) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, (next[j] as number) + 1, (row[j + 1] as number) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}

/** An argument that must be a finite number, not below (and if `open`, not at) `lower`. */
export function checkNumber(
  name: string,
  value: unknown,
  { lower = Number.NEGATIVE_INFINITY, open = false }: { lower?: number; open?: boolean } = {},
): number {
  if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected a number`);
  if (Number.isFinite(value) && value >= lower && !(open && value === lower)) return value;
  const bound = lower === Number.NEGATIVE_INFINITY ? '' : ` ${open ? '>' : '>='} ${lower}`;
  throw rangeError(`${name} = ${value}: expected a finite number${bound}`);
}

/** An argument that must be an integer not below `lower`. */
export function checkInteger(name: string, value: unknown, lower: number, upper = Number.POSITIVE_INFINITY): number {
  if (typeof value !== 'number') throw typeError(`${name} = ${show(value)}: expected a number`);
  if (Number.isSafeInteger(value) && value >= lower && value <= upper) return value;
  const expected = upper === Number.POSITIVE_INFINITY ? `>= ${lower}` : `in [${lower}, ${upper}]`;
  throw rangeError(`${name} = ${value}: expected an integer ${expected}`);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw typeError(`${name} = ${show(value)}: expected a boolean`);
}

/**
 * An argument that must be an array of numbers, finite unless `infinite`, not below `lower`, and of a given length if there
 * is one. A Float64Array is kept, not copied.
 */
export function checkVector(
  name: string,
  value: unknown,
  {
    length,
    per = '',
    lower = Number.NEGATIVE_INFINITY,
    infinite = false,
  }: { length?: number | undefined; per?: string; lower?: number; infinite?: boolean } = {},
): Float64Array {
  const from = isOtherVector(value) ? fromOtherVector(name, value) : value;
  if (!isList(from)) throw typeError(`${name} = ${show(from)}: expected an array of numbers`);
  if (from.length === 0) throw rangeError(`${name}: expected at least one number`);
  if (length !== undefined && from.length !== length) {
    throw rangeError(`${name}: expected ${length} numbers${per && `, ${per}`}, got ${from.length}`);
  }
  const vector = types.isFloat64Array(value) ? value : new Float64Array(from.length);
  for (let i = 0; i < from.length; ++i) {
    const entry = from[i];
    if (typeof entry !== 'number') throw typeError(`${name}[${i}] = ${show(entry)}: expected a number`);
    if (Number.isNaN(entry) || entry < lower || !(infinite || Number.isFinite(entry))) {
      const bound = lower === Number.NEGATIVE_INFINITY ? '' : ` >= ${lower}`;
      throw rangeError(`${name}[${i}] = ${entry}: expected a ${infinite ? '' : 'finite '}number${bound}`);
    }
    if (vector !== value) vector[i] = entry;
  }
  return vector;
}

/** An argument that must be an array of numbers, as for {@link checkVector}, or one number for all entries. */
export function checkNumbers(
  name: string,
  value: unknown,
  options: { lower?: number; infinite?: boolean } = {},
): number | Float64Array {
  if (typeof value !== 'number') return checkVector(name, value, options);
  if (options.infinite && !Number.isNaN(value)) return value;
  return checkNumber(name, value, options);
}
