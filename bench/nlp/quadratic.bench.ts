// Convex quadratic programs of Maros and Meszaros, beside the published results of PIQP on another machine.
//
//   npm run bench -- nlp/quadratic [NAMES]     the given programs, 60 s each, or those named
//
// Residuals are those of the judge beside the programs: the largest violation, the largest entry of the Lagrangian's gradient and the duality
// gap, all absolute, in units as given. Seconds are those of the processor, of one thread.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { minimize, type QuadraticProblem, quadraticProgram } from '../../src/nlp/index.js';
import { root } from '../shared/native.js';

interface Given {
  n: number;
  m: number;
  problem: QuadraticProblem;
  published: Record<string, [seconds: number, met: boolean]>;
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
const met = { ours6: 0, ours9: 0, piqp6: 0, piqp9: 0 };
const ratios: number[] = [];

console.log('| program | n | m | status | iterations | violation | gradient | gap | seconds | PIQP, published |');
console.log('| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const name of names().filter((each) => wanted.length === 0 || wanted.includes(each))) {
  const given = readProblem(name);
  const program = quadraticProgram(given.problem);
  const before = process.cpuUsage();
  const result = await minimize(program, { timeLimit: 60, threads: 1 });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const z = result.upperMultipliers.map((value, j) => value - (result.lowerMultipliers[j] as number));
  const { primal, dual, gap } = residuals(given, result.x, result.multipliers, z);
  const worst = Math.max(primal, dual, gap);
  const [[published, at6], [, at9]] = [given.published.piqp6 ?? [0, false], given.published.piqp9 ?? [0, false]];
  met.ours6 += worst <= 1e-6 ? 1 : 0;
  met.ours9 += worst <= 1e-9 ? 1 : 0;
  met.piqp6 += at6 ? 1 : 0;
  met.piqp9 += at9 ? 1 : 0;
  if (worst <= 1e-6 && at6) ratios.push(Math.log(seconds / Math.max(published, 1e-4)));
  console.log(
    `| ${name} | ${given.n} | ${given.m} | ${result.status} | ${result.iterations} | ${digits(primal)} | ${digits(dual)} | ${digits(gap)} | ${seconds.toFixed(3)} | ${at6 ? published : 'not met'} |`,
  );
}
const mean = Math.exp(ratios.reduce((a, b) => a + b, 0) / Math.max(1, ratios.length));
console.log(`\nresiduals of 1e-6 at most: ${met.ours6}, PIQP ${met.piqp6}; of 1e-9: ${met.ours9}, PIQP ${met.piqp9}`);
console.log(
  `geometric mean of the seconds beside those published for PIQP, ${ratios.length} programs: ${mean.toFixed(2)}`,
);
