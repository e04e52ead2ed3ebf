// Files of .mps: of a program in the form of `quadraticProgram`, and of one that is drawn with all that sections may have.
import type { SparseMatrix } from '../../src/index.js';
import type { Chance } from '../torture/torture.js';

interface Stated {
  Q: SparseMatrix;
  c: Float64Array;
  G?: SparseMatrix;
  atLeast?: Float64Array;
  atMost?: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
}

/** The program as a file. Sides become a range only where their difference gives the other one back; a second row has it elsewhere. */
export function mpsText(name: string, { Q, c, G, atLeast, atMost, lower, upper }: Stated): string {
  const rows: string[] = [];
  const [right, ranges]: string[][] = [[], []];
  for (let i = 0; i < (G?.rows ?? 0); ++i) {
    const [low, high] = [atLeast?.[i] as number, atMost?.[i] as number];
    const type =
      low === high ? 'E' : low > Number.NEGATIVE_INFINITY ? 'G' : high < Number.POSITIVE_INFINITY ? 'L' : 'G';
    rows.push(` ${type} R${i}`);
    right?.push(` RHS R${i} ${type === 'L' ? high : low}`);
    if (type === 'G' && high < Number.POSITIVE_INFINITY) ranges?.push(` RNG R${i} ${high - low}`);
  }
  const columns: string[][] = Array.from(c, (value, j) => [` C${j} COST ${value}`]);
  for (let i = 0; G && i < G.rows; ++i) {
    for (let k = G.offsets[i] as number; k < (G.offsets[i + 1] as number); ++k)
      columns[G.indices[k] as number]?.push(` C${G.indices[k]} R${i} ${G.values[k]}`);
  }
  const bounds = Array.from(lower, (low, j) => [
    low === Number.NEGATIVE_INFINITY ? ` MI B C${j}` : ` LO B C${j} ${low}`,
    ...((upper[j] as number) < Number.POSITIVE_INFINITY ? [` UP B C${j} ${upper[j]}`] : []),
  ]);
  const quadratic: string[] = [];
  for (let j = 0; j < Q.columns; ++j) {
    for (let k = Q.offsets[j] as number; k < (Q.offsets[j + 1] as number); ++k)
      if ((Q.indices[k] as number) >= j) quadratic.push(` C${j} C${Q.indices[k]} ${Q.values[k]}`);
  }
  const sections = ['ROWS', ' N COST', ...rows, 'COLUMNS', ...columns.flat(), 'RHS', ...(right ?? [])];
  const further = ['RANGES', ...(ranges ?? []), 'BOUNDS', ...bounds.flat(), 'QUADOBJ', ...quadratic];
  return [`NAME ${name}`, ...sections, ...further, 'ENDATA\n'].join('\n');
}

export interface Drawn {
  text: string;
}

/** A convex program in the free or the fixed form, with sections and bounds of all kinds. */
export function drawnMps(chance: Chance): Drawn {
  const [n, m] = [1 + chance.below(6), chance.below(6)];
  const maximize = chance.below(3) === 0;
  const number = () => chance.of([1, -1, 2.5, -0.25, 3, 1e-3, 12.125]);
  const line = (...words: (string | number)[]): string => ` ${words.join(' ')}`;
  const rows = Array.from({ length: m }, (_, i) => [chance.of(['L', 'G', 'E']), `row${i}`] as const);
  const columns = Array.from({ length: n }, (_, j) => {
    const entries: [string, number][] = rows.filter(() => chance.below(2) === 0).map(([, name]) => [name, number()]);
    entries.push(['cost', number()]);
    const half = Math.ceil(entries.length / 2);
    const pairs = entries.slice(0, half).map((entry, k) => [entry, entries[half + k]] as const);
    return pairs.map(([first, second]) => line(`col${j}`, ...first, ...(second ?? [])));
  });
  const right = [...rows.map(([, name]) => name), 'cost'].filter(() => chance.below(2) === 0);
  const ranges = rows.filter(() => chance.below(3) === 0).map(([, name]) => line('rng', name, number()));
  const bounds = Array.from({ length: n }, (_, j) =>
    chance
      .of([
        ['UP b 4'],
        ['LO b -3', 'UP b 3'],
        ['FX b 1.5'],
        ['MI b', 'UP b 2'],
        ['MI b', 'UP b -2'],
        ['FR b'],
        ['BV b'],
        [],
      ])
      .map((bound) => bound.replace(' b', ` bnd col${j}`)),
  );
  // A diagonally dominant matrix is positive definite; what is maximised has the negative one.
  const sign = maximize ? -1 : 1;
  const quadratic: string[] = [];
  const both = chance.below(2) === 0;
  if (chance.below(3) > 0) {
    for (let j = 0; j < n; ++j) {
      quadratic.push(line(`col${j}`, `col${j}`, sign * (2 + chance.below(3))));
      if (j === 0) continue;
      quadratic.push(line(`col${j - 1}`, `col${j}`, sign * 0.5));
      if (both) quadratic.push(line(`col${j}`, `col${j - 1}`, sign * 0.5));
    }
  }
  const text = [
    'NAME drawn',
    ...(maximize ? ['OBJSENSE', '    MAX'] : []),
    ...['ROWS', ' N cost', ...rows.map((row) => line(...row))],
    ...['COLUMNS', ...columns.flat(), 'RHS', ...right.map((name) => line('rhs', name, number()))],
    ...['RANGES', ...ranges, 'BOUNDS', ...bounds.flat().map((bound) => line(bound))],
    ...(quadratic.length > 0 ? [both ? 'QMATRIX' : 'QUADOBJ', ...quadratic] : []),
    'ENDATA\n',
  ].join('\n');
  return { text };
}
