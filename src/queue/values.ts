// Values as JSON, to the last bit: typed arrays, numbers that JSON has no word for, and what a worker is to read or make.
import { types } from 'node:util';
import { typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import { makes } from '../generated/kinds.js';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

const arrays = {
  ...{
    Float64Array,
    Float32Array,
    Int8Array,
    Int16Array,
    Int32Array,
    Uint8Array,
    Uint8ClampedArray,
    Uint16Array,
    Uint32Array,
  },
} as const;
type ArrayName = keyof typeof arrays;

/** How what JSON cannot say is handled: a message refuses it, with the name of the member; an answer goes without. */
export type Otherwise = 'refuse' | 'leaveOut';

/**
 * A value as JSON: members in the order of their names, so that equal values are equal texts; `{ $array, data }` for typed arrays, with their
 * bytes in base 64; `{ $number }` for -0, NaN and infinities. A maker of a program stays what it is. Errors call the value `name`.
 * @throws TypeError
 */
export function toJson(name: string, value: unknown, otherwise: Otherwise): Json | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? null : objectToJson(name, value, otherwise);
    default:
      if (otherwise === 'leaveOut') return undefined;
      throw typeError(`${name}: a ${typeof value} cannot go to another machine`);
  }
}

function objectToJson(name: string, value: object, otherwise: Otherwise): Json {
  if (ArrayBuffer.isView(value)) {
    const kind = value[Symbol.toStringTag as never] as ArrayName;
    if (!(kind in arrays)) throw typeError(`${name}: a ${kind ?? 'view'} cannot go to another machine`);
    return { $array: kind, data: base64Of(kind, value) };
  }
  if (Array.isArray(value)) {
    return value.map((each, k) => toJson(`${name}[${k}]`, each, otherwise) ?? null);
  }
  if (otherwise === 'refuse' && !isPlain(value)) {
    const such = `such as { make: ${show(makes.at(-1))}, of: [data] } for a program, or a reference to a file`;
    throw typeError(`${name} = ${show(value)}: expected plain data, ${such}`);
  }
  const made: { [member: string]: Json } = {};
  for (const member of Object.keys(value).sort()) {
    if (member.startsWith('$')) throw typeError(`${name}.${member}: names that begin with $ are the queue's own`);
    const json = toJson(`${name}.${member}`, (value as Record<string, unknown>)[member], otherwise);
    if (json !== undefined) made[member] = json;
  }
  return made;
}

/** Room for short arrays, copied into it: to ask each of many short rows for its own buffer takes twice as long. */
const room = Buffer.from(new ArrayBuffer(1024));
const rooms = Object.fromEntries(
  Object.entries(arrays).map(([name, Kind]) => [name, new Kind(room.buffer)]),
) as unknown as Record<ArrayName, { set(from: ArrayBufferView): void }>;

function base64Of(kind: ArrayName, value: ArrayBufferView): string {
  const bytes = value.byteLength;
  if (bytes > room.length) return Buffer.from(value.buffer, value.byteOffset, bytes).toString('base64');
  rooms[kind].set(value);
  return room.toString('base64', 0, bytes);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  // That of another realm's Object has no prototype either.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const writable = { writable: true, enumerable: true, configurable: true };

/** The value that {@link toJson} made JSON of. `replace` may put another in the place of an object, whose members are then values already. */
export function fromJson(
  json: Json,
  replace: (object: Record<string, unknown>) => unknown = (object) => object,
): unknown {
  if (Array.isArray(json)) return json.map((each) => fromJson(each, replace));
  if (typeof json !== 'object' || json === null) return json;
  if ('$number' in json) return Number(json.$number);
  if ('$array' in json) return arrayOf(json.$array as ArrayName, String(json.data));
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(json)) {
    const value = fromJson(json[name] as Json, replace);
    // A member of this name would set the prototype.
    if (name === '__proto__') Object.defineProperty(members, name, { value, ...writable });
    else members[name] = value;
  }
  return replace(members);
}

function arrayOf(kind: ArrayName, base64: string): unknown {
  const Kind = Object.hasOwn(arrays, kind) ? arrays[kind] : undefined;
  if (!Kind) throw typeError(`$array = ${show(kind)}: expected one of ${Object.keys(arrays).join(', ')}`);
  const bytes = Buffer.from(base64, 'base64');
  // A copy, as a Buffer may begin at any byte of its memory.
  return new Kind(new Uint8Array(bytes).buffer);
}

/** Bytes that a value keeps in memory, of its numbers and texts. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (types.isAnyArrayBuffer(value)) return value.byteLength;
  return Object.values(value).reduce((sum: number, each) => sum + bytesOf(each), 16);
}
