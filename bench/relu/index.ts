// Two-layer ReLU networks: default settings against a naive prototype, the slack splitting and the published method on
// problems with known optima; the floor under an iteration; how time grows.
//
//   npm run bench -- relu            all of it (about seven minutes), into bench/relu/page.md and bench/relu/results.json
//   npm run bench -- relu --quick    a short look; its pictures go to build-bench/
//
// Without the problems (../shared/problems, or where NONCONVEX_PROBLEMS says) only growth is measured, and nothing written.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrograms, root, withFolder } from '../shared/native.js';
import { describe, environment, logSlope, median, short, table, writeResults, writeSection } from '../shared/report.js';
import { chartGaps, chartScaling } from './charts.js';
import { floorOf, type Machine, measureMachine, type Shape } from './floor.js';
import { readProblems } from './problems.js';
import { gaps, type Limits, type Method, medianAt, methods, type Race, race } from './race.js';
import { type Activation, type Axis, axes, base, type Measurement, scaling } from './scaling.js';

const quick = process.argv.includes('--quick');

/** The times of the project's specification for a prototype like ours, in processor seconds on another machine. */
const literature: Record<string, string> = { synth: '0.21 to 0.25', bc: '0.22 to 0.33', digits: '2.1 to 2.3' };

const note = (text: string): void => console.error(`  ${text}`);

await main();

async function main(): Promise<void> {
  const where = environment();
  const problems = readProblems();
  // Pages and pictures change by whole measurements alone.
  const partial = quick || problems.length === 0;
  const images = partial ? join(root, 'build-bench') : join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  const sections = [describe(where)];
  const results: Record<string, unknown> = { environment: where };

  if (problems.length === 0) {
    console.log('The problems with known optima are not here (../shared/problems/relu): their part is skipped.');
  } else {
    note('building the C++ programs');
    buildPrograms(['machine', 'cone_prototype', 'published_admm']);
    const limits: Limits = {
      rounds: quick ? 1 : 5,
      slowRounds: quick ? 1 : 2,
      seconds: { ours: 30, prototype: 30, slack: quick ? 1 : 6, published: quick ? 2 : 12 },
      threads: where.threads,
    };
    note('measuring the machine');
    const machine = measureMachine(where.threads, distinctShapes(problems.map((p) => shapeOf(p.x, p.gates))));
    const races = await withFolder((folder) => race(problems, folder, limits, note));
    sections.push(raceSection(races, machine, limits));
    await chartGaps(
      join(images, 'relu-gap.svg'),
      races,
      `the median run of ${limits.rounds}; ${where.cpu}, ${where.threads} threads`,
    );
    Object.assign(results, { limits, machine, races: races.map(plainRace) });
  }

  const growth = await scaling(quick, note);
  sections.push(scalingSection(growth));
  await chartScaling(join(images, 'relu-scaling.svg'), growth, `${where.cpu}, ${where.threads} threads`);
  results.scaling = growth;

  console.log(`\n${sections.join('\n\n')}\n`);
  if (partial) return;
  writeResults('relu', results);
  writeSection('bench/relu/page.md', 'relu', sections.join('\n\n'));
}

function shapeOf(x: { rows: number; columns: number }, gates: { columns: number }): Shape {
  return { n: x.rows, d: x.columns, P: gates.columns };
}

function distinctShapes(shapes: readonly Shape[]): Shape[] {
  return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
}

function raceSection(races: readonly Race[], machine: Machine, limits: Limits): string {
  const seconds = (entry: Race, method: Method, gap: number) => medianAt(entry.runs[method], gap, 'seconds');
  const ratio = (a: number | undefined, b: number | undefined) => short((a ?? Number.NaN) / (b ?? Number.NaN));
  const headline = table(
    ['problem', 'ours, s', 'ours, CPU s', 'prototype, CPU s', 'ratio', 'elsewhere, CPU s', 'prototype, s', 'ratio'],
    races.map((entry) => {
      const ours = seconds(entry, 'ours', 1e-4);
      const cpu = medianAt(entry.runs.prototype, 1e-4, 'cpuSeconds');
      const wall = seconds(entry, 'prototype', 1e-4);
      return [
        entry.problem.name,
        short(ours),
        short(median(entry.ourCpuSeconds)),
        short(cpu),
        ratio(cpu, ours),
        literature[entry.problem.name.split(' ')[0] ?? ''] ?? '-',
        short(wall),
        ratio(wall, ours),
      ];
    }),
  );
  const titles: Record<Method, string> = {
    ours: 'default',
    prototype: 'prototype',
    slack: "'slack'",
    published: 'published',
  };
  const detail = table(
    [
      'problem',
      'method',
      'set-up, s',
      'iterations',
      ...gaps.map((gap) => `to ${gap.toExponential(0)}, s`),
      'gap at the end',
    ],
    races.flatMap((entry) =>
      methods.map((method) => {
        const runs = entry.runs[method];
        const last = runs.map((run) => run.points.at(-1));
        return [
          entry.problem.name,
          titles[method],
          short(median(runs.map((run) => run.points[0]?.seconds ?? Number.NaN))),
          String(Math.round(median(last.map((point) => point?.iteration ?? Number.NaN)))),
          ...gaps.map((gap) => short(seconds(entry, method, gap))),
          median(last.map((point) => point?.gap ?? Number.NaN)).toExponential(1),
        ];
      }),
    ),
    2,
  );
  const floors = table(
    [
      'problem',
      'MFlop',
      'MB',
      'hardware limit, ms',
      'measured, ms',
      'ratio',
      'set-up hardware limit, ms',
      'measured, ms',
      'ratio',
    ],
    races.map((entry) => {
      const floor = floorOf(shapeOf(entry.problem.x, entry.problem.gates), entry.activeNeurons, machine);
      const setUp = median(entry.runs.ours.map((run) => run.points[0]?.seconds ?? Number.NaN));
      const iteration = iterationSeconds(entry);
      return [
        entry.problem.name,
        short(floor.flops / 1e6),
        short(floor.bytes / 1e6),
        short(1e3 * floor.iteration),
        short(1e3 * iteration),
        ratio(iteration, floor.iteration),
        short(1e3 * floor.setUp),
        short(1e3 * setUp),
        ratio(setUp, floor.setUp),
      ];
    }),
  );
  return [
    'To a certified relative gap of 1e-4, medians. The prototype runs on one thread; "elsewhere" is what ' +
      'another one like it needed on another machine, as the literature has it.',
    headline,
    `All methods, medians; "-" where a gap was not reached in time (${limits.seconds.published} s published, ` +
      `${limits.seconds.slack} s 'slack'). Times of 'default' and 'slack' include their checks of the gap; those of the ` +
      'prototype and the published method do not. Iterations are those of the whole run, to 1e-7 by default settings, ' +
      'else to 1e-6.',
    detail,
    'The hardware limit: what an iteration and the set-up must compute and move, at the rates below. The measured iteration ' +
      'includes the projections and a check of the gap every tenth iteration, which the limit counts as nothing.',
    floors,
    machineTables(machine),
  ].join('\n\n');
}

/** Seconds of an iteration by default settings, from the tenth iteration on: median over the runs. */
function iterationSeconds({ runs }: Race): number {
  return median(
    runs.ours.map(({ points }) => {
      const from = points[1];
      const to = points.at(-1);
      if (!from || !to) return Number.NaN;
      return (to.seconds - from.seconds) / (to.iteration - from.iteration);
    }),
  );
}

function machineTables({ squares, shapes, bandwidths }: Machine): string {
  const giga = (value: number) => short(value / 1e9);
  const rates = table(
    ['product', 'threads', 'X V, GFlop/s', 'X^T W, GFlop/s', 'inverse times vector, GB/s'],
    [
      ...squares.map(({ threads, order, gemmRate }) => [
        `square, ${order}`,
        String(threads),
        giga(gemmRate),
        giga(gemmRate),
        '-',
      ]),
      ...shapes.map((s) => [
        `n ${s.n}, d ${s.d}, P ${s.P}`,
        String(s.threads),
        giga(s.forwardRate),
        giga(s.adjointRate),
        giga(s.inverseBandwidth),
      ]),
    ],
  );
  const memory = table(
    ['arrays of', 'threads', 'triad, GB/s', 'read, GB/s'],
    bandwidths.map((b) => [
      `${short(b.bytes / 1e6)} MB`,
      String(b.threads),
      giga(b.triadBandwidth),
      giga(b.readBandwidth),
    ]),
  );
  return `${rates}\n\n${memory}`;
}

function scalingSection(growth: Record<Axis, readonly Measurement[]>): string {
  const rows = axes.flatMap((axis) =>
    (['relu', 'gated'] as Activation[]).map((activation) => {
      const points = growth[axis].filter((m) => m.activation === activation);
      const slope = (member: 'setUp' | 'iteration', from: number) =>
        logSlope(points.slice(from).map((m) => [m[axis], m[member]] as const)).toFixed(2);
      const first = points[0];
      const last = points.at(-1);
      return [
        `${axis} ${first?.[axis]} to ${last?.[axis]}`,
        activation,
        short(1e3 * (first?.iteration ?? Number.NaN)),
        short(1e3 * (last?.iteration ?? Number.NaN)),
        slope('iteration', 0),
        slope('iteration', Math.max(0, points.length - 3)),
        short(1e3 * (last?.cold ?? Number.NaN)),
        short(first?.setUp),
        short(last?.setUp),
        slope('setUp', 0),
      ];
    }),
  );
  return [
    `Growth, one size varied at a time around n = ${base.n}, d = ${base.d}, P = ${base.P}: slopes of time against size, ` +
      'both logarithmic, over all sizes and over the largest three. "Cold" are the first ten iterations.',
    table(
      [
        'sizes',
        'activation',
        'iteration, ms: first',
        'last',
        'slope',
        'slope, largest 3',
        'last, cold',
        'set-up, s: first',
        'last',
        'slope',
      ],
      rows,
      2,
    ),
  ].join('\n\n');
}

/** A race without the data, and with curves short enough for a repository. */
function plainRace({ problem, runs, ourCpuSeconds, activeNeurons }: Race): object {
  const { name, perRow, lambda, optimum, prototypeRho } = problem;
  const digits = (value: number, count = 4) => Number(value.toPrecision(count));
  return {
    problem: { name, perRow, lambda, optimum, prototypeRho, ...shapeOf(problem.x, problem.gates) },
    activeNeurons,
    ourCpuSeconds: ourCpuSeconds.map((value) => digits(value)),
    runs: Object.fromEntries(
      methods.map((method) => [
        method,
        runs[method].map(({ points, objective }) => {
          const step = Math.ceil(points.length / 40);
          const kept = points.filter((_, i) => i % step === 0 || i === points.length - 1);
          return {
            objective: digits(objective, 10),
            reached: Object.fromEntries(gaps.map((gap) => [gap, points.find((point) => point.gap <= gap)?.seconds])),
            iterations: kept.map((point) => point.iteration),
            seconds: kept.map((point) => digits(point.seconds)),
            gaps: kept.map((point) => digits(point.gap, 3)),
          };
        }),
      ]),
    ),
  };
}
