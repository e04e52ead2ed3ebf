// From a message to the function that solves it: every function of the families that solves, as src/generated/kinds.ts lists them.
import { typeError } from '../core/argumentError.js';
import { closest, show } from '../core/check.js';
import * as families from '../families.js';
import { makes, type SolveKind, solves } from '../generated/kinds.js';
import type { DataCache } from './data.js';
import { isMade, isReference } from './messages.js';
import { fromJson, type Json } from './values.js';

/** The arguments of a kind beside its problem: the settings of the message, and those of every call. */
export interface CallSettings {
  signal: AbortSignal;
  onProgress: (progress: object) => void;
  timeLimit?: number;
  [setting: string]: unknown;
}

/** Solves a problem; what it gives goes back as data. */
export type Kind = (problem: unknown, settings: CallSettings) => unknown;

type Function = (...given: unknown[]) => unknown;

function functionOf(name: string): Function {
  const [family = '', member = ''] = name.split('/');
  return (families as unknown as Record<string, Record<string, Function>>)[family]?.[member] as Function;
}

function kindOf(name: SolveKind): Kind {
  const { progress } = solves[name];
  const solve = functionOf(name);
  return (problem, { onProgress, ...others }) => solve(problem, progress ? { ...others, onProgress } : others);
}

/** All that the package solves. */
export const packageKinds: Readonly<Record<string, Kind>> = Object.fromEntries(
  (Object.keys(solves) as SolveKind[]).map((name) => [name, kindOf(name)]),
);

/** @throws TypeError that names the kinds there are */
export function kindNamed(name: string, kinds: Readonly<Record<string, Kind>>): Kind {
  const known = Object.keys(kinds);
  if (Object.hasOwn(kinds, name)) return kinds[name] as Kind;
  const meant = closest(name, known);
  const hint = meant === undefined ? '' : ` did you mean '${meant}'?`;
  throw typeError(`kind = ${show(name)}: this worker has none of that name;${hint} it has ${known.join(', ')}`);
}

/** The message that JSON stands for: with data in the place of references to them, and programs in that of their makers. */
export async function fromMessage(name: string, json: Json, data: DataCache, signal: AbortSignal): Promise<unknown> {
  const references: Record<string, unknown>[] = [];
  let makers = false;
  const plain = fromJson(json, (object) => {
    if (isReference(object)) references.push(object);
    makers ||= isMade(object);
    return object;
  });
  if (references.length === 0 && !makers) return plain;
  const read = await Promise.all(references.map((each) => data.get(name, each, signal)));
  // The same walk again meets the references in the same order.
  let next = 0;
  return fromJson(json, (object) => {
    if (isReference(object)) return read[next++];
    return isMade(object) ? made(name, object) : object;
  });
}

function made(name: string, { make, of }: Record<string, unknown>): unknown {
  if (makes.includes(make as string)) return functionOf(make as string)(...(of as unknown[]));
  throw typeError(`${name}.make = ${show(make)}: expected one of ${makes.join(', ')}`);
}
