// Exports of native/binding/addon.cpp.

import type { CertificateKind, Progress, Status } from '../generated/solve.js';
import type { Bounds } from './bounds.js';
import { SolverError } from './error.js';
import { loadAddon, loadCudaAddon, type Addon as Untyped } from './loader.js';
import type { Matrix, SparseMatrix } from './matrix.js';
import type { Packed } from './packed.js';

/** Members that both addons have. */
export interface Solvers {
  readonly version: string;
  schema(): Schema;
  /** Workers that solves are shared out over. */
  threads(): number;
  /** The processors that its own functions and those of the BLAS are compiled for, of the versions that run here. */
  kernels(): { own: string; blas?: string };
  /** Throws on settings and shapes that are wrong; all else rejects the promise. `number`: one that no other solve has. */
  solve(
    solver: string,
    problem: object,
    settings: object,
    onProgress: ((progress: Progress) => void) | undefined,
    aborted: boolean,
    number: number,
  ): Promise<Packed>;
  /** Aborts the solve of that number, unless it has ended. */
  abort(number: number): void;
  /** The shape of results that begin with this number. */
  shapeOf(number: number): string;
  /** Throws `OUT_OF_MEMORY`, "subject 20 MB, of which 10 MB are available", where these bytes are not there. */
  requireMemory(request: { bytes: number; subject: string }): void;
  /** A copy to be made by `copyPiece`, which this addon then takes in the place of the array, which messages call `name`. */
  beginCopy(request: { name: string; array: ArrayBufferView }): ArrayCopy;
  /** Returns true if there is more to copy. Throws where the array was transferred or shrunk. */
  copyPiece(request: { copy: ArrayCopy; name: string; array: ArrayBufferView; bytes: number }): boolean;
  /** Ends a copy that is not whole, where the solve that was to read it is aborted: one that {@link answersUnread}. */
  leaveCopy(request: { copy: ArrayCopy }): void;
  /** Checks lines of a sparse matrix of copies, called `name` in messages; returns true if there are more. After the last, solves check nothing again. */
  checkCopies(request: { matrix: object; name: string; from: number; lines: number }): boolean;
  /** Gives the memory back, unless solves have the copy. */
  dropCopy(request: { copy: ArrayCopy }): void;
  /** Handles are for solves of the addon that has made them. */
  compile(model: ModelRequest): ProgramHandle;
  compileRegression(problem: RegressionRequest): ProgramHandle;
  compileQuadratic(problem: QuadraticRequest): ProgramHandle;
  /** The data of rows, for programs of `compileRows`. */
  rowTable(request: { rows: number; columns: { name: string; values: Matrix | SparseMatrix }[] }): RowTableHandle;
  compileRows(model: RowModelRequest): ProgramHandle;
}

/** Exports of cuda/addon.cpp. */
export interface CudaAddon extends Solvers {
  /** A job for a list of {@link CudaDevice}. Rejects where there is none, with a sentence for why. */
  devices(): Job;
}

export interface CudaDevice {
  name: string;
  memory: number;
  freeMemory: number;
  computeCapability: string;
  usable: boolean;
  reason?: string;
}

export interface Addon extends Solvers {
  /** Counts a solve of this thread, and how it ended. */
  solveBegan(): void;
  solveEnded(how: string, seconds: number): void;
  /** The counts of all threads. */
  solveCounts(): { open: number; ended: Record<string, number>; seconds: number };
  /** The ranks of an MPI job by the shim of that path; without one, one rank. */
  openWorld(request: { path?: string; peerTimeout?: number; kernels?: string }): {
    rank: number;
    size: number;
    handle: object;
  };
  /** Ends this rank's part of the job, or with another exit status than 0 the job. */
  leaveWorld(request: { code: number }): void;
  /** Bytes of this rank's messages so far. */
  bytesOfRanks(request: { ranks: object }): number;
  reluPredict(network: object, input: { x: Matrix }): Float64Array;
  patchFeatures(layer: object, input: { x: Matrix }): Float64Array;
  compileControl(problem: { side: number; target: Float64Array; weight: number; source: Float64Array }): ProgramHandle;
  /** Numbers of all operations in a serialised graph, by name. */
  operators(): Record<string, number>;
  /** The point where solves begin of a program that computes it: {@link RegressionRequest}. */
  startOf(request: ProgramRequest): Float64Array;
  evaluate(request: EvaluationRequest): number | Float64Array | SparseMatrix;
  /** Gives { closed, each }: the constraints of the program, and for each of its tables the outputs of its rows. */
  evaluateRows(request: ProgramRequest & { x: Float64Array }): Job;
  readNl(request: ReadNlRequest): Job;
  /** Gives a {@link PreparedHandle} of a convex quadratic program. Its bounds and sides come with each solve. */
  prepareQuadratic(request: ProgramRequest): Job;
  solvePrepared(request: PreparedRequest): PreparedAnswer;
  /** Gives { x }: the numbers Q^-1 b for each row b of B. */
  solvePositiveDefinite(request: { Q: Matrix; B: Matrix }): Job;
  writeNl(request: WriteNlRequest): Job;
  /** Throws where offsets and indices do not fit together; errors call the matrix `name`. */
  checkSparse(name: string, matrix: SparseMatrix): void;
  /** The matrix by its other lines. */
  transposeStorage(matrix: SparseMatrix): SparseMatrix;
}

/** A copy of an array in the memory of an addon, opaque. */
export type ArrayCopy = object & { readonly __arrayCopy: never };

/** A compiled model, opaque. */
export type ProgramHandle = object & { readonly __programHandle: never };

/** A prepared quadratic program, opaque. */
export type PreparedHandle = object & { readonly __preparedHandle: never };

/** The vectors of a prepared program min 1/2 x^T Q x + c^T x subject to constraintsLower <= G x <= constraintsUpper, lower <= x <= upper. */
export interface PreparedRequest {
  prepared: PreparedHandle;
  c: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  constraintsLower: Float64Array;
  constraintsUpper: Float64Array;
  tolerance: number;
  timeLimit: number;
}

export interface PreparedAnswer {
  status: Status;
  message: string;
  objective?: number;
  iterations: number;
  x: Float64Array;
  multipliers: Float64Array;
  /** > 0 at an upper bound. */
  boundMultipliers: Float64Array;
}

/** Data by rows in an addon, opaque. */
export type RowTableHandle = object & { readonly __rowTable: never };

/** Expressions as the arrays that native/expressions/graph.hpp describes. */
export interface SerializedGraph {
  code: Int32Array;
  numbers: Float64Array;
  matrices: (Matrix | SparseMatrix)[];
  /** The node of f; -1 where there is none. */
  objective: number;
  /** Nodes whose entries are c. */
  constraints: Int32Array;
}

export interface ModelRequest extends SerializedGraph {
  n: number;
  parameters: Float64Array;
  /** True if the first solve is to read the graph and its matrices. */
  unread?: true | undefined;
}

export interface RegressionRequest {
  loss: string;
  x: Matrix | SparseMatrix;
  y: Float64Array;
  weights: Float64Array;
  offset?: Float64Array | undefined;
  ridge: Float64Array;
  /** Ranks that have the other rows; then `weights` are not normalised. */
  ranks?: object | undefined;
  /** All equations. Of those A x = b and ||x||^2 = squaredNorm a solve says what is wrong with them. */
  constraints?: ProgramHandle | undefined;
  /** Looked at where there are constraints: the first solve moves it to where they hold as equations. Default: no solve does. */
  start?: Float64Array | undefined;
  A?: Matrix | SparseMatrix | undefined;
  b?: Float64Array | undefined;
  squaredNorm?: number | undefined;
  /** True if the numbers of a dense `x` are still to be looked at, which the first solve does. */
  unchecked?: true | undefined;
}

export interface QuadraticRequest {
  /** A symmetric matrix, whose upper triangle is read. */
  Q: Matrix | SparseMatrix;
  linear: Float64Array;
  /** A number that is added to the objective. */
  constant: number;
  A?: Matrix | SparseMatrix | undefined;
  b?: Float64Array | undefined;
  /** Constraints G x after those of A x - b. */
  G?: Matrix | SparseMatrix | undefined;
  /** True if the first solve is to read the matrices, and to look whether numbers are finite and Q is symmetric. */
  unchecked?: true | undefined;
}

/** A model with sums over rows, in the parts that native/expressions/rows/row_model.hpp describes. */
export interface RowModelRequest {
  n: number;
  sums: number;
  parameters: Float64Array;
  outer: SerializedGraph;
  shared: SerializedGraph;
  formulas: (SerializedGraph & { outputs: Int32Array })[];
  /** Kind, table, output, first number and size of each closing. */
  closings: Int32Array;
  /** The variables in the order of x; of a vector `columns` is 1. */
  blocks: { name: string; offset: number; rows: number; columns: number }[];
}

/** A program, with the parameters of a compiled model. */
export interface ProgramRequest {
  program: ProgramHandle;
  parameters?: Float64Array;
  /** The data of a model with sums over rows. */
  tables?: RowTableHandle[];
  /** Ranks that have other rows of its data. */
  ranks?: object | undefined;
  /** Prepared program, of which this one has other vectors. */
  prepared?: PreparedHandle;
}

/** A question about a program, or about `callbacks` as a solve takes them, which are then called on this thread. */
export interface EvaluationRequest extends Partial<ProgramRequest> {
  callbacks?: object;
  what:
    | 'objective'
    | 'gradient'
    | 'constraints'
    | 'jacobian'
    | 'hessian'
    | 'jacobianProduct'
    | 'jacobianTransposedProduct'
    | 'hessianProduct';
  x: Float64Array;
  multipliers?: Float64Array;
  sigma?: number;
  vector?: Float64Array;
}

export interface ReadNlRequest {
  path: string;
  /** Which objective counts, from 1; 0: none. */
  objective: number;
  relaxIntegers: boolean;
  /** Most bytes of the file. Default: a tenth of the memory that is available. */
  maxBytes?: number | undefined;
}

export interface WriteNlRequest extends Bounds {
  program: ProgramHandle;
  path: string;
  start: Float64Array;
  /** Places in x of the integer variables, in increasing order. */
  integers: Int32Array;
  /** True if the negative of the graph's objective is written, to be maximised. */
  maximise: boolean;
  multipliers?: Float64Array | undefined;
  lowerMultipliers?: Float64Array | undefined;
  upperMultipliers?: Float64Array | undefined;
  variableNames: readonly string[];
  constraintNames: readonly string[];
}

export interface Job {
  promise: Promise<unknown>;
}

/** The addon's description of its solvers; scripts/types.mjs makes types and tables of it. */
export interface Schema {
  /** How a solve may end, each with what the docs say of it. */
  statuses: { name: string; doc: string }[];
  /** Kinds of certificates, each with what the docs say of it. */
  kinds: { name: string; doc: string }[];
  /** Members of a certificate. */
  certificate: ResultSchema[];
  /** The settings that every solver has. */
  limits: SettingSchema[];
  /** Members of every report. */
  progress: ResultSchema[];
  /** Members of every result. */
  result: ResultSchema[];
  /** The description of each solver, by its name. */
  solvers: Record<string, SolverSchema>;
}

/** A member of a problem: its type, sizes by name and what is expected of its numbers. */
export interface InputSchema {
  name: string;
  doc: string;
  /** The name of a type, the names of an enumeration, or the members of an object or of each object of a list. */
  type: string | string[] | { fields?: InputSchema[]; items?: InputSchema[] };
  optional: boolean;
  /** The size that a matrix has as rows, an array as length, a number as its value. */
  rows?: string;
  columns?: string;
  /** A size that the length is multiplied by. */
  times?: string;
  /** A size that indices are smaller than. */
  below?: string;
  /** Entries beside those of `rows`, or columns beside `columns`. */
  more: number;
  distinct: boolean;
  /** Offsets from 0 to `below`. */
  rising: boolean;
  falling: boolean;
  lower: number;
  upper: number;
  openLower: boolean;
  openUpper: boolean;
}

export interface SolverSchema {
  /** The family that it is one of several solvers of; absent where it is the only one and has the family's name. */
  family?: string;
  /** The members of a problem, as far as a table has them. */
  problem: InputSchema[];
  /** True if a problem has more members, such as functions. */
  readsMore: boolean;
  /** The limits, with the solver's own defaults, and then its own settings. */
  settings: SettingSchema[];
  /** The settings that belong to each method; absent where there are none. */
  choices?: ChoiceSchema[];
  /** Members of the settings that are part of its problem. */
  members: string[];
  /** True if an aborted solve needs no data: no large ones are copied any more. */
  answersUnread?: true;
  /** Members of a result beside those of all results and reports. */
  result: ResultSchema[];
  /** Claims about answers: functions that make them, kinds beside `none`, and the points and sizes that bounds are about. */
  claims: Claims;
  /** Members of a report, and so of a result, beside those of all reports. */
  progress: ResultSchema[];
}

/** A name that a setting may have, and the settings that are read with it alone. */
export interface ChoiceSchema {
  setting: string;
  name: string;
  settings: string[];
}

export interface Claims {
  verbs: string[];
  kinds: CertificateKind[];
  over: { name: string; meaning: string }[];
  /** Empty: there is no lower bound. */
  gapScale: string;
  remark: string;
}

export interface ResultSchema {
  name: string;
  doc: string;
  /** 'number', 'boolean', 'string', 'Float64Array', 'Int32Array', 'Matrix', 'Report[]', 'Certificate' or 'Certificate[]'; an array lists the names of an enumeration. */
  type: string | string[] | { fields: ResultSchema[] } | { items: ResultSchema[] };
  /** Absent where it is not known. */
  optional: boolean;
  /** A column of the table that `verbose: true` prints, with a number of digits behind the point. */
  column?: { title: string; digits: number };
}

export interface SettingSchema {
  name: string;
  doc: string;
  /** Completes "Change it when ...", or is 'for experts'. */
  when?: string;
  /** An array lists the names of an enumeration. */
  type: 'number' | 'integer' | 'boolean' | string[];
  /** Absent: the solver chooses, as `defaultText` says. */
  default?: number | boolean | string;
  defaultText?: string;
  lower?: number;
  upper?: number;
  openLower?: boolean;
  openUpper?: boolean;
}

/** @throws SolverError `DEVICE_UNAVAILABLE` if there is none, or one that was built for another version. */
export function cudaAddon(): CudaAddon {
  const loaded: Untyped = loadCudaAddon();
  const { version } = addon();
  if (loaded.version !== version) {
    const sentence = `the CUDA addon is of version ${loaded.version}, but this package of ${version}`;
    throw new SolverError('DEVICE_UNAVAILABLE', sentence);
  }
  return loaded as unknown as CudaAddon;
}

export function addon(): Addon {
  const loaded: Untyped = loadAddon();
  return loaded as unknown as Addon;
}

let schema: Schema | undefined;

/** The addon's description of its solvers, asked for once. */
function declared(): Schema {
  schema ??= addon().schema();
  return schema;
}

/** The choices of a solver that settings belong to. */
export function choicesOf(solver: string): readonly ChoiceSchema[] {
  return declared().solvers[solver]?.choices ?? [];
}

/** The names that the settings of a solver may have, beside those of every call and of choices. */
export function settingNames(solver: string): readonly string[] {
  const ofChoices = new Set(choicesOf(solver).flatMap(({ settings }) => settings));
  return nativeNames(solver).filter((name) => !ofChoices.has(name));
}

/** The names that the addon takes for settings of a solver. */
export function nativeNames(solver: string): readonly string[] {
  const { settings, members } = declared().solvers[solver] ?? { settings: [], members: [] };
  return [...settings.map(({ name }) => name), ...members];
}

/** Returns true if a solve that is aborted while its data are copied has an answer without them. */
export function answersUnread(solver: string): boolean {
  return declared().solvers[solver]?.answersUnread ?? false;
}

/** The names that a setting of a solver may have for its value. */
export function namesOfSetting(solver: string, name: string): readonly string[] {
  const type = declared().solvers[solver]?.settings.find((setting) => setting.name === name)?.type;
  return Array.isArray(type) ? type : [];
}

/** The default of a setting of a solver, unless the solver chooses. */
export const defaultOfSetting = (solver: string, name: string): SettingSchema['default'] =>
  declared().solvers[solver]?.settings.find((setting) => setting.name === name)?.default;

/** The members of a solver's reports that have a column in a table; without a solver, those of all reports. */
export function columnsOf(solver?: string): readonly (ResultSchema & Required<Pick<ResultSchema, 'column'>>)[] {
  const { progress, solvers } = declared();
  const members = [...progress, ...(solver === undefined ? [] : (solvers[solver]?.progress ?? []))];
  return members.flatMap((member) => (member.column ? [{ ...member, column: member.column }] : []));
}
