// Convex quadratic programs of Maros and Meszaros, beside HiGHS and cvxopt where they are installed, and beside the published results of PIQP
// on another machine.
//
//   npm run bench -- nlp/quadratic [NAMES]     the given programs, 60 s each, or those named
//
// Residuals are those of the judge beside the programs: the largest violation, the largest entry of the Lagrangian's gradient and the duality
// gap, all absolute, in units as given. Its sums are plain ones, whose rounding is 1e-9 and more where objectives are 1e6 and more: the gap by sums
// in twice the precision stands beside. Seconds are those of the processor, of one thread, the least of three where one takes less than a second.
// How much faster this machine is than that of the published results is what HiGHS needs on both.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { minimize, type QuadraticProblem, quadraticProgram } from '../../src/nlp/index.js';
import { root } from '../shared/native.js';

interface Given {
  n: number;
  m: number;
  problem: QuadraticProblem;
  published: Record<string, [seconds: number, met: boolean]>;
}
/** The members of a problem as the judge's reader makes them. */
interface Columns {
  Q: { offsets: Int32Array; indices: Int32Array; values: Float64Array };
  c: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  atLeast: Float64Array;
  atMost: Float64Array;
}
interface Judge {
  names(): string[];
  readProblem(name: string): Given;
  residuals(
    given: Given,
    x: Float64Array,
    y: Float64Array,
    z: Float64Array,
  ): { primal: number; dual: number; gap: number };
}

const file = join(root, '..', 'shared', 'problems', 'qp', 'read.mjs');
if (!existsSync(file)) {
  console.log(`${file} is not there: nothing to solve`);
  process.exit(0);
}
const { names, readProblem, residuals } = (await import(pathToFileURL(file).href)) as Judge;
const wanted = process.argv.slice(2);
const digits = (value: number) => value.toExponential(1);

type Peer = 'highs' | 'cvxopt';
const peers: Peer[] = ['highs', 'cvxopt'];

interface Outcome {
  seconds: number;
  worst: number;
}

/** The largest residual of a point with the multipliers of rows and bounds. */
function worstOf(given: Given, x: Float64Array, y: Float64Array, z: Float64Array): number {
  const { primal, dual, gap } = residuals(given, x, y, z);
  return Math.max(primal, dual, gap);
}

/** Solves by another solver within 20 s; undefined where it is not installed or has no answer. */
function solveBy(peer: Peer, name: string, given: Given): Outcome | undefined {
  const script = join(root, 'bench', 'nlp', 'quadratic_peers.py');
  const { OPENBLAS_CORETYPE: _, ...environment } = process.env;
  const { stdout } = spawnSync('/usr/bin/python3', [script, dirname(file), peer, name], {
    env: { ...environment, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
    timeout: 20_000,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  const line = stdout?.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined || line.includes('NaN') || line.includes('Infinity')) return undefined;
  const answer = JSON.parse(line);
  if (answer.error !== undefined) return undefined;
  const [x, y, z] = [answer.x, answer.y, answer.z].map((values: number[]) => Float64Array.from(values));
  return { seconds: answer.seconds, worst: worstOf(given, x as Float64Array, y as Float64Array, z as Float64Array) };
}

/** A sum in twice the precision. */
class Sum {
  private high = 0;
  private low = 0;

  /** Adds a b; T. J. Dekker, "A floating-point technique for extending the available precision", 1971. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    const [[aHigh, aLow], [bHigh, bLow]] = [Sum.halves(a), Sum.halves(b)];
    const sum = this.high + product;
    const back = sum - this.high;
    this.low += this.high - (sum - back) + (product - back);
    this.low += aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
    this.high = sum;
  }
  parts(): [number, number] {
    return [this.high, this.low];
  }
  private static halves(a: number): [number, number] {
    const c = 134217729 * a;
    const high = c - (c - a);
    return [high, a - high];
  }
}

/** |x^T Q x + c^T x + sum of multipliers times their sides| by sums in twice the precision. */
function preciseGap({ problem }: Given, x: Float64Array, y: Float64Array, z: Float64Array): number {
  const { Q, c, lower, upper, atLeast, atMost } = problem as unknown as Columns;
  const gap = new Sum();
  const sides = (v: Float64Array, low: Float64Array, high: Float64Array) =>
    v.forEach((each, i) => {
      const side = (each > 0 ? high : low)[i] as number;
      if (each !== 0 && Number.isFinite(side)) gap.addProduct(each, side);
    });
  sides(y, atLeast, atMost);
  sides(z, lower, upper);
  x.forEach((each, j) => {
    gap.addProduct(each, c[j] as number);
    const slope = new Sum(); // entry j of Q x, as Q is symmetric
    for (let k = Q.offsets[j] as number; k < (Q.offsets[j + 1] as number); ++k) {
      slope.addProduct(Q.values[k] as number, x[Q.indices[k] as number] as number);
    }
    for (const part of slope.parts()) gap.addProduct(each, part);
  });
  const [high, low] = gap.parts();
  return Math.abs(high + low);
}

const publishedOf = (given: Given, key: string) => given.published[key] ?? [0, false];
const mean = (logarithms: number[]) => Math.exp(logarithms.reduce((a, b) => a + b, 0) / Math.max(1, logarithms.length));
const show = (outcome: Outcome | undefined) =>
  outcome === undefined ? 'none' : `${outcome.seconds.toPrecision(3)}${outcome.worst <= 1e-6 ? '' : ' (not met)'}`;

async function solveHere(given: Given) {
  const program = quadraticProgram(given.problem);
  const timed = async () => {
    const before = process.cpuUsage();
    const result = await minimize(program, { timeLimit: 60, threads: 1 });
    const { user, system } = process.cpuUsage(before);
    return { seconds: (user + system) / 1e6, result };
  };
  let least = await timed();
  for (let run = 1; run < 3 && least.seconds <= 1; ++run) {
    const again = await timed();
    if (again.seconds < least.seconds) least = again;
  }
  return least;
}

const met = { ours6: 0, ours9: 0, precise9: 0, piqp6: 0, piqp9: 0 };
const ratios: number[] = []; // logarithms of our seconds beside those published for PIQP
const machine: number[] = []; // logarithms of the seconds of HiGHS here beside its published ones
const beside = { highs: [] as number[], cvxopt: [] as number[] }; // logarithms of our seconds beside theirs, where both meet 1e-6

console.log(
  '| program | n | m | status | iterations | violation | gradient | gap | precise gap | seconds | HiGHS | cvxopt | PIQP, published |',
);
console.log('| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const name of names().filter((each) => wanted.length === 0 || wanted.includes(each))) {
  const given = readProblem(name);
  const { seconds, result } = await solveHere(given);
  const z = result.upperMultipliers.map((value, j) => value - (result.lowerMultipliers[j] as number));
  const { primal, dual, gap } = residuals(given, result.x, result.multipliers, z);
  const worst = Math.max(primal, dual, gap);
  const [[published, at6], [, at9]] = [publishedOf(given, 'piqp6'), publishedOf(given, 'piqp9')];
  met.ours6 += worst <= 1e-6 ? 1 : 0;
  met.ours9 += worst <= 1e-9 ? 1 : 0;
  const precise = preciseGap(given, result.x, result.multipliers, z);
  met.precise9 += Math.max(primal, dual, precise) <= 1e-9 ? 1 : 0;
  met.piqp6 += at6 ? 1 : 0;
  met.piqp9 += at9 ? 1 : 0;
  if (worst <= 1e-6 && at6) ratios.push(Math.log(seconds / Math.max(published, 1e-4)));
  const others = peers.map((peer) => solveBy(peer, name, given));
  peers.forEach((peer, k) => {
    const other = others[k];
    if (other !== undefined && other.worst <= 1e-6 && worst <= 1e-6)
      beside[peer].push(Math.log(seconds / other.seconds));
  });
  const [ofHighs, highsMet] = publishedOf(given, 'highs6');
  if (highsMet && others[0] !== undefined) machine.push(Math.log(others[0].seconds / ofHighs));
  console.log(
    `| ${name} | ${given.n} | ${given.m} | ${result.status} | ${result.iterations} | ${digits(primal)} | ${digits(dual)} | ${digits(gap)} | ${digits(precise)} | ${seconds.toPrecision(3)} | ${others.map(show).join(' | ')} | ${at6 ? published : 'not met'} |`,
  );
}
console.log(
  `\nresiduals of 1e-6 at most: ${met.ours6}, PIQP ${met.piqp6}; of 1e-9: ${met.ours9}, PIQP ${met.piqp9}; with precise gaps: ${met.precise9}`,
);
console.log(
  `geometric mean of the seconds beside those published for PIQP, ${ratios.length} programs: ${mean(ratios).toFixed(2)}`,
);
if (machine.length > 0) {
  console.log(`HiGHS here beside its published seconds, ${machine.length} programs: ${mean(machine).toFixed(2)}`);
}
for (const peer of peers) {
  if (beside[peer].length > 0) {
    console.log(
      `ours beside ${peer}, where both meet 1e-6, ${beside[peer].length} programs: ${mean(beside[peer]).toFixed(2)}`,
    );
  }
}
