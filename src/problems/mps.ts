// Linear and quadratic programs from .mps and .qps files.
import { checkBoolean, checkMembers } from '../core/check.js';
import { parseFile } from '../readers/file.js';
import { type MpsData, parseMps, type ReadMpsOptions } from '../readers/mps.js';
import { partsOf, type QuadraticProblem, QuadraticProgram } from './quadratic.js';

export type { ReadMpsOptions };

/** A linear or quadratic program read from an .mps or .qps file. */
export class MpsProgram extends QuadraticProgram {
  /** The name that the file gives the program; empty without one. */
  readonly name: string;
  /** The names of the columns, in the order of x. */
  readonly variableNames: readonly string[];
  /** The names of the rows but those of type N, in the order of c. */
  readonly constraintNames: readonly string[];
  /** The parts of the file that are left out, relaxed or set by a convention, such as '1 free row is left out'. */
  readonly notes: readonly string[];
  /** The data that {@link quadraticProgram} takes for this program, all rows as G x; -f where the file maximises. */
  readonly data: QuadraticProblem;
  readonly #maximize: boolean;

  /** @internal */
  constructor(read: MpsData) {
    const data = dataOf(read);
    super(partsOf(data));
    this.data = data;
    this.name = read.name;
    this.variableNames = read.columnNames;
    this.constraintNames = read.rowNames;
    this.notes = read.notes;
    this.#maximize = read.maximize;
  }

  override get sense(): 'minimize' | 'maximize' {
    return this.#maximize ? 'maximize' : 'minimize';
  }
}

/** A file's program as one that is minimised, without the members that say nothing. */
function dataOf({ maximize, Q, c, constant, G, atLeast, atMost, lower, upper }: MpsData): QuadraticProblem {
  const negated = (values: Float64Array): Float64Array => (maximize ? values.map((value) => 0 - value) : values);
  const bounded = lower.some(Number.isFinite) || upper.some(Number.isFinite);
  return {
    ...(Q && { Q: { ...Q, values: negated(Q.values) } }),
    c: negated(c),
    constant: maximize ? 0 - constant : constant,
    ...(G.rows > 0 && { G, atLeast, atMost }),
    ...(bounded && { lower, upper }),
  };
}

/**
 * A linear or quadratic program from an .mps or .qps file, plain or gzip, in the free or the fixed form, for {@link minimize}.
 *
 * ```ts
 * const program = await readMps('model.mps.gz');
 * const { x, multipliers, objective } = await minimize(program);
 * program.variableNames.forEach((name, j) => console.log(name, x[j]));
 * ```
 *
 * The objective is the first row of type N, or that of OBJNAME, plus 1/2 x^T Q x of QUADOBJ, QSECTION or QMATRIX, minus its entry in RHS. The
 * other rows are c, in the order of the file. Bounds are 0 and none unless BOUNDS has others. A maximisation is read as the minimisation
 * of -f (`sense`), and results have the sign of the file.
 *
 * @throws (rejects) {@link SolverError} `INVALID_FILE` for what is cut off or contradicts itself, `UNSUPPORTED` for integers unless they are to be
 * relaxed, semi-continuous columns, quadratic constraints, cones and sets: with the line; `OUT_OF_MEMORY` where what it holds needs more than
 * `maxBytes`. RangeError for more rows or columns than `maxRows` and `maxColumns`. The error of Node where the file cannot be read.
 */
export async function readMps(path: string | URL, options: ReadMpsOptions = {}): Promise<MpsProgram> {
  const known = ['relaxIntegers', 'signal', 'maxBytes', 'maxRows', 'maxColumns'];
  const { relaxIntegers, signal } = checkMembers('options', options, known, 'option');
  if (relaxIntegers !== undefined) checkBoolean('relaxIntegers', relaxIntegers);
  return new MpsProgram(await parseFile(path, signal, (name, chunks) => parseMps(name, chunks, options)));
}
