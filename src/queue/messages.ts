// Messages to a worker and back.
import { createHash } from 'node:crypto';
import { rangeError, typeError } from '../core/argumentError.js';
import { checkMembers, checkNumber, checkObject, closest, isList, show } from '../core/check.js';
import { solves } from '../generated/kinds.js';
import { type Json, toJson } from './values.js';

/** Most bytes of a message, and of an answer in one. */
export const mostBytes = 65_536;

/** A place of data, which a worker reads and keeps for further jobs. It may stand for any value within `problem` or `settings`. */
export interface DataReference {
  /** A `file:` URL, or what the worker's `fetchData` knows. */
  href: string;
  /**
   * How they are read: `'libsvm'` gives `{ x, y }`, `'csv'` what readCsv gives, `'matrixMarket'`, `'npy'` a matrix, `'npz'` an object of
   * them, `'f64'` a Float64Array of the file's bytes (little endian), `'json'` what JSON says, `'nl'` the program of a .nl file.
   */
  format: DataFormat;
  /** Hash of the file, as hexadecimal digits: another file is refused. Data are kept by it where it is given, else by name, size and time. */
  sha256?: string | undefined;
  /** Rows [from, to) of matrices, and entries of vectors that have one for each row. Default: all. */
  rows?: readonly [from: number, to: number] | undefined;
  /** The member that is meant of what was read: `'y'` of a LIBSVM file. */
  member?: string | undefined;
  /** The options of the reader beside the path, such as `{ target: 'price' }` of a .csv file. */
  options?: object | undefined;
}

export const formats = ['libsvm', 'csv', 'matrixMarket', 'npy', 'npz', 'f64', 'json', 'nl'] as const;
export type DataFormat = (typeof formats)[number];

/** A program, which is no plain object, as the function that makes it and what that takes; a worker calls it. */
export interface MadeProgram {
  /** The subpath and the name in it, as `packageKinds` has them for solvers. */
  make: string;
  /** Its arguments. */
  of: readonly unknown[];
}

/** Members of every message. */
export interface MessageHead {
  /** The function that solves it: the subpath and the name in it, as in `packageKinds`, or a kind of the worker's own. */
  kind: string;
  /** Settings of the function that the kind names, which checks them. */
  settings?: object | undefined;
  /** Seconds, which end the solve as `settings.timeLimit` does. */
  timeLimit?: number | undefined;
  /** The place for the answer: `'inline'` (default), up to 64 kB in the queue; else a file of JSON that the worker writes. */
  result?: 'inline' | { href: string } | undefined;
}

/** A solve as data. */
export interface SolveJob extends MessageHead {
  /**
   * The arguments of the function before its settings, such as `{ mu, Sigma }` for a portfolio. Data references and made programs may stand in it
   * anywhere.
   */
  problem: unknown;
}

/** Many short solves of one kind in one message; the answer is an array of theirs. */
export interface SolveBatch extends MessageHead {
  problems: readonly unknown[];
}

/** A message as the queue has it. */
export interface Message {
  kind: string;
  problem?: Json;
  problems?: Json[];
  settings?: Json;
  timeLimit?: number;
  result?: { href: string };
}

const members = ['kind', 'problem', 'problems', 'settings', 'timeLimit', 'result'];

/** Refuses a kind of one of the package's families that the package does not have. Other kinds are those of a worker. */
function refuseUnknown(kind: string): void {
  const known = Object.keys(solves);
  const [family] = kind.split('/');
  if (known.includes(kind) || !known.some((each) => each.startsWith(`${family}/`))) return;
  const meant = closest(kind, known);
  throw rangeError(
    `kind = ${show(kind)}: the package has none of that name${meant ? `; did you mean '${meant}'?` : ''}`,
  );
}

/**
 * The message of a job, checked, and its text.
 * @throws TypeError or RangeError that names the member
 */
export function messageOfJob(job: SolveJob | SolveBatch): { message: Message; text: string } {
  checkMembers('job', checkObject('job', job), members, 'member');
  const { kind, settings, timeLimit, result = 'inline' } = job;
  const { problem, problems } = job as Partial<SolveJob & SolveBatch>;
  if (typeof kind !== 'string' || kind === '') {
    throw typeError(`kind = ${show(kind)}: expected a text such as ${show(Object.keys(solves)[0])}`);
  }
  refuseUnknown(kind);
  if ((problem === undefined) === (problems === undefined)) throw typeError('job: expected either problem or problems');
  if (problems !== undefined && (!isList(problems) || problems.length === 0)) {
    throw typeError(`problems = ${show(problems)}: expected an array of at least one problem`);
  }
  if (settings !== undefined) checkObject('settings', settings);
  const href = typeof result === 'object' ? result?.href : undefined;
  if (result !== 'inline' && typeof href !== 'string') {
    throw typeError(`result = ${show(result)}: expected 'inline' or { href }`);
  }
  const message = {
    kind,
    ...(problem !== undefined && { problem: toJson('problem', problem, 'refuse') as Json }),
    ...(problems !== undefined && { problems: toJson('problems', Array.from(problems), 'refuse') as Json[] }),
    ...(settings !== undefined && { settings: toJson('settings', settings, 'refuse') as Json }),
    ...(timeLimit !== undefined && { timeLimit: checkNumber('timeLimit', timeLimit, { lower: 0 }) }),
    ...(href !== undefined && { result: { href } }),
  };
  const text = JSON.stringify(message);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) {
    const such =
      "put data into files and { href, format } in their place, as { href: 'file:///data/a.libsvm', format: 'libsvm' }";
    throw rangeError(`the message has ${bytes} bytes, of which ${mostBytes} are allowed; ${such}`);
  }
  return { message, text };
}

/** An id that is the same for equal messages, so that asking twice is one job. Begins with a letter: BullMQ has whole numbers for its own. */
export function idOf(text: string): string {
  return `n${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

/** Returns true if an object is a reference to data. */
export function isReference(value: Record<string, unknown>): boolean {
  return typeof value.href === 'string' && typeof value.format === 'string';
}

/** Returns true if an object is a program to be made. */
export function isMade(value: Record<string, unknown>): boolean {
  return typeof value.make === 'string' && Array.isArray(value.of);
}
