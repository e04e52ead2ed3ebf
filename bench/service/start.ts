// The cost of the package before a program's first answer, in processes of their own that load dist/ as users do.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../shared/native.js';
import { table } from '../shared/report.js';

const rounds = 15;

const modelOfTwo = `
  const model = new Model();
  const x = model.variable(2, { start: [0.5, -0.5] });
  model.minimize(sumSquares(sub(x, [1, 2])));`;
const loaded = (subpath: string): string => `await import('nonconvex${subpath}')`;

/** The statements that are measured by name, each behind what comes before it. */
const cases: Record<string, readonly [before: string, measured: string]> = {
  "of Node itself: await import('node:zlib')": ['', "await import('node:zlib')"],
  "require('nonconvex')": ['', "require('nonconvex')"],
  "require('nonconvex').minimize": ['', "require('nonconvex').minimize"],
  "require('nonconvex/nlp')": ['', "require('nonconvex/nlp')"],
  "await import('nonconvex')": ['', loaded('')],
  "await import('nonconvex/nlp')": ['', loaded('/nlp')],
  "await import('nonconvex/relu')": ['', loaded('/relu')],
  "await import('nonconvex/sparse')": ['', loaded('/sparse')],
  'the first solve, which loads the addon': [
    `const { Model, minimize, model: { sub, sumSquares } } = require('nonconvex');${modelOfTwo}`,
    'await minimize(model)',
  ],
  'the second solve': [
    `const { Model, minimize, model: { sub, sumSquares } } = require('nonconvex');${modelOfTwo}
     await minimize(model);`,
    'await minimize(model)',
  ],
};

/** Milliseconds of a statement in a process of its own: of the processor, all threads together, and of the clock. */
function timesOf([before, measured]: readonly [string, string]): [processor: number, clock: number] {
  const program = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(join(root, 'package.json'))});
    ${before}
    const [used, began] = [process.cpuUsage(), performance.now()];
    ${measured};
    const [clock, { user, system }] = [performance.now() - began, process.cpuUsage(used)];
    console.log((user + system) / 1000, clock);`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    encoding: 'utf8',
  });
  return printed.split(' ').map(Number) as [number, number];
}

/** The least of some processes, whose rounds take turns, as the machine has quick and slow moments. */
export function startTable(): string {
  const least = new Map<string, [number, number]>();
  for (let round = 0; round < rounds; ++round) {
    for (const [name, each] of Object.entries(cases)) {
      const [processor, clock] = timesOf(each);
      const [p, c] = least.get(name) ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      least.set(name, [Math.min(p, processor), Math.min(c, clock)]);
    }
  }
  const rows = Array.from(least, ([name, times]) => [name, ...times.map((ms) => ms.toFixed(1))]);
  const text = `Milliseconds in a new process, the least of ${rounds}: of the processor (all threads together) and of the clock.`;
  return `${text}\n\n${table(['what', 'processor', 'clock'], rows)}`;
}
