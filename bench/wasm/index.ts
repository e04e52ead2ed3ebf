// The solvers as WebAssembly beside the native addon, one thread each, in one process.
//
//   npm run build:wasm && npm run bench -- wasm      into docs/wasm.md
process.env.NONCONVEX_THREADS = '1';

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as native from '../../src/index.js';
import { uniforms } from '../shared/random.js';
import { describe, environment, table, writeSection } from '../shared/report.js';

type Package = typeof native;
const wasm = (await import(pathToFileURL(join(process.cwd(), 'packages/wasm/index.js')).href)) as Package;

interface Case {
  name: string;
  size: string;
  solve(of: Package): Promise<{ status: string; objective?: number }>;
}

const uniform = uniforms(3);
const rows = (n: number, p: number): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: p }, () => 2 * uniform() - 1));
const [small, large] = [rows(400, 10), rows(1000, 300)];
const classes = small.map(([a = 0, b = 0]) => (a * b + 0.2 * (uniform() - 0.5) > 0 ? 'same' : 'opposite'));
const y = large.map((row) => 2 * (row[3] as number) - (row[11] as number) + uniform());
const signs = y.map((value) => (value > 0.5 ? 1 : -1));

const cases: Case[] = [
  {
    name: 'trainReluNetwork, two classes',
    size: '400 x 10',
    solve: (of) => of.trainReluNetwork({ x: small, y: classes }, { loss: 'logistic', lambda: 0.5 }),
  },
  { name: 'sparsePath, lasso', size: '1,000 x 300', solve: (of) => of.sparsePath({ x: large, y }) as never },
  {
    name: 'minimize, a logistic regression',
    size: '1,000 x 300',
    solve: (of) => of.minimize(of.nlp.logisticRegression({ x: large, y: signs, ridge: 1 })),
  },
  {
    name: 'minimizeRatio, sparseRecovery',
    size: '300 x 300',
    solve: (of) => of.fractional.sparseRecovery({ A: large.slice(0, 300), b: y.slice(0, 300) }, { lambda: 5 }),
  },
];

/** Seconds of the processor, the least of five solves after one. */
async function secondsOf(of: Package, { name, solve }: Case): Promise<[seconds: number, objective: number]> {
  let [least, objective] = [Number.POSITIVE_INFINITY, Number.NaN];
  for (let k = 0; k < 6; ++k) {
    const before = process.cpuUsage();
    const result = await solve(of);
    const { user, system } = process.cpuUsage(before);
    if (result.status !== 'solved') throw new Error(`${name}: ${result.status}`);
    if (k > 0) least = Math.min(least, (user + system) / 1e6);
    objective = result.objective ?? Number.NaN;
  }
  return [least, objective];
}

const lines: string[][] = [];
for (const each of cases) {
  const [[ours, found], [theirs, same]] = [await secondsOf(native, each), await secondsOf(wasm, each)];
  if (Math.abs(found - same) > 1e-6 * Math.abs(found)) throw new Error(`${each.name}: ${found} and ${same}`);
  lines.push([each.name, each.size, ours.toFixed(3), theirs.toFixed(3), (theirs / ours).toFixed(1)]);
  console.log(...(lines.at(-1) as string[]));
}
const head = ['solve', 'data', 'native, s', 'WebAssembly, s', 'ratio'];
const said = 'Seconds of the processor on one thread, the least of five solves; objectives agree to 1e-6.';
writeSection('docs/wasm.md', 'speed', `${said}\n\n${table(head, lines, 2)}\n\n${describe(environment())}`);
