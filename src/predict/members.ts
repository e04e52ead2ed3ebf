// Members of models as JSON: how each is written, read with checks, and described by a JSON schema.
import { rangeError, typeError } from '../core/argumentError.js';
import { renamed, show } from '../core/check.js';
import { type Matrix, toMatrix } from '../core/matrix.js';
import type { Label } from '../core/targets.js';

/** Sizes by name, such as d for columns of x, as the members that were read first have them. */
export type Sizes = Map<string, { size: number; of: string }>;

/** A member of a model. */
export interface Member<T = unknown> {
  readonly optional: boolean;
  /** Writes it as JSON. */
  write(name: string, value: T): unknown;
  /** Reads it from JSON. @throws TypeError or RangeError that names the member. */
  read(name: string, json: unknown, sizes: Sizes): T;
  readonly schema: object;
}

const member = <T>(of: Omit<Member<T>, 'optional'>): Member<T> => ({ ...of, optional: false });

/** The member, which may be left out. */
export const optional = <T>(of: Member<T>): Member<T> => ({ ...of, optional: true });

/** Numbers that JSON has no word for, as strings. Zero with a sign is one of them: JSON.stringify drops the sign. */
const words: readonly [string, number][] = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
];

const writeNumber = (value: number): number | string => words.find(([, each]) => Object.is(each, value))?.[0] ?? value;

function readNumber(name: string, json: unknown, infinite: boolean): number {
  const value = typeof json === 'string' ? words.find(([word]) => word === json)?.[1] : json;
  if (typeof value === 'number' && (infinite || Number.isFinite(value))) return value;
  throw typeError(`${name} = ${show(json)}: expected a ${infinite ? '' : 'finite '}number`);
}

const numberSchema = (infinite: boolean): object => ({ $ref: `#/$defs/${infinite ? 'anyNumber' : 'number'}` });

/** A number; also NaN or an infinite one if `infinite`. */
export const number = ({ infinite = false, positive = false } = {}): Member<number> =>
  member({
    write: (_, value) => writeNumber(value),
    read: (name, json) => {
      const value = readNumber(name, json, infinite);
      if (positive && !(value > 0)) throw rangeError(`${name} = ${value}: expected a number > 0`);
      return value;
    },
    schema: positive ? { type: 'number', exclusiveMinimum: 0 } : numberSchema(infinite),
  });

/** A whole number from `lower` on, which is the size `is`, if that is given. */
export const count = (lower: number, is?: string): Member<number> =>
  member({
    write: (_, value) => value,
    read: (name, json, sizes) => {
      if (!Number.isInteger(json) || (json as number) < lower) {
        throw typeError(`${name} = ${show(json)}: expected an integer >= ${lower}`);
      }
      if (is) agree(name, json as number, is, sizes);
      return json as number;
    },
    schema: { type: 'integer', minimum: lower },
  });

/** Returns true if a size is the one that members read before have; the first one decides. */
function agree(name: string, size: number, is: string | number, sizes: Sizes): void {
  if (typeof is === 'number') {
    if (size !== is) throw rangeError(`${name} = ${size}: expected ${is}`);
    return;
  }
  const known = sizes.get(is);
  if (!known) sizes.set(is, { size, of: name });
  else if (known.size !== size) throw rangeError(`${name} = ${size}: expected ${known.size}, as ${known.of}`);
}

function arrayOf(name: string, json: unknown, of: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw typeError(`${name} = ${show(json)}: expected an array of ${of}`);
}

interface NumbersOptions {
  infinite?: boolean;
  positive?: boolean;
}

/** Numbers, as many as a size says, if one is given. */
export const numbers = (
  size?: string,
  { infinite = false, positive = false }: NumbersOptions = {},
): Member<Float64Array> =>
  member({
    write: (_, value) => Array.from(value, writeNumber),
    read: (name, json, sizes) => {
      const list = arrayOf(name, json, 'numbers');
      if (size) agree(`${name}.length`, list.length, size, sizes);
      return Float64Array.from(list as number[], (entry, i) => {
        const value = readNumber(`${name}[${i}]`, entry, infinite);
        if (positive && !(value > 0)) throw rangeError(`${name}[${i}] = ${value}: expected a number > 0`);
        return value;
      });
    },
    schema: { type: 'array', items: positive ? { type: 'number', exclusiveMinimum: 0 } : numberSchema(infinite) },
  });

/** Integers, as many as a size says, if one is given, each below the size `below`. */
export const integers = (size?: string, below?: string): Member<Int32Array> =>
  member({
    write: (_, value) => Array.from(value),
    read: (name, json, sizes) => {
      const list = arrayOf(name, json, 'integers');
      if (size) agree(`${name}.length`, list.length, size, sizes);
      const limit = below === undefined ? 2 ** 31 : (sizes.get(below)?.size ?? 2 ** 31);
      list.forEach((entry, i) => {
        if (Number.isInteger(entry) && (entry as number) >= 0 && (entry as number) < limit) return;
        throw rangeError(`${name}[${i}] = ${show(entry)}: expected an integer in [0, ${limit - 1}]`);
      });
      return Int32Array.from(list as number[]);
    },
    schema: { type: 'array', items: { type: 'integer', minimum: 0 } },
  });

/** A matrix { rows, columns, data } with these sizes. */
export const matrixOf = (rows: string, columns: string): Member<Matrix> =>
  member({
    write: (name, value) => {
      const { rows, columns, data } = toMatrix(name, value);
      return { rows, columns, data: Array.from(data, writeNumber) };
    },
    read: (name, json, sizes) => {
      const given = record(name, json, ['rows', 'columns', 'data']);
      const size = (side: 'rows' | 'columns', is: string): number => {
        const value = given[side];
        if (!Number.isInteger(value) || (value as number) < 0) {
          throw typeError(`${name}.${side} = ${show(value)}: expected a whole number`);
        }
        agree(`${name}.${side}`, value as number, is, sizes);
        return value as number;
      };
      const [m, n] = [size('rows', rows), size('columns', columns)];
      const list = arrayOf(`${name}.data`, given.data, 'numbers');
      // Compared before anything of that size is made.
      agree(`${name}.data.length`, list.length, m * n, sizes);
      return { rows: m, columns: n, data: numbers().read(`${name}.data`, list, sizes) };
    },
    schema: { $ref: '#/$defs/matrix' },
  });

export const boolean = (): Member<boolean> =>
  member({
    write: (_, value) => value,
    read: (name, json) => {
      if (typeof json === 'boolean') return json;
      throw typeError(`${name} = ${show(json)}: expected a boolean`);
    },
    schema: { type: 'boolean' },
  });

/** One of a few words. */
export const oneOf = <const Word extends string>(...words: readonly Word[]): Member<Word> =>
  member({
    write: (_, value) => value,
    read: (name, json) => {
      const found = words.find((word) => word === json);
      if (found !== undefined) return found;
      const wrong = typeof json === 'string' ? RangeError : TypeError;
      throw new wrong(`${name} = ${show(json)}: expected one of ${words.map(show).join(', ')}`);
    },
    schema: { enum: words },
  });

export const text = (): Member<string> =>
  member({
    write: (_, value) => value,
    read: (name, json) => {
      if (typeof json === 'string') return json;
      throw typeError(`${name} = ${show(json)}: expected a string`);
    },
    schema: { type: 'string' },
  });

/** Strings, as many as a size says, if one is given. */
export const strings = (size?: string): Member<readonly string[]> =>
  member({
    write: (_, value) => [...value],
    read: (name, json, sizes) => {
      const list = arrayOf(name, json, 'strings');
      list.forEach((entry, i) => {
        if (typeof entry !== 'string') throw typeError(`${name}[${i}] = ${show(entry)}: expected a string`);
      });
      if (size) agree(`${name}.length`, list.length, size, sizes);
      return [...list] as string[];
    },
    schema: { type: 'array', items: { type: 'string' } },
  });

/** Labels, all numbers, all strings or all booleans; exactly `length` if that is given. */
export const labels = (length?: number): Member<readonly Label[]> =>
  member({
    write: (_, value) => value.map((label) => (typeof label === 'number' ? writeNumber(label) : label)),
    read: (name, json) => {
      const types = Array.isArray(json) ? new Set(json.map((label) => typeof label)) : new Set<string>();
      const [type = ''] = types;
      if (types.size !== 1 || !['number', 'string', 'boolean'].includes(type)) {
        throw typeError(`${name}: expected an array of numbers, of strings or of booleans`);
      }
      const list = json as Label[];
      if (length !== undefined && list.length !== length) {
        throw rangeError(`${name}.length = ${list.length}: expected ${length}`);
      }
      for (const [k, each] of list.entries()) if (type === 'number') readNumber(`${name}[${k}]`, each, false);
      return [...list];
    },
    schema: {
      type: 'array',
      minItems: length ?? 1,
      ...(length !== undefined && { maxItems: length }),
      anyOf: ['number', 'string', 'boolean'].map((type) => ({ items: { type } })),
    },
  });

/** One label. */
export const label = (): Member<Label> =>
  member({
    write: (_, value) => (typeof value === 'number' ? writeNumber(value) : value),
    read: (name, json) => labels().read(name, [json], new Map())[0] as Label,
    schema: { type: ['number', 'string', 'boolean'] },
  });

/** A small object of numbers, words and booleans, such as a certificate. */
export const facts = (): Member<object> =>
  member({
    write: (_, value) =>
      Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, typeof each === 'number' ? writeNumber(each) : each]),
      ),
    read: (name, json) => {
      const given = record(name, json);
      return Object.fromEntries(
        Object.entries(given).map(([key, value]) => {
          const number = words.find(([word]) => word === value)?.[1] ?? value;
          if (['number', 'string', 'boolean'].includes(typeof number)) return [key, number];
          throw typeError(`${name}.${key} = ${show(value)}: expected a number, string or boolean`);
        }),
      );
    },
    schema: { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean'] } },
  });

/** Objects of the same members, in an array. */
export const listOf = (members: Record<string, Member>): Member<readonly object[]> =>
  member({
    write: (name, value) => value.map((each, k) => writeMembers(`${name}[${k}].`, members, each)),
    read: (name, json) =>
      arrayOf(name, json, 'objects').map((each, k) => {
        const given = record(`${name}[${k}]`, each, Object.keys(members));
        return readMembers(`${name}[${k}].`, members, given, new Map());
      }),
    schema: { type: 'array', items: membersSchema(members) },
  });

/** An object of JSON, whose own members are among those that are known. What it inherits does not count. */
export function record(name: string, json: unknown, known?: readonly string[]): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw typeError(`${name} = ${show(json)}: expected an object`);
  }
  for (const key of Object.keys(json)) {
    if (key === '__proto__' || (known && !known.includes(key))) {
      const now = renamed(key, known ?? []);
      const hint = now === undefined ? known && `. Known members: ${known.join(', ')}` : `: ${now}`;
      throw typeError(`unknown member ${show(key)} of ${name}${hint ?? ''}`);
    }
  }
  return Object.assign(Object.create(null), json);
}

/** Members of an object as JSON; those that are optional and not there are left out. */
export function writeMembers(prefix: string, members: Record<string, Member>, from: object): object {
  const written: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(members)) {
    const value = (from as Record<string, unknown>)[name];
    if (value === undefined && each.optional) continue;
    if (value === undefined) throw typeError(`${prefix}${name} = undefined: expected a value`);
    written[name] = each.write(`${prefix}${name}`, value);
  }
  return written;
}

/** Members of an object, of JSON. */
export function readMembers(
  prefix: string,
  members: Record<string, Member>,
  given: Record<string, unknown>,
  sizes: Sizes,
): object {
  const read: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(members)) {
    const value = given[name];
    if (value === undefined && each.optional) continue;
    read[name] = each.read(`${prefix}${name}`, value, sizes);
  }
  return read;
}

/** The schema of an object of these members and no others. */
export function membersSchema(members: Record<string, Member>, others: Record<string, object> = {}): object {
  const properties = Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema]));
  const required = Object.keys(members).filter((name) => !members[name]?.optional);
  return {
    type: 'object',
    properties: { ...others, ...properties },
    required: [...Object.keys(others), ...required],
    additionalProperties: false,
  };
}
