// Linear programs at random: dense and sparse ones, degenerate ones, networks, and such as have no solution.
import { Draw } from './draw.js';

const infinity = Number.POSITIVE_INFINITY;

/** min c^T x subject to low <= A x <= high, lower <= x <= upper. */
export interface LinearProgram {
  c: number[];
  A: number[][];
  low: number[];
  high: number[];
  lower: number[];
  upper: number[];
}

/** The members of a problem for `quadraticProgram`. */
export const membersOf = ({ c, A, low, high, lower, upper }: LinearProgram) => ({
  ...{ c, lower, upper },
  ...(A.length > 0 && { G: A, atLeast: low, atMost: high }),
});

const dotted = (row: readonly number[], x: readonly number[]) =>
  row.reduce((sum, value, j) => sum + value * (x[j] as number), 0);

const empty = (): LinearProgram => ({ c: [], A: [], low: [], high: [], lower: [], upper: [] });

function addColumn(to: LinearProgram, cost: number, lower: number, upper: number): number {
  to.lower.push(lower);
  to.upper.push(upper);
  return to.c.push(cost) - 1;
}

/** A row of entries 1, or of `values`, in these columns. */
function addRow(to: LinearProgram, columns: number[], low: number, high: number, values: number[] = []): void {
  const row = to.c.map(() => 0);
  for (const [k, j] of columns.entries()) row[j] = values[k] ?? 1;
  to.A.push(row);
  to.low.push(low);
  to.high.push(high);
}

interface Kind {
  n: number;
  m: number;
  /** Share of the entries that are not 0. */
  density: number;
  /** Small integers, with right sides through a point of these: degenerate. */
  integers: boolean;
  /** Shares of columns: free, fixed, with one bound. */
  free: number;
  fixed: number;
  open: number;
  /** There is a point for sure. */
  feasible: boolean;
}

/** Rows of all kinds, some of them twice or with the right side 0. */
function general(draw: Draw, kind: Kind): LinearProgram {
  const made = empty();
  const entry = () => (kind.integers ? draw.below(7) - 3 : draw.between(-2, 2));
  const x = Array.from({ length: kind.n }, () => (draw.chance(0.3) ? 0 : entry()));
  for (const value of x) {
    const free = draw.chance(kind.free);
    const fixed = !free && draw.chance(kind.fixed);
    const open = !free && !fixed && draw.chance(kind.open);
    const below = open && draw.chance(0.3);
    const width = () => (fixed || draw.chance(0.2) ? 0 : kind.integers ? 1 + draw.below(3) : draw.between(0, 3));
    const lower = free || below ? -infinity : value - width();
    const upper = free || (open && !below) ? infinity : value + width();
    // Columns that are open mostly cost in the direction in which they are.
    const cost = draw.chance(0.3) ? 0 : entry();
    addColumn(made, open && draw.chance(0.9) ? (below ? -1 : 1) * Math.abs(cost) : cost, lower, upper);
  }
  for (let i = 0; i < kind.m; ++i) {
    const row = x.map(() => (draw.chance(kind.density) ? entry() : 0));
    const at = kind.feasible ? dotted(row, x) : kind.integers ? entry() : 4 * entry();
    const room = () => (draw.chance(0.4) ? 0 : kind.integers ? draw.below(3) : draw.between(0, 2));
    const side = draw.below(5);
    const low = side === 0 ? at : side === 1 ? -infinity : at - room();
    const high = side === 0 ? at : side === 2 ? infinity : at + room();
    for (let copies = draw.chance(0.15) ? 2 : 1; copies > 0; --copies) {
      const by = copies === 2 ? 3 : 1;
      made.A.push(row.map((value) => by * value));
      made.low.push(by * low);
      made.high.push(by * high);
    }
  }
  return made;
}

const usual: Kind = { n: 0, m: 0, density: 1, integers: false, free: 0, fixed: 0, open: 0, feasible: true };

/** Workers and tasks. */
function assignment(draw: Draw, n: number): LinearProgram {
  const made = empty();
  for (let k = 0; k < n * n; ++k) addColumn(made, draw.below(10), 0, infinity);
  const all = Array.from({ length: n }, (_, k) => k);
  for (const i of all) {
    addRow(
      made,
      all.map((j) => i * n + j),
      1,
      1,
    );
    addRow(
      made,
      all.map((j) => j * n + i),
      1,
      1,
    );
  }
  return made;
}

/** Supplies and demands, equal in sum. */
function transportation(draw: Draw, sources: number, sinks: number): LinearProgram {
  const made = empty();
  const flow = Array.from({ length: sources * sinks }, () => (draw.chance(0.4) ? draw.below(5) : 0));
  for (const most of flow) addColumn(made, draw.below(9), 0, draw.chance(0.5) ? most + draw.below(3) : infinity);
  const line = (columns: number[]) => {
    const total = columns.reduce((sum, k) => sum + (flow[k] as number), 0);
    addRow(made, columns, total, total);
  };
  const places = (count: number, place: (k: number) => number) => Array.from({ length: count }, (_, k) => place(k));
  for (let i = 0; i < sources; ++i) line(places(sinks, (j) => i * sinks + j));
  for (let j = 0; j < sinks; ++j) line(places(sources, (i) => i * sinks + j));
  return made;
}

/** The fewest sets that cover all elements, in fractions. */
function cover(draw: Draw, sets: number, elements: number): LinearProgram {
  const made = empty();
  for (let j = 0; j < sets; ++j) addColumn(made, 1, 0, infinity);
  for (let i = 0; i < elements; ++i) {
    const columns = made.c.map((_, j) => j).filter((j) => draw.chance(0.25) || j === i % sets);
    addRow(made, columns, 1, infinity);
  }
  return made;
}

/** All right sides are 0. */
function cone(draw: Draw, n: number, m: number): LinearProgram {
  const made = general(draw, { ...usual, n, m, density: 0.4, integers: true });
  const zero = (side: number) => (Number.isFinite(side) ? 0 : side);
  return {
    ...made,
    ...{ low: made.low.map(zero), high: made.high.map(zero) },
    ...{ lower: made.lower.map(() => 0), upper: made.upper.map(() => (draw.chance(0.5) ? 1 : infinity)) },
  };
}

const kinds: ((draw: Draw, size: number) => LinearProgram)[] = [
  (draw, size) => general(draw, { ...usual, n: 3 + size, m: 2 + size }),
  (draw, size) => general(draw, { ...usual, n: 5 + 4 * size, m: 5 + 5 * size, density: 0.15 }),
  (draw, size) => general(draw, { ...usual, n: 4 + 2 * size, m: 4 + 3 * size, density: 0.4, integers: true }),
  (draw, size) => general(draw, { ...usual, n: 4 + 2 * size, m: 3 + size, density: 0.5, open: 0.8 }),
  (draw, size) =>
    general(draw, { ...usual, n: 4 + size, m: 4 + 2 * size, density: 0.6, free: 0.4, fixed: 0.2, open: 0.3 }),
  (draw, size) =>
    general(draw, { ...usual, n: 4 + size, m: 6 + 2 * size, density: 0.5, free: 0.1, open: 0.3, feasible: false }),
  (draw, size) => assignment(draw, 2 + Math.ceil(size / 2)),
  (draw, size) => transportation(draw, 2 + Math.ceil(size / 2), 3 + Math.ceil(size / 3)),
  (draw, size) => cover(draw, 6 + 2 * size, 6 + 3 * size),
  (draw, size) => cone(draw, 4 + size, 3 + size),
];

/** Number `seed` of these programs; their kinds take turns. */
export function linearProgram(seed: number): LinearProgram {
  const draw = new Draw(seed);
  const make = kinds[seed % kinds.length] as (typeof kinds)[number];
  return make(draw, 1 + (Math.floor(seed / kinds.length) % 8));
}

/** A program with other bounds, and one more row that cuts off the point. */
export function changedProgram(program: LinearProgram, x: ArrayLike<number>, seed: number): LinearProgram {
  const draw = new Draw(seed + 1_000_003);
  const at = Array.from(x);
  const row = at.map(() => (draw.chance(0.5) ? draw.number() : 0));
  const upper = program.upper.map((bound, j) => {
    const low = program.lower[j] as number;
    const cut = draw.chance(0.2) ? (at[j] as number) - draw.between(0, 0.5) : bound;
    return Math.min(bound, Math.max(cut, low));
  });
  return {
    ...{ ...program, upper, A: [...program.A, row] },
    ...{ low: [...program.low, -infinity], high: [...program.high, dotted(row, at) - draw.between(0, 0.2)] },
  };
}
