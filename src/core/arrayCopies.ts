// Copies of large arrays, made in pieces before a solve is called, so that the event loop stays free. Why there are copies:
// docs/developers/decisions/0013-copies-of-arrays.md.
import { types } from 'node:util';
import type { ArrayCopy, Solvers } from './addon.js';
import type { SparseMatrix } from './matrix.js';
import { pauses } from './yieldingLoops.js';

/** Called with a problem that is ready; where its solve was aborted meanwhile, `left`, of one whose large arrays must not be read. */
type Use<T> = (problem: object, left: boolean) => T;

export type TypedArray = Float64Array | Float32Array | Int32Array;

/** Bytes that are copied in some milliseconds: what has fewer in all is copied by the addon when it is called. */
const many = 2 ** 23;
/** Arrays of fewer bytes are not worth a copy of their own. */
const few = 2 ** 20;
/** Bytes that are copied at a time. */
const piece = 2 ** 20;
/** Objects within one another that a problem may have. */
const depth = 4;

/** Returns true if a solve copies an array in pieces, however little else its problem has. */
export const isCopiedInPieces = ({ byteLength }: TypedArray): boolean => byteLength >= many;

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
  const indexed = isLargeSparse(value);
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue;
    const place = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    if (ArrayBuffer.isView(member)) {
      if ((indexed || member.byteLength >= few) && isRead(member)) found.set(member, place);
    } else if (!notRead.has(name)) {
      largeArrays(member, place, found, level + 1);
    }
  }
  return found;
}

/** Returns true if a value is a sparse matrix whose indices are so many that they are copied and checked in pieces. */
function isLargeSparse(value: object): value is SparseMatrix {
  if (!('format' in value && 'offsets' in value && 'indices' in value)) return false;
  return ArrayBuffer.isView(value.indices) && value.indices.byteLength >= few;
}

/** The large sparse matrices of a problem, with what messages call them. */
function largeSparse(value: object, path = '', found = new Map<SparseMatrix, string>(), level = 0): typeof found {
  if (isLargeSparse(value)) return found.set(value, path);
  if (level === depth || ArrayBuffer.isView(value)) return found;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null || notRead.has(name)) continue;
    const place = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    largeSparse(member, place, found, level + 1);
  }
  return found;
}

/** Members whose arrays are written into, not read. */
const notRead = new Set(['callbacks']);

/** A value with copies in the places of arrays. Others' objects are left as they are: what is changed is an object of ours that derives from them. */
function withCopies(value: object, copies: ReadonlyMap<object, ArrayCopy>, level = 0): object {
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

/** Members that are the data of a problem, rather than what its answer without them is made of. */
const ofAnswers = /^(regression\.)?(x|A|matrices)\b/;
/** A member, true, of a problem that no array is looked at of where its solve is aborted before they are there. */
export const answersNothing = Symbol('answersNothing');

/**
 * Calls `use` with a problem, at once where it has little to copy; else with copies of the addon's own in the places of large arrays,
 * made in pieces between which other events are served, as are checks of sparse matrices. They are there while it runs. Where
 * `leave` aborts meanwhile the rest of the data is not copied: of members whose names match `isData`.
 */
export function withArrayCopies<T>(
  solvers: Solvers,
  problem: object,
  use: Use<T>,
  leave?: AbortSignal | undefined,
  isData = answersNothing in problem ? /^/ : ofAnswers,
): T | Promise<T> {
  return bytesIn(problem) < many ? use(problem, false) : inPieces(solvers, problem, use, leave, isData);
}

/** Lines of a sparse matrix that are checked in some milliseconds. */
function linesOfPiece({ offsets, indices }: SparseMatrix): number {
  const entries = 2e5;
  return Math.max(1, Math.floor((entries * offsets.length) / indices.length));
}

/** The addon's copy of an array of ours that does not change: made once, for all solves. */
class KeptCopy {
  copy: ArrayCopy | undefined;
  /** The array that it is made of, if that is another one. */
  readonly from: TypedArray | undefined;
  /** How many problems are being made ready with it. */
  users = 0;
  dropped = false;

  constructor(from?: TypedArray) {
    this.from = from;
  }

  dropUnlessUsed(solvers: Solvers): void {
    if (!this.dropped || this.users > 0 || !this.copy) return;
    solvers.dropCopy({ copy: this.copy });
    this.copy = undefined;
  }
}

const kept = new WeakMap<TypedArray, KeptCopy>();

/** Says of arrays that they do not change any more, so that a copy of each, once made, serves all solves. */
export function keepCopies(arrays: Iterable<TypedArray>): void {
  for (const array of arrays) kept.set(array, new KeptCopy());
}

/** Says of an array that is still to be filled with the numbers of another one that solves are to read these. */
export function keepCopyOf(from: TypedArray, array: TypedArray): void {
  kept.set(array, new KeptCopy(from));
}

/** Gives the memory of these copies back when no solve needs it, which else is held as long as the arrays are. */
export function dropCopies(solvers: Solvers, arrays: Iterable<TypedArray>): void {
  for (const array of arrays) {
    const ours = kept.get(array);
    kept.delete(array);
    if (!ours) continue;
    ours.dropped = true;
    ours.dropUnlessUsed(solvers);
  }
}

/** Waits for a promise, or until a signal aborts. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let listener = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    listener = resolve;
    signal.addEventListener('abort', listener);
  });
  await Promise.race([promise, aborted]);
  signal.removeEventListener('abort', listener);
}

/** Ends when the copies that are being made are handed over: the next ones find them, and of the same arrays there is one. */
let last: Promise<void> = Promise.resolve();

/** Waits until the copies before are handed over, or `leave` aborts; gives the function that ends this turn. */
async function ownTurn(leave: AbortSignal | undefined): Promise<() => void> {
  const before = last;
  let end = (): void => {};
  last = new Promise((resolve) => {
    end = resolve;
  });
  await (leave ? unlessAborted(before, leave) : before);
  return end;
}

/** Does pieces of work, as long as there is more. */
async function all(next: () => boolean, pause: ReturnType<typeof pauses>): Promise<void> {
  while (next()) {
    const due = pause();
    if (due) await due;
  }
}

/** The kept copies among those of arrays, which a problem is to be made ready with. */
function begin(arrays: Iterable<TypedArray>): Map<TypedArray, KeptCopy> {
  const shared = new Map<TypedArray, KeptCopy>();
  for (const array of arrays) {
    const ours = kept.get(array);
    if (!ours) continue;
    ++ours.users;
    shared.set(array, ours);
  }
  return shared;
}

/** Gives up copies that a problem was made ready with, but for those that are kept. */
function giveUp(
  solvers: Solvers,
  copies: ReadonlyMap<TypedArray, ArrayCopy>,
  shared: ReadonlyMap<TypedArray, KeptCopy>,
): void {
  for (const [array, copy] of copies) if (shared.get(array)?.copy !== copy) solvers.dropCopy({ copy });
  for (const ours of shared.values()) {
    --ours.users;
    ours.dropUnlessUsed(solvers);
  }
}

/** Checks the large sparse matrices of a problem in pieces, as far as their data are not left. */
async function checkSparse(
  solvers: Solvers,
  problem: object,
  copies: ReadonlyMap<TypedArray, ArrayCopy>,
  isLeft: (name: string) => boolean,
  pause: ReturnType<typeof pauses>,
): Promise<void> {
  for (const [matrix, name] of largeSparse(problem)) {
    const request = { matrix: withCopies(matrix, copies), name, lines: linesOfPiece(matrix) };
    let from = -request.lines;
    await all(() => {
      from += request.lines;
      return !isLeft(name) && solvers.checkCopies({ ...request, from });
    }, pause);
  }
}

async function inPieces<T>(
  solvers: Solvers,
  problem: object,
  use: Use<T>,
  leave: AbortSignal | undefined,
  isData: RegExp,
): Promise<T> {
  const arrays = largeArrays(problem);
  const copies = new Map<TypedArray, ArrayCopy>();
  const shared = begin(arrays.keys());
  const end = await ownTurn(leave);
  const pause = pauses();
  const isLeft = (name: string): boolean => (leave?.aborted ?? false) && isData.test(name);
  try {
    for (const [array, name] of arrays) {
      const ours = shared.get(array);
      const from = ours?.from ?? array;
      const copy = ours?.copy ?? solvers.beginCopy({ name, array: from });
      copies.set(array, copy);
      if (ours?.copy) continue;
      await all(() => !isLeft(name) && solvers.copyPiece({ copy, name, array: from, bytes: piece }), pause);
      if (ours && !isLeft(name)) ours.copy = copy;
    }
    const made = withCopies(problem, copies);
    await checkSparse(solvers, problem, copies, isLeft, pause);
    const left = [...arrays.values()].some(isLeft);
    for (const [array, name] of arrays) {
      if (isLeft(name) && !shared.get(array)?.copy) solvers.leaveCopy({ copy: copies.get(array) as ArrayCopy });
    }
    return use(made, left);
  } finally {
    giveUp(solvers, copies, shared);
    end();
  }
}
