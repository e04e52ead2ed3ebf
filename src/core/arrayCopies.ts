// Copies of large arrays, made in pieces before a solve is called, so that the event loop stays free. Why there are copies:
// docs/developers/decisions/0013-copies-of-arrays.md.
import { types } from 'node:util';
import type { ArrayCopy, Solvers } from './addon.js';
import { pauses } from './turns.js';

type TypedArray = Float64Array | Float32Array | Int32Array;

/** Bytes that are copied in some milliseconds: what has fewer in all is copied by the addon when it is called. */
const many = 2 ** 23;
/** Arrays of fewer bytes are not worth a copy of their own. */
const few = 2 ** 20;
/** Bytes that are copied at a time. */
const piece = 2 ** 20;
/** Objects within one another that a problem may have. */
const depth = 4;

const isRead = (array: ArrayBufferView): array is TypedArray =>
  types.isFloat64Array(array) || types.isFloat32Array(array) || types.isInt32Array(array);

/** The bytes of the large arrays of a problem: asked of every solve, so without anything else. */
function bytesIn(value: object, level = 1): number {
  let bytes = 0;
  for (const name in value) {
    const member: unknown = value[name as keyof typeof value];
    if (typeof member !== 'object' || member === null) continue;
    if (ArrayBuffer.isView(member)) {
      if (member.byteLength >= few) bytes += member.byteLength;
    } else if (level < depth && !notRead.has(name)) {
      bytes += bytesIn(member, level + 1);
    }
  }
  return bytes;
}

/** The large arrays of a problem, with what messages call them. */
function largeArrays(value: object, path = '', found = new Map<TypedArray, string>(), level = 0): typeof found {
  if (level === depth) return found;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue;
    const place = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    if (ArrayBuffer.isView(member)) {
      if (member.byteLength >= few && isRead(member)) found.set(member, place);
    } else if (!notRead.has(name)) {
      largeArrays(member, place, found, level + 1);
    }
  }
  return found;
}

/** Members whose arrays are written into, not read. */
const notRead = new Set(['callbacks']);

/** A value with copies in the places of arrays. Others' objects are left as they are: what is changed is an object of ours that derives from them. */
function withCopies(value: object, copies: ReadonlyMap<unknown, ArrayCopy>, level = 0): object {
  if (level === depth) return value;
  const changed = Object.entries(value).flatMap(([name, member]): [string, object][] => {
    if (typeof member !== 'object' || member === null || notRead.has(name)) return [];
    const made = copies.get(member) ?? (ArrayBuffer.isView(member) ? member : withCopies(member, copies, level + 1));
    return made === member ? [] : [[name, made]];
  });
  if (changed.length === 0) return value;
  if (Array.isArray(value)) return Object.assign([...value], Object.fromEntries(changed));
  return Object.create(value, Object.fromEntries(changed.map(([name, made]) => [name, { value: made }])));
}

/**
 * Calls `use` with a problem, at once where it has little to copy; else with copies of the addon's own in the places of large arrays,
 * made in pieces between which other events are served. They are there while it runs.
 */
export function withArrayCopies<T>(solvers: Solvers, problem: object, use: (problem: object) => T): T | Promise<T> {
  return bytesIn(problem) < many ? use(problem) : inPieces(solvers, problem, largeArrays(problem), use);
}

/** Ends when the copies that are being made are handed over: the next ones find them, and of the same arrays there is one. */
let last: Promise<void> = Promise.resolve();

async function inPieces<T>(
  solvers: Solvers,
  problem: object,
  arrays: ReadonlyMap<TypedArray, string>,
  use: (problem: object) => T,
): Promise<T> {
  const copies = new Map<unknown, ArrayCopy>();
  const before = last;
  let end = (): void => {};
  last = new Promise((resolve) => {
    end = resolve;
  });
  await before;
  const pause = pauses();
  try {
    for (const [array, name] of arrays) {
      const copy = solvers.beginCopy({ name, array });
      copies.set(array, copy);
      while (solvers.copyPiece({ copy, name, array, bytes: piece })) {
        const due = pause();
        if (due) await due;
      }
    }
    return use(withCopies(problem, copies));
  } finally {
    for (const copy of copies.values()) solvers.dropCopy({ copy });
    end();
  }
}
