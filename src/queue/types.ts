// The types of jobs: for each kind its problem, its settings and its result.
import type * as families from '../families.js';
import type { SolveKind } from '../generated/kinds.js';
import type { DataReference, MadeProgram, MessageHead } from './messages.js';

/** The problem, the settings and the result of a kind. */
export interface KindTypes {
  problem: unknown;
  settings: object;
  result: unknown;
}

/** The function that a kind names. */
type FunctionOf<Name extends string> = Name extends `${infer Family extends keyof typeof families}/${infer Member}`
  ? Member extends keyof (typeof families)[Family]
    ? Extract<(typeof families)[Family][Member], (problem: never, settings: never) => Promise<unknown>>
    : never
  : never;

/** The members of a result that are data. */
type Data<Result> = Result extends object
  ? { [Key in keyof Result as Result[Key] extends (...given: never[]) => unknown ? never : Key]: Result[Key] }
  : Result;

/** The types of a function's problem, settings and result, as messages have them. */
interface TypesOf<Solve extends (problem: never, settings: never) => Promise<unknown>> {
  problem: Parameters<Solve>[0];
  settings: Omit<NonNullable<Parameters<Solve>[1]>, 'signal' | 'onProgress' | 'verbose'>;
  result: Data<Awaited<ReturnType<Solve>>>;
}

/** The types of all kinds of the package. Add those of your workers: `new SolveQueue<PackageKinds & { 'my/kind': ... }>`. */
export type PackageKinds = { [Name in SolveKind]: TypesOf<FunctionOf<Name>> };

/** A value that may also be a reference to data, or a program as the function that makes it; so may what is within it. */
export type Referable<Value> =
  | Value
  | DataReference
  | MadeProgram
  | (Value extends readonly unknown[] | ArrayBufferView | ((...given: never[]) => unknown)
      ? never
      : Value extends object
        ? { [Key in keyof Value]: Referable<Value[Key]> }
        : never);

/** The types of all kinds that a queue has jobs of, by name. */
export type KindMap<Kinds> = { [Name in keyof Kinds]: KindTypes };

type ProblemOf<Kinds extends KindMap<Kinds>, Name extends keyof Kinds> = Referable<Kinds[Name]['problem']>;

/** The members of a message of this kind. */
interface HeadOf<Kinds extends KindMap<Kinds>, Name extends keyof Kinds & string> extends MessageHead {
  kind: Name;
  settings?: Referable<Kinds[Name]['settings']> | undefined;
}

/** A {@link SolveJob} of a kind. */
export interface JobOf<Kinds extends KindMap<Kinds>, Name extends keyof Kinds & string> extends HeadOf<Kinds, Name> {
  problem: ProblemOf<Kinds, Name>;
}

/** A {@link SolveBatch} of a kind. */
export interface BatchOf<Kinds extends KindMap<Kinds>, Name extends keyof Kinds & string> extends HeadOf<Kinds, Name> {
  problems: readonly ProblemOf<Kinds, Name>[];
}

declare const answer: unique symbol;

/** The id of a job, a text, whose type knows that of the answer. */
export type JobId<Answer> = string & { readonly [answer]?: Answer };

/** Kinds of any name, whose problems, settings and results are not known. */
export type AnyKinds = Record<string, KindTypes>;
