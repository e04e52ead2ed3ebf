// Ratios by coordinate descent: objectives and times beside first-order methods and the paper's tables; what an update
// costs beside the vector operations it is made of; the lasso beside scikit-learn; how time grows; several starts.
//
//   npm run bench -- fractional            all of it (about eight minutes), into bench/fractional/page.md and
//                                          bench/fractional/results.json
//   npm run bench -- fractional --quick    a short look; its pictures go to build-bench/
//
// Without e2006 (../shared/data, or where NONCONVEX_DATA says) the tables of the paper are left out, without a Python that has
// scikit-learn the lasso; then nothing is written.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPrograms, root, runProgram, withFolder } from '../shared/native.js';
import {
  describe,
  deviation,
  environment,
  logSlope,
  mean,
  median,
  short,
  table,
  writeResults,
  writeSection,
} from '../shared/report.js';
import { chartGrowth, chartRace, titles } from './charts.js';
import { type LassoRace, raceLasso, target } from './lasso.js';
import { type Kind, makeProblem, readE2006, type Size } from './problems.js';
import { isOurs, type Limits, type Method, methods, type Race, type Run, race } from './race.js';
import { type Axis, axes, base, type Measurement, type MultiStart, multiStart, scaling } from './scaling.js';
import { measureThroughput, type Throughput } from './throughput.js';

const quick = process.argv.includes('--quick');

/**
 * Means of ten runs on e2006 in G. Yuan, "Coordinate descent methods for fractional minimization", ICML 2023: Table 1 (DPA,
 * PGSA, QTPA, PCD) and Table 2 (power method, FCD).
 */
const published: Record<Kind, Record<string, Partial<Record<Method, number>>>> = {
  recovery: {
    '1000 x 1024': { dpa: 1.874, pgsa: 1.929, qtpa: 1.923, pcd: 1.53 },
    '1000 x 2048': { dpa: 1.64, pgsa: 1.663, qtpa: 1.66, pcd: 1.312 },
    '1024 x 1000': { dpa: 2.61, pgsa: 2.362, qtpa: 2.362, pcd: 1.882 },
    '2048 x 1000': { dpa: 5.623, pgsa: 6.576, qtpa: 6.593, pcd: 3.068 },
  },
  ica: {
    '1000 x 1024': { power: 12.25, fcd: 6.69 },
    '1000 x 2048': { power: 16.9, fcd: 9.44 },
    '1024 x 1000': { power: 5.92, fcd: 4.95 },
    '2048 x 1000': { power: 16.85, fcd: 11.36 },
  },
};

const note = (text: string): void => console.error(`  ${text}`);
const label = ({ m, n }: Size): string => `${m} x ${n}`;

await main();

async function main(): Promise<void> {
  const where = environment();
  const limits: Limits = {
    seeds: quick ? 2 : 10,
    seconds: { recovery: quick ? 0.5 : 4, ica: quick ? 0.2 : 1 },
  };
  const images = (partial: boolean): string => join(root, ...(partial ? ['build-bench'] : ['docs', 'images']));
  const sections: string[] = [];
  const results: Record<string, unknown> = { environment: where, limits };

  const data = await readE2006();
  note('building the C++ programs');
  buildPrograms(['fractional_baselines', 'fractional_throughput']);
  note('checking the other methods on small problems');
  runProgram('fractional_baselines', []);

  await withFolder(async (folder) => {
    note('throughput');
    const rates = measureThroughput(data, folder, quick);
    note('lasso');
    const lasso = await raceLasso(data, folder, quick ? 1 : 5, note);
    const growth = await scaling(quick, note);
    const partial = quick || !data || !lasso;
    const folderOfImages = images(partial);
    mkdirSync(folderOfImages, { recursive: true });

    if (data) {
      const races = await race(data, folder, limits, note);
      const starts = await measureStarts(data, where.threads);
      sections.push(raceSection(races, limits), startsSection(starts));
      for (const kind of ['recovery', 'ica'] as const) {
        await chartRace(
          join(folderOfImages, `fractional-${kind}.svg`),
          kind,
          races,
          `e2006, first seed, one thread each; ${where.cpu}`,
        );
      }
      Object.assign(results, { races: races.map(plainRace), starts });
    } else {
      console.log('e2006-5000x10000.mtx.gz is not here (../shared/data): the tables of the paper are skipped.');
    }
    sections.push(throughputSection(rates));
    if (lasso) sections.push(lassoSection(lasso));
    else console.log('There is no Python with scikit-learn here: the lasso is skipped.');
    sections.push(growthSection(growth));
    await chartGrowth(join(folderOfImages, 'fractional-scaling.svg'), growth, `one thread; ${where.cpu}`);
    Object.assign(results, { throughput: rates, lasso, growth });

    const python = lasso ? `, scikit-learn ${lasso.version}` : '';
    const text = [describe(where).replace('; Node', `${python}; Node`), ...sections].join('\n\n');
    console.log(`\n${text}\n`);
    if (partial) return;
    writeResults('fractional', results);
    writeSection('bench/fractional/page.md', 'fractional', text);
  });
}

async function measureStarts(data: NonNullable<Awaited<ReturnType<typeof readE2006>>>, threads: number) {
  const counts = threads > 1 ? [1, threads] : [1];
  const list: MultiStart[] = [];
  for (const kind of ['recovery', 'ica'] as const) {
    const size = { m: 1000, n: 2048 };
    note(`eight starts: ${kind}`);
    list.push(await multiStart(makeProblem(kind, data, size, 0), `${kind}, ${label(size)}`, counts, quick ? 1 : 5));
  }
  return list;
}

function runsOf(entry: Race, method: Method): Run[] {
  return entry.runs[method] ?? [];
}

/** Seconds after which a run was first at or below a value. */
function reached(run: Run, value: number): number {
  const end = { seconds: run.seconds, objective: run.objective };
  return [...run.points, end].find(({ objective }) => objective <= value)?.seconds ?? Number.NaN;
}

function raceSection(races: readonly Race[], { seeds, seconds }: Limits): string {
  const objectives = (kind: Kind): string => {
    const named = Object.keys(published[kind]['1000 x 1024'] ?? {}) as Method[];
    return table(
      ['size', ...named.map((method) => `paper: ${titles[method]}`), ...methods[kind].map((m) => titles[m]), 'lowest'],
      races
        .filter((entry) => entry.kind === kind)
        .map((entry) => {
          const size = label(entry.size);
          const first: Method = kind === 'recovery' ? 'pcd' : 'fcd';
          const others = methods[kind].filter((method) => !isOurs(method));
          const lowest = runsOf(entry, first).filter((run, seed) =>
            others.every((method) => run.objective <= (runsOf(entry, method)[seed]?.objective ?? 0) * (1 + 1e-6)),
          );
          return [
            size,
            ...named.map((method) => short(published[kind][size]?.[method])),
            ...methods[kind].map((method) => {
              const values = runsOf(entry, method).map(({ objective }) => objective);
              return `${short(mean(values))} ± ${short(deviation(values))}`;
            }),
            `${lowest.length} of ${runsOf(entry, first).length}`,
          ];
        }),
    );
  };
  const times = (kind: Kind): string =>
    table(
      [
        'size',
        'our set-up, s',
        ...methods[kind].map((method) => `${titles[method]}, s`),
        'best of the others, s',
        'ours as low, s',
        'ratio',
      ],
      races
        .filter((entry) => entry.kind === kind)
        .map((entry) => {
          const others = methods[kind].filter((method) => !isOurs(method));
          const first: Method = kind === 'recovery' ? 'pcd' : 'fcd';
          // For each seed: how long the best of the others took to within 0.1 % of its end, and ours to as low a value.
          const pairs = runsOf(entry, first).map((run, seed) => {
            const ends = others.flatMap((method) => runsOf(entry, method)[seed] ?? []);
            const best = ends.reduce((a, b) => (b.objective < a.objective ? b : a));
            const value = best.objective * 1.001;
            return { theirs: reached(best, value), ours: reached(run, value) };
          });
          // One that never comes so low counts as the slowest.
          const late = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
          const theirs = median(pairs.map((pair) => pair.theirs));
          const own = median(pairs.map((pair) => late(pair.ours)));
          return [
            label(entry.size),
            short(median(runsOf(entry, first).map((run) => run.setUp))),
            ...methods[kind].map((method) => short(median(runsOf(entry, method).map((run) => run.seconds)))),
            short(theirs),
            short(own),
            short(theirs / own),
          ];
        }),
    );
  const stops =
    `The others stop after ${seconds.recovery} s (power method: ${seconds.ica} s) or when 200 iterations gain less than a ` +
    'millionth; ours at its default tolerance.';
  return [
    `Sparse recovery, objectives at the end, mean ± standard deviation of ${seeds} seeds; "lowest" is how often 'pcd' ended ` +
      'at or below all of the others from the same start.',
    objectives('recovery'),
    'Independent component, the same.',
    objectives('ica'),
    `Seconds, medians of the seeds. ${stops} Then: what the one that ended lowest took to within 0.1 % of its end, what ours ` +
      'took to the same value, and their ratio. Ours copies the matrix and brings it by columns, which the others are given.',
    times('recovery'),
    times('ica'),
  ].join('\n\n');
}

function startsSection(list: readonly MultiStart[]): string {
  const counts = Object.keys(list[0]?.seconds ?? {}).map(Number);
  return [
    '`restarts: 7`, seconds by number of threads, medians.',
    table(
      [
        'problem',
        ...counts.map((count) => `${count} ${count === 1 ? 'thread' : 'threads'}, s`),
        'speed-up',
        'same bits',
        'best',
        'worst',
      ],
      list.map(({ name, seconds, identical, best, worst }) => [
        name,
        ...counts.map((count) => short(seconds[count])),
        short((seconds[counts[0] ?? 1] ?? Number.NaN) / (seconds[counts.at(-1) ?? 1] ?? Number.NaN)),
        identical ? 'yes' : 'NO',
        short(best),
        short(worst),
      ]),
    ),
  ].join('\n\n');
}

function throughputSection({ dense, ica, sparse }: Throughput): string {
  const nano = (value: number) => short(1e9 * value);
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  const megabytes = (bytes: number) => `${short(bytes / 1e6)} MB`;
  return [
    'A visit of a coordinate, ns, beside dot and dot + axpy on the same column in the same cyclic order; "ratio" is against ' +
      'dot + axpy, counted for the part of the visits that moved. Second sweep from a dense start, best of many.',
    'Least squares with l1 over the sum of the k largest, dense:',
    table(
      [
        'rows x columns',
        'bytes',
        'visit',
        'per row',
        'moved',
        'dot',
        'dot + axpy',
        'ratio',
        'GB/s',
        'reading alone',
        'part',
      ],
      dense.map((d) => [
        `${d.rows} x ${d.columns}`,
        megabytes(d.bytes),
        nano(d.visit),
        nano(d.visit / d.rows),
        percent(d.moved),
        nano(d.dot),
        nano(d.dotAxpy),
        short(d.visit / d.expected),
        short(d.bandwidth / 1e9),
        short(d.readBandwidth / 1e9),
        percent(d.bandwidth / d.readBandwidth),
      ]),
    ),
    'Squared norm over the squared l4 norm, dense:',
    table(
      ['rows x columns', 'bytes', 'visit', 'per row', 'moved', 'dot + axpy', 'ratio'],
      ica.map((d) => [
        `${d.icaRows} x ${d.columns}`,
        megabytes(d.bytes),
        nano(d.visit),
        nano(d.visit / d.icaRows),
        percent(d.moved),
        nano(d.expected),
        short(d.visit / d.expected),
      ]),
    ),
    'Least squares with l1 over the sum of the k largest, compressed columns, beside plain loops; the last rows are e2006, an ' +
      'early sweep and a late one:',
    table(
      ['rows x columns', 'nonzeros', 'sweep', 'visit', 'moved', 'per nonzero', 'dot + axpy per nonzero', 'ratio'],
      sparse.map((d) => [
        `${d.sparseRows} x ${d.columns}`,
        String(d.nonzeros),
        String(d.sweep),
        nano(d.visit),
        percent(d.moved),
        nano(d.perNonzero),
        nano(d.expectedPerNonzero),
        short(d.visit / d.expected),
      ]),
    ),
  ].join('\n\n');
}

function lassoSection({ results, rounds }: LassoRace): string {
  const how = (gram: boolean, tolerance: number) => `${tolerance.toExponential(0)}${gram ? ', Gram' : ''}`;
  return [
    `The lasso beside scikit-learn's \`Lasso\`, one thread each, to a duality gap of ${target.toExponential(0)} of ` +
      '1/2 ||b||^2 that is computed here for both. Each has the loosest tolerance of its own that leads there, and A^T A where ' +
      `that is quicker. Medians of ${rounds} rounds in turn; ours is the whole call, theirs \`fit()\`, given the same array by ` +
      'rows, then one by columns, which it need not copy. Penalties are relative to the least whose solution is 0.',
    table(
      [
        'problem',
        'penalty',
        'nonzeros',
        'ours, s',
        'its set-up, s',
        'theirs, s',
        'ratio',
        'by columns, s',
        'ratio',
        'ours: tolerance',
        'theirs',
        'objectives differ',
      ],
      results.map((r) => [
        r.name,
        String(r.penalty),
        String(r.nonzeros),
        short(r.ours.seconds),
        short(r.ours.setUp),
        short(r.theirs.seconds),
        short(r.theirs.seconds / r.ours.seconds),
        short(r.theirsByColumns.seconds),
        short(r.theirsByColumns.seconds / r.ours.seconds),
        how(r.ours.gram, r.ours.tolerance),
        how(r.theirs.gram, r.theirs.tolerance),
        r.difference.toExponential(1),
      ]),
    ),
  ].join('\n\n');
}

function growthSection(growth: Record<Axis, readonly Measurement[]>): string {
  const sweepSlope = (points: readonly Measurement[]) =>
    logSlope(points.map((m) => [m.size, m.sweep] as const)).toFixed(2);
  return [
    `Growth, one size at a time around a dense ${base.m} x ${base.n}, and of the nonzeros of ${base.sparseRows} x ` +
      `${base.sparseColumns}: slopes of time against size, both logarithmic, over all sizes and the largest three. A sweep visits ` +
      'every coordinate once, most of which move; the whole solve is to a tolerance of 1e-4.',
    table(
      [
        'sizes',
        'sweep, ms: first',
        'last',
        'slope',
        'slope, largest 3',
        'solve, s: first',
        'last',
        'slope',
        'sweeps: first',
        'last',
      ],
      axes.map((axis) => {
        const points = growth[axis];
        const [first, last] = [points[0], points.at(-1)];
        return [
          `${axis} ${first?.size} to ${last?.size}`,
          short(1e3 * (first?.sweep ?? Number.NaN)),
          short(1e3 * (last?.sweep ?? Number.NaN)),
          sweepSlope(points),
          sweepSlope(points.slice(-3)),
          short(first?.solve),
          short(last?.solve),
          logSlope(points.map((m) => [m.size, m.solve] as const)).toFixed(2),
          String(first?.sweeps),
          String(last?.sweeps),
        ];
      }),
    ),
  ].join('\n\n');
}

/** A race with curves short enough for a repository. */
function plainRace({ kind, size, runs }: Race): object {
  const digits = (value: number, count = 4) => Number(value.toPrecision(count));
  return {
    kind,
    size,
    runs: Object.fromEntries(
      Object.entries(runs).map(([method, list]) => [
        method,
        {
          objectives: list.map(({ objective }) => digits(objective, 8)),
          seconds: list.map(({ seconds }) => digits(seconds)),
          iterations: list.map(({ iterations }) => iterations),
          curve: thinned(list[0]?.points ?? []).map(({ seconds, objective }) => [
            digits(seconds),
            digits(objective, 6),
          ]),
        },
      ]),
    ),
  };
}

function thinned<T>(list: readonly T[]): T[] {
  const step = Math.ceil(list.length / 30);
  return list.filter((_, i) => i % step === 0 || i === list.length - 1);
}
