// A kind of model: its members, what it has of functions, and how it is told from others.
import { rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import { withMethods } from '../core/methods.js';
import { type Member, readMembers, record, type Sizes, writeMembers } from './members.js';

export const format = 'nonconvex';
export const version = 1;

/** Members of all models as JSON. */
export interface ModelJson {
  format: typeof format;
  version: typeof version;
  kind: string;
  [member: string]: unknown;
}

/** A kind of model. */
export interface Kind<Model extends object = object> {
  readonly kind: string;
  /** Members in the order in which they are read: sizes are those of the first one that has them. */
  readonly members: Record<string, Member>;
  /** The members that make an object a model of this kind. */
  readonly marks: readonly string[];
  /** How many columns x has, of kinds that predict from rows of numbers and nothing else. */
  columns?(model: Model): number;
  /** Checks of several members together. @throws TypeError or RangeError that names the member. */
  check?(model: Model): void;
  /** Functions of models of this kind, which are no part of them where they are copied. */
  readonly functions: object;
}

/** The members of a model as JSON. */
export function writeModel({ kind, members }: Kind, model: object, prefix = ''): ModelJson {
  return { format, version, kind, ...writeMembers(prefix, members, model) };
}

/**
 * The model of JSON, which messages call `name`.
 * @throws TypeError or RangeError that names the member.
 */
export function readModel<Model extends object>(of: Kind<Model>, json: unknown, name = 'model'): Model {
  const given = record(name, json, ['format', 'version', 'kind', ...Object.keys(of.members)]);
  checkHead(given);
  if (given.kind !== of.kind) throw typeError(`kind = ${show(given.kind)}: expected '${of.kind}'`);
  const sizes: Sizes = new Map();
  const model = readMembers('', of.members, given, sizes) as Model;
  of.check?.(model);
  return withMethods(model, of.functions);
}

/** Checks what all models as JSON have. */
export function checkHead(given: Record<string, unknown>): void {
  if (given.format !== format) {
    throw typeError(`format = ${show(given.format)}: expected '${format}', as modelToJson(model) has it`);
  }
  if (given.version !== version) throw rangeError(`version = ${show(given.version)}: expected ${version}`);
}
