// Programs of .mps and .qps files: what each section means, which lines are refused, and what HiGHS reads of the same files.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkOptimality, minimize, type SparseMatrix } from '../../src/index.js';
import { type MpsProgram, quadraticProgram, type ReadMpsOptions, readMps } from '../../src/nlp/index.js';
import { parseMps } from '../../src/readers/mps.js';
import { dense, pieces, temporaryFolder } from '../readers/files.js';
import { hasHighs, highsPrograms } from '../reference/mps.js';
import { Chance } from '../torture/torture.js';
import { type Drawn, drawnMps, mpsText } from './mpsText.js';

const { write, writeGzip } = temporaryFolder();
const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: below } = Number;

const read = (text: string, options?: ReadMpsOptions): Promise<MpsProgram> =>
  readMps(write('model.mps', text), options);

/** A file of two columns x, y and rows r1 (L), r2 (G), r3 (E) with x + y each, and more sections. */
const withRows = (...more: string[]): string =>
  [
    ...['ROWS', ' N f', ' L r1', ' G r2', ' E r3', 'COLUMNS'],
    ...['x', 'y'].flatMap((name) => [` ${name} f 1 r1 1`, ` ${name} r2 1 r3 1`]),
    ...more,
    'ENDATA\n',
  ].join('\n');

/** A file that minimises a x + b y, with more sections. */
const withColumns = (a: number, b: number, ...more: string[]): string =>
  ['NAME two', 'ROWS', ' N f', 'COLUMNS', ` x f ${a}`, ` y f ${b}`, ...more, 'ENDATA\n'].join('\n');

const sidesOf = ({ data }: MpsProgram): number[][] =>
  Array.from(data.atLeast as Float64Array, (low, i) => [low, (data.atMost as Float64Array)[i] as number]);

const boundsOf = ({ data }: MpsProgram): number[][] =>
  Array.from((data.lower ?? []) as Float64Array, (low, j) => [low, (data.upper as Float64Array)[j] as number]);

const Q = ({ data }: MpsProgram): number[][] => dense(data.Q as SparseMatrix);

/** Linear: max 3 x + 2 y + 5, x + y <= 4, x + 3 y <= 9, x <= 3: x = 3, y = 1, objective 16. */
const production = `* a linear program
NAME          PRODUCT
OBJSENSE
    MAX
ROWS
 N  PROFIT
 L  HOURS
 L  STEEL
 N  NOTED
COLUMNS
    X         PROFIT             3.0   HOURS              1.0
    X         STEEL              1.0
    Y         PROFIT             2.0   HOURS              1.0
    Y         STEEL              3.0   NOTED              1.0
RHS
    RHS       HOURS              4.0   STEEL              9.0
    RHS       PROFIT            -5.0
BOUNDS
 UP BND       X                  3.0
ENDATA
`;

describe('a file', () => {
  it('of a linear program is solved with names, constant and sense', async () => {
    const program = await read(production);
    expect(program).toMatchObject({
      name: 'PRODUCT',
      n: 2,
      m: 2,
      sense: 'maximize',
      notes: ['1 free row is left out'],
    });
    expect(program.variableNames).toEqual(['X', 'Y']);
    expect(program.constraintNames).toEqual(['HOURS', 'STEEL']);
    const result = await minimize(program);
    expect(result.status).toBe('solved');
    expect(result.objective).toBeCloseTo(16, 7);
    expect(Array.from(result.x)).toEqual([expect.closeTo(3, 7), expect.closeTo(1, 7)]);
    // 3 = HOURS + bound of X, 2 = HOURS; what is maximised has multipliers of the other sign.
    expect(Array.from(result.multipliers)).toEqual([expect.closeTo(-2, 6), expect.closeTo(0, 6)]);
    expect(result.upperMultipliers[0]).toBeCloseTo(-1, 6);
    expect(result.certificate).toMatchObject({ kind: 'global', upperBound: expect.closeTo(16, 5) });
    expect(checkOptimality(program, result.x, result).ok).toBe(true);
  });

  it('of a quadratic program is what quadraticProgram makes of its data', async () => {
    const program = await read(
      withRows('RHS', ' s f -10 r1 3', ' s r2 1 r3 2', 'QUADOBJ', ' x x 2', ' y y 2').replaceAll(' r3 1', ' r3 2'),
    );
    const [one, other] = [await minimize(program), await minimize(quadraticProgram(program.data))];
    expect(one.status).toBe('solved');
    // x + y = 1: f = x^2 + y^2 + x + y + 10 is least at x = y = 1/2
    expect(one.objective).toBeCloseTo(11.5, 8);
    expect(Array.from(one.x)).toEqual([expect.closeTo(0.5, 7), expect.closeTo(0.5, 7)]);
    expect([other.objective, ...other.x]).toEqual([one.objective, ...one.x]);
  });

  it('is the same packed, with other ends of lines, with tabs, without the last end, and in whatever pieces', async () => {
    const { data } = await read(production);
    expect((await readMps(writeGzip('model.mps.gz', production))).data).toEqual(data);
    expect((await read(production.replaceAll('\n', '\r\n'))).data).toEqual(data);
    expect((await read(production.replaceAll(/(?<=\S) +/g, '\t').trimEnd())).data).toEqual(data);
    expect((await read(`\ufeff${production}`)).data).toEqual(data);
    const whole = await parseMps('a.mps', pieces(production, 1000), {});
    for (const size of [1, 7, 64]) expect(await parseMps('a.mps', pieces(production, size), {})).toEqual(whole);
  });

  it('in the fixed form has names with blanks', async () => {
    const program = await read(`NAME          two words
ROWS
 N  THE COST
 G  ROW 1
 L  ROW2
COLUMNS
    COL 1     THE COST           1.0   ROW 1              2.0
    COL 1     ROW2               1.0
    COL2      THE COST           1.5   ROW 1              1.0
RHS
    THE RHS   ROW 1              4.0   ROW2               1.5
              THE COST          -1.0
BOUNDS
 UP THE BND   COL 1              9.0
 MI THE BND   COL2
ENDATA
`);
    expect(program.variableNames).toEqual(['COL 1', 'COL2']);
    expect(program.constraintNames).toEqual(['ROW 1', 'ROW2']);
    expect(program.notes).toEqual(["RHS '' is left out, as another one is before it"]);
    expect(dense(program.data.G as SparseMatrix)).toEqual([
      [2, 1],
      [1, 0],
    ]);
    expect(sidesOf(program)).toEqual([
      [4, infinity],
      [below, 1.5],
    ]);
    expect(boundsOf(program)).toEqual([
      [0, 9],
      [below, infinity],
    ]);
  });

  it('without rows, bounds or an objective says nothing of them', async () => {
    const free = await read(withColumns(1, 2, 'BOUNDS', ' FR x', ' FR y', 'QUADOBJ', ' x x 1', ' y y 1'));
    expect(Object.keys(free.data)).toEqual(['Q', 'c', 'constant']);
    expect(Array.from((await minimize(free)).x)).toEqual([expect.closeTo(-1, 8), expect.closeTo(-2, 8)]);
    const feasible = await read('ROWS\n G r\nCOLUMNS\n x r 2\nRHS\n r 3\nENDATA\n');
    expect(feasible).toMatchObject({ name: '', n: 1, m: 1 });
    expect(Array.from(feasible.data.c as Float64Array)).toEqual([0]);
    expect((await minimize(feasible)).status).toBe('solved');
  });
});

describe('the objective', () => {
  it.each([
    ['OBJSENSE\n MAX', 'maximize'],
    ['OBJSENSE MAXIMIZE', 'maximize'],
    ['OBJSENSE\n    Maximum', 'maximize'],
    ['OBJSENSE\n MIN', 'minimize'],
    ['', 'minimize'],
  ])('%j: %s', async (section, sense) => {
    const program = await read(withColumns(1, 2, section));
    expect(program.sense).toBe(sense);
    expect(program.objective([1, 1])).toBe(sense === 'maximize' ? -3 : 3);
  });

  it('is the first row of type N, or that of OBJNAME', async () => {
    const text = 'ROWS\n N f\n N g\nCOLUMNS\n x f 1 g 2\nRHS\n f 5 g 7\nENDATA\n';
    const first = await read(text);
    expect([first.objective([1]), first.m]).toEqual([1 - 5, 0]);
    expect((await read(`OBJNAME\n g\n${text}`)).objective([1])).toBe(2 - 7);
    await expect(read(`OBJNAME\n h\n${text}`)).rejects.toThrow("OBJNAME 'h': there is no such row of type N");
  });

  it.each([
    ['QUADOBJ', [' x x 4', ' x y 1', ' y y 6']],
    ['QUADOBJ', [' x x 4 y 1', ' y y 6']],
    ['QSECTION f', [' x x 4', ' y x 1', ' y y 6']],
    ['QMATRIX', [' x x 4', ' y y 6', ' y x 1', ' x y 1']],
  ])('has a matrix by %s %j', async (section, lines) => {
    const program = await read(withColumns(0, 0, section, ...lines));
    expect(Q(program)).toEqual([
      [4, 1],
      [1, 6],
    ]);
    expect(program.objective([1, 2])).toBe(2 + 2 + 12);
  });
});

describe('RHS and RANGES', () => {
  it('are the sides of rows', async () => {
    const rhs = ['RHS', ' RHS r1 4 r2 1', ' RHS r3 2'];
    expect(sidesOf(await read(withRows()))).toEqual([
      [below, 0],
      [0, infinity],
      [0, 0],
    ]);
    expect(sidesOf(await read(withRows(...rhs)))).toEqual([
      [below, 4],
      [1, infinity],
      [2, 2],
    ]);
    const ranges = (...values: number[]) => ['RANGES', ...values.map((value, k) => ` RNG r${k + 1} ${value}`)];
    expect(sidesOf(await read(withRows(...rhs, ...ranges(2.5, 3, 1))))).toEqual([
      [1.5, 4],
      [1, 4],
      [2, 3],
    ]);
    expect(sidesOf(await read(withRows(...ranges(-2.5, -3, -1), ...rhs)))).toEqual([
      [1.5, 4],
      [1, 4],
      [1, 2],
    ]);
    expect(sidesOf(await read(withRows(...rhs, ...ranges(0, 0, 0))))).toEqual([
      [4, 4],
      [1, 1],
      [2, 2],
    ]);
  });

  it('may be none, from 1e19 on, and may lack the name of their set', async () => {
    const program = await read(withRows('RHS', ' r1 1e30 r2 -inf', ' r3 1', 'RANGES', ' r1 1e30'));
    expect(sidesOf(program)).toEqual([
      [below, infinity],
      [below, infinity],
      [1, 1],
    ]);
  });

  it('count in the first set alone', async () => {
    const program = await read(withRows('RHS', ' one r1 4', ' two r1 5', ' one r2 1', 'RANGES', ' two r2 1'));
    expect(sidesOf(program).slice(0, 2)).toEqual([
      [below, 4],
      [1, 2],
    ]);
    expect(program.notes).toEqual(["RHS 'two' is left out, as another one is before it"]);
  });
});

describe('BOUNDS', () => {
  it.each<[string, string[], number[]]>([
    ['none', [], [0, infinity]],
    ['UP', ['UP B x 4'], [0, 4]],
    ['UP below 0', ['UP B x -4'], [below, -4]],
    ['UP 0', ['UP B x 0'], [0, 0]],
    ['UP below 0, and a lower one behind it', ['UP B x -4', 'LO B x -5'], [-5, -4]],
    ['UP infinite', ['UP B x 1e30'], [0, infinity]],
    ['LO', ['LO B x -2.5'], [-2.5, infinity]],
    ['LO infinite', ['LO B x -Infinity'], [below, infinity]],
    ['FX', ['FX B x 3'], [3, 3]],
    ['FR', ['FR B x'], [below, infinity]],
    ['MI', ['MI B x'], [below, infinity]],
    ['MI and UP', ['MI B x', 'UP B x 4'], [below, 4]],
    ['PL', ['UP B x 4', 'PL B x'], [0, infinity]],
    ['without a set', ['FR x', 'UP x 4'], [below, 4]],
    ['FR with a number, which has no meaning', ['FR B x 7'], [below, infinity]],
    ['FR with a number, without a set', ['FR x 7'], [below, infinity]],
    ['another set', ['UP B x 4', 'LO C x 1'], [0, 4]],
  ])('%s', async (_, lines, bounds) => {
    const program = await read(withColumns(1, 1, 'BOUNDS', ' UP B y 9', ...lines.map((line) => ` ${line}`)));
    // A line without a set is of another set than the first line's.
    const own = lines.some((line) => /^\w\w x/.test(line))
      ? await read(withColumns(1, 1, 'BOUNDS', ...lines.map((line) => ` ${line}`)))
      : program;
    expect(boundsOf(own)[0]).toEqual(bounds);
    const opened = '1 column is free below, with an upper bound below 0 and no lower one in the file';
    expect(program.notes.includes(opened)).toBe(lines.join() === 'UP B x -4');
  });

  it('of integers are relaxed where that is asked for', async () => {
    const lines = [' BV B x', ' LI B y 2', ' UI B y 5'];
    const marked = withColumns(1, 2, 'BOUNDS', ' UP B y 5')
      .replace(' x f', " M1 'MARKER' 'INTORG'\n x f")
      .replace('BOUNDS', " M2 'MARKER' 'INTEND'\nBOUNDS");
    const own = await read(withColumns(1, 2, 'BOUNDS', ...lines), { relaxIntegers: true });
    expect(boundsOf(own)).toEqual([
      [0, 1],
      [2, 5],
    ]);
    expect(own.notes).toEqual(['2 integer columns are relaxed']);
    const columns = await read(marked, { relaxIntegers: true });
    expect(boundsOf(columns)).toEqual([
      [0, 1],
      [0, 5],
    ]);
    const hint =
      '; highs of npm solves integer programs; relaxIntegers takes integers for any numbers between their bounds';
    for (const [text, line] of [
      [withColumns(1, 2, 'BOUNDS', ...lines), 8],
      [marked, 6],
    ] as const) {
      await expect(read(text)).rejects.toMatchObject({
        name: 'SolverError',
        code: 'UNSUPPORTED',
        message: expect.stringContaining(`model.mps, line ${line}: column 'x': integers are not supported${hint}`),
      });
    }
  });
});

describe('an error names the file and the line', () => {
  it.each([
    [withColumns(1, 1).replace('ENDATA\n', ''), 7, 'ends without ENDATA, so that a part may be missing'],
    ['', 1, 'ends without ENDATA, so that a part may be missing'],
    ['NAME x\nROWS\n N f\nENDATA\n', 4, 'has no columns'],
    [' x f 1\n', 1, "'x f 1': expected the name of a section, from column 1 on"],
    ['ROWS\n N f\nCOLUMNS\nx f 1\n', 4, "'x': is no section, and lines of data begin with a blank"],
    ['NAME\nROWZ\n', 2, "'ROWZ': is no section, and lines of data begin with a blank; is ROWS meant?"],
    ['ROWS\n N f\n X g\n', 3, 'ROWS: expected N, L, G or E and the name of a row'],
    ['ROWS\n N f\n E f\n', 3, "row 'f': is there twice"],
    ['OBJSENSE\n LEAST\n', 2, "'LEAST': expected MIN or MAX"],
    [withColumns(1, 1, ' x f 2'), 7, "column 'x': goes on behind another column"],
    [withColumns(1, 1, ' y f 2'), 7, "column 'y': the objective is there twice"],
    [withRows(' y r3 2'), 11, "column 'y': row 'r3' is there twice"],
    [withColumns(1, 1, ' z g 2'), 7, "row 'g': is not in ROWS"],
    [withColumns(1, 1, ' z f'), 7, 'COLUMNS: expected the name of a column and one or two rows, each with a number'],
    [withColumns(1, 1, ' z f 1,5'), 7, "'f' '1,5': expected a number behind the name"],
    [withColumns(1, 1, ' z f 1e999'), 7, "'f' Infinity: expected a number below 1e19 in size"],
    [withRows('RHS', ' s r1 1', ' s r1 2'), 13, "row 'r1': is there twice"],
    [withRows('RHS', ' s r3 1e30'), 12, "'r3' 1e+30: expected a number below 1e19 in size"],
    [withRows('RHS', ' s r9 1'), 12, "row 'r9': is not in ROWS"],
    [withRows('RANGES', ' s f 1'), 12, "row 'f': is the objective, which has no range"],
    [withRows('BOUNDS', ' XX B x 1'), 12, "'XX': expected one of UP, LO, FX, FR, MI, PL, BV, LI, UI"],
    [withRows('BOUNDS', ' UP B z 1'), 12, "column 'z': is not in COLUMNS"],
    [withRows('BOUNDS', ' UP x'), 12, 'BOUNDS: expected UP, a column and a number'],
    [withRows('BOUNDS', ' LO B x 1e30'), 12, "'x' 1e+30: expected a number below 1e19 in size"],
    [withRows('BOUNDS', ' LO B x 2', ' UP B x 1'), 14, "column 'x': its sides are 2 and 1"],
    [withRows('QUADOBJ', ' x y 1', ' y x 1'), 13, "'y' 'x': is there twice; expected one triangle, each entry once"],
    [
      withRows('QMATRIX', ' x x 1', ' x y 1', ' y x 2'),
      14,
      "'y' 'x': has no equal one in the other triangle; expected both triangles, each entry once",
    ],
    [
      withRows('QMATRIX', ' y y 1', ' x y 1'),
      13,
      "'x' 'y': has no equal one in the other triangle; expected both triangles, each entry once",
    ],
    [
      withRows('QUADOBJ', ' x x 1', 'QMATRIX', ' y y 1'),
      13,
      'QMATRIX: expected no second section of the matrix of the objective',
    ],
  ])('%j', async (text, line, what) => {
    await expect(read(text)).rejects.toMatchObject({
      name: 'SolverError',
      code: 'INVALID_FILE',
      message: expect.stringMatching(new RegExp(`model\\.mps, line ${line}: ${what.replace(/[.+*?()[\]]/g, '\\$&')}$`)),
    });
  });

  it.each([
    [withRows('QSECTION r1', ' x x 1'), 11, "QSECTION 'r1': quadratic constraints are not supported"],
    [withRows('QCMATRIX r1', ' x x 1'), 11, 'QCMATRIX: quadratic constraints are not supported'],
    [withRows('SOS', ' S1 a 1'), 11, 'SOS: special ordered sets are not supported'],
    [withRows('CSECTION c 0 QUAD', ' x'), 11, 'CSECTION: cones are not supported'],
    [withRows('BOUNDS', ' SC B x 4'), 12, "column 'x': semi-continuous columns are not supported"],
  ])('%j', async (text, line, what) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining(`model.mps, line ${line}: ${what}`),
    });
  });

  it('or the option', async () => {
    await expect(read(production, { maxRows: 2 })).rejects.toThrow(/model\.mps, line 9: more rows than maxRows = 2/);
    await expect(read(production, { maxColumns: 1 })).rejects.toThrow(/line 13: more columns than maxColumns = 1/);
    await expect(read(production, { relaxIntegers: 1 as never })).rejects.toThrow(
      'relaxIntegers = 1: expected a boolean',
    );
    await expect(read(production, { maxBytes: 300 })).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    await expect(read(production, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});

it('a message of a solve has the names', async () => {
  const { status, message } = await minimize(await read(withRows('RHS', ' s r1 1 r2 2')));
  expect(status).toBe('infeasible');
  expect(message).toMatch(/\(r[12]\)/);
});

/** The entries of a matrix that is given by columns. */
const byColumns = (
  { offsets, indices, values }: { offsets: number[]; indices: number[]; values: number[] },
  rows: number,
): number[][] =>
  dense({
    ...{ format: 'csc', rows, columns: offsets.length - 1 },
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  });

describe.runIf(hasHighs())('HiGHS', () => {
  it('reads the same of files that are drawn, and finds the same value', async () => {
    const drawn: Drawn[] = Array.from({ length: 40 }, (_, k) => drawnMps(new Chance(100 + k)));
    const paths = drawn.map(({ text }, k) => write(`drawn${k}.mps`, text));
    const theirs = highsPrograms(paths);
    let compared = 0;
    for (const [k, path] of paths.entries()) {
      const program = await readMps(path, { relaxIntegers: true });
      const { data } = program;
      const their = theirs[k] as (typeof theirs)[number];
      const sign = their.maximize ? -1 : 1;
      const plus = (value: number) => 0 + sign * value;
      const { n, m } = program;
      expect({
        ...{ maximize: program.sense === 'maximize', constant: plus(data.constant as number) },
        ...{ c: Array.from(data.c as Float64Array, plus), names: [program.variableNames, program.constraintNames] },
        bounds: boundsOf(program),
        sides: m > 0 ? sidesOf(program) : [],
        G: m > 0 ? dense(data.G as SparseMatrix) : [],
      }).toEqual({
        ...{ maximize: their.maximize, constant: plus(sign * their.constant), c: their.c.map((value) => 0 + value) },
        names: [their.columnNames, their.rowNames],
        bounds:
          boundsOf(program).length === 0 ? [] : their.lower.map((low, j) => [low ?? below, their.upper[j] ?? infinity]),
        sides: their.atLeast.map((low, i) => [low ?? below, their.atMost[i] ?? infinity]),
        G: m > 0 ? byColumns(their.G, m) : [],
      });
      if (data.Q && their.Q) {
        const lower = Q(program).map((row, i) => row.map((value, j) => (i >= j ? plus(value) : 0)));
        expect(lower).toEqual(byColumns(their.Q, n));
      }
      const { status, objective } = await minimize(program);
      if (their.value === null) continue;
      ++compared;
      expect(status).toBe('solved');
      expect(Math.abs(objective - their.value)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(their.value)));
    }
    expect(compared).toBeGreaterThan(15);
  });
});

const shared = fileURLToPath(new URL('../../../shared/problems/qp/', import.meta.url));
const given = existsSync(shared) ? readdirSync(shared).filter((file) => file === 'read.mjs') : [];
if (given.length === 0) console.warn('skipped: programs of Maros and Meszaros, as ../shared/problems/qp is not there');

it.runIf(given.length > 0)('programs of Maros and Meszaros are read as they were written, every bit', async () => {
  const { names, readProblem } = await import(`${shared}read.mjs`);
  const small = (name: string) => ({ name, ...readProblem(name) });
  const chosen = (names() as string[]).map(small).filter(({ n, nnzG, nnzQ }) => n + nnzG + nnzQ < 5000);
  expect(chosen.length).toBeGreaterThan(20);
  for (const { name, problem } of chosen) {
    const { data } = await readMps(writeGzip(`${name}.qps.gz`, mpsText(name, problem)));
    const table = (matrix?: SparseMatrix) => matrix && entriesOf(matrix);
    expect(table(data.Q as SparseMatrix)).toEqual(table(problem.Q.values.length > 0 ? problem.Q : undefined));
    expect(table(data.G as SparseMatrix)).toEqual(table(problem.G));
    expect([data.c, data.atLeast, data.atMost]).toEqual([problem.c, problem.atLeast, problem.atMost]);
    const free =
      problem.lower.every((low: number) => low === below) && problem.upper.every((up: number) => up === infinity);
    expect([data.lower, data.upper]).toEqual(free ? [undefined, undefined] : [problem.lower, problem.upper]);
  }
});

/** The entries in the order of rows and columns. */
function entriesOf({ format, offsets, indices, values }: SparseMatrix): number[][] {
  const entries: number[][] = [];
  for (let major = 0; major + 1 < offsets.length; ++major) {
    for (let k = offsets[major] as number; k < (offsets[major + 1] as number); ++k) {
      const minor = indices[k] as number;
      entries.push(format === 'csr' ? [major, minor, values[k] as number] : [minor, major, values[k] as number]);
    }
  }
  return entries.sort(([i = 0, j = 0], [k = 0, l = 0]) => i - k || j - l);
}
