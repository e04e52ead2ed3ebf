// The constrained Newton solver beside Ipopt and scipy: small AMPL models, optimal control on a grid with the time of
// derivatives and of linear algebra apart, the floors under both, how time grows, what derivatives cost.
//
//   npm run bench -- nlp            all of it (about three minutes), into bench/nlp/page.md and bench/nlp/results.json
//   npm run bench -- nlp --quick    a short look; its pictures go to build-bench/
//
// Without the AMPL models (../shared/problems, or where NONCONVEX_PROBLEMS says) the tests' own problems take their place; without
// Ipopt's library (Debian: coinor-libipopt-dev), its program (coinor-ipopt) or a Python with scipy their parts are left out. Then
// nothing is written.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeNl } from '../../src/nlp/index.js';
import { type Machine, measureMachine } from '../relu/floor.js';
import { buildPrograms, root, withFolder } from '../shared/native.js';
import { describe, environment, logSlope, short, table, writeResults, writeSection } from '../shared/report.js';
import { chartControl, chartSmall } from './charts.js';
import { type Evaluation, type Factorisation, measureFactorisations, measureModels } from './floor.js';
import { controlModel, nlFolder, readSmall, type Small, writeSmall } from './models.js';
import { callModel, callSmall, type ModelCalls, middleProgram, type SmallCalls } from './node.js';
import {
  hasIpoptLibrary,
  ipoptVersion,
  type Pair,
  type Program,
  raceNative,
  raceScipy,
  runIpopt,
  type ScipyRace,
  scipyMethods,
} from './others.js';

const quick = process.argv.includes('--quick');
const sides = quick ? [32, 64] : [32, 64, 128, 256];
/** Sides whose time is compared: the rest is for growth. */
const compared = sides.filter((side) => side >= 64);

const note = (text: string): void => console.error(`  ${text}`);
const micro = (value: number | undefined) => short(1e6 * (value ?? Number.NaN));
const milli = (value: number | undefined) => short(1e3 * (value ?? Number.NaN));

/** One size of the control problem: in C++ by number of threads, in Node, by Debian's program. */
interface Control {
  side: number;
  pairs: Record<number, Pair>;
  node: ModelCalls;
  program: Program | undefined;
}

await main();

async function main(): Promise<void> {
  const where = environment();
  const models = nlFolder();
  const version = ipoptVersion();
  note('building the C++ programs');
  buildPrograms(['machine', 'ldl', 'newton_evaluation']);
  const library = hasIpoptLibrary();
  if (library) buildPrograms(['ipopt_nl']);
  for (const [there, what] of [
    [
      models !== undefined,
      "The AMPL models are not here (../shared/problems/nl): the tests' own problems take their place.",
    ],
    [library, 'Ipopt is not installed (coinor-libipopt-dev): what is timed in C++ is skipped.'],
    [version !== undefined, 'There is no program ipopt (coinor-ipopt): its columns are empty.'],
  ] as const) {
    if (!there) console.log(what);
  }

  note('measuring the machine');
  const machine = measureMachine(where.threads, []);
  const threads = where.threads > 1 ? [1, where.threads] : [1];
  await withFolder(async (folder) => {
    const small = models === undefined ? await writeSmall(folder) : readSmall(models);
    const smallPairs = library ? raceSmall(small) : [];
    note(`${small.length} small models in Node`);
    const smallCalls = await callSmall(small, quick ? 2 : 5, folder, version !== undefined);
    const controls: Control[] = [];
    for (const side of sides) controls.push(await control(side, threads, folder, library, version !== undefined));
    note('factorisations');
    const factorisations = measureFactorisations(sides, threads);
    note('evaluations');
    const evaluations = measureModels(models, quick);
    note('scipy');
    const scipy = await raceScipy(quick ? 3 : 20);
    if (!scipy) console.log('There is no Python with scipy here: its part is skipped.');

    const partial = quick || models === undefined || !library || version === undefined || !scipy;
    const images = partial ? join(root, 'build-bench') : join(root, 'docs', 'images');
    mkdirSync(images, { recursive: true });
    const sections = [
      describe(where).replace('; Node', `; Ipopt ${version ?? 'absent'}, scipy ${scipy?.version ?? 'absent'}; Node`),
      smallSection(small, smallPairs, smallCalls),
      controlSection(controls, threads),
      floorSection(controls, factorisations, machine),
      ...(library ? [growthSection(controls)] : []),
      evaluationSection(evaluations, machine),
      ...(scipy ? [scipySection(scipy, small, smallCalls)] : []),
    ];
    if (library) {
      const subtitle = `one thread; ${where.cpu}`;
      await chartSmall(join(images, 'newton-small.svg'), small, smallPairs, subtitle);
      const ones = controls.map(({ side, pairs }) => ({ side, pair: pairs[1] as Pair }));
      await chartControl(join(images, 'newton-control.svg'), ones, subtitle);
    }
    console.log(`\n${sections.join('\n\n')}\n`);
    if (partial) return;
    writeResults('nlp', {
      environment: where,
      versions: { ipopt: version, scipy: scipy?.version },
      small: small.map(({ name }, i) => ({ name, ...smallPairs[i], node: smallCalls[i] })),
      controls,
      factorisations,
      evaluations,
      scipy: scipy?.results,
      machine: { squares: machine.squares, bandwidths: machine.bandwidths },
    });
    writeSection('bench/nlp/page.md', 'newton', sections.join('\n\n'));
  });
}

function raceSmall(small: readonly Small[]): Pair[] {
  note(`${small.length} small models in C++`);
  const paths = small.map(({ path }) => path);
  return raceNative(paths, quick ? 0.05 : 0.5, 1);
}

async function control(
  side: number,
  threads: readonly number[],
  folder: string,
  library: boolean,
  withIpopt: boolean,
): Promise<Control> {
  note(`control, N = ${side}`);
  const seconds = quick ? 0.5 : side < 256 ? 3 : 12;
  const pairs = Object.fromEntries(
    library ? threads.map((count) => [count, raceNative([`control:${side}`], seconds, count)[0] as Pair]) : [],
  );
  const path = join(folder, `control${side}.nl`);
  await writeNl(controlModel(side), path);
  const programs: Program[] = [];
  const node = await callModel(
    () => controlModel(side),
    threads,
    quick ? 1 : side < 256 ? 7 : 5,
    () => {
      if (withIpopt) programs.push(runIpopt(path, folder));
    },
  );
  return { side, pairs, node, program: withIpopt ? middleProgram(programs) : undefined };
}

function smallSection(small: readonly Small[], pairs: readonly Pair[], calls: readonly SmallCalls[]): string {
  const ratios = pairs
    .filter(({ ours, ipopt }) => ours.solved && ipopt.solved)
    .map((p) => p.ipopt.seconds / p.ours.seconds);
  const both =
    `Both solve ${ratios.length} of ${small.length}; of these the ratio is ${short(Math.min(...ratios))} to ` +
    `${short(Math.max(...ratios))}, its geometric mean ` +
    `${short(Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length))}, and at least 10 in ` +
    `${ratios.filter((ratio) => ratio >= 10).length}.`;
  const head = [
    'model',
    'n',
    'm',
    'ours: its',
    'ours, us',
    'derivatives',
    'linear algebra',
    'Ipopt: its',
    'Ipopt, us',
    'callbacks',
    'ratio',
    'Node: result, us',
    'whole call, us',
    '`ipopt`, ms',
    'f lower by',
  ];
  const rows = small.map(({ name }, i) => {
    const [pair, call] = [pairs[i], calls[i]];
    const iterations = (run: Pair['ours'] | undefined) =>
      run ? `${run.iterations}${run.solved ? '' : ' failed'}` : '-';
    return [
      name,
      String(pair?.ours.n ?? '-'),
      String(pair?.ours.m ?? '-'),
      iterations(pair?.ours),
      micro(pair?.ours.seconds),
      micro(pair?.ours.derivatives),
      micro(pair?.ours.linearAlgebra),
      iterations(pair?.ipopt),
      micro(pair?.ipopt.seconds),
      micro(pair?.ipopt.derivatives),
      pair ? short(pair.ipopt.seconds / pair.ours.seconds) : '-',
      micro(call?.ours.seconds),
      micro(call?.ours.call),
      milli(call?.ipopt?.seconds),
      pair ? difference(pair) : '-',
    ];
  });
  return [
    'Small models, medians. In C++: our solver and `IpoptSolve` in turn on one compiled model, one thread each, tolerance 1e-8 ' +
      'of both, the model read and compiled before; of it, seconds in derivatives (Ipopt: in callbacks, which call the same ' +
      "kernels). In Node: what the result says and from the call to its promise. Then Debian's program, the whole process. " +
      '"f lower by" is 0 where both end in the same minimum. ' +
      (pairs.length > 0 ? both : ''),
    table(head, rows),
  ].join('\n\n');
}

/** The difference by which our objective is below Ipopt's, relative; "0" where that is rounding. */
function difference({ ours, ipopt }: Pair): string {
  const value = (ipopt.objective - ours.objective) / Math.max(1, Math.abs(ipopt.objective));
  return Math.abs(value) < 1e-6 ? '0' : short(value);
}

function controlSection(controls: readonly Control[], threads: readonly number[]): string {
  const shown = controls.filter(({ side }) => compared.includes(side));
  const native = table(
    [
      'N',
      'n',
      'm',
      'threads',
      'its',
      'factorisations',
      'ours, ms',
      'derivatives',
      'linear algebra',
      'rest',
      'Ipopt: its',
      'Ipopt, ms',
      'callbacks',
      'ratio',
      'residual',
      "Ipopt's",
    ],
    shown.flatMap(({ side, pairs }) =>
      Object.entries(pairs).map(([count, { ours, ipopt }]) => [
        String(side),
        String(ours.n),
        String(ours.m),
        count,
        String(ours.iterations),
        String(ours.factorizations),
        milli(ours.seconds),
        milli(ours.derivatives),
        milli(ours.linearAlgebra),
        milli(ours.seconds - ours.derivatives - ours.linearAlgebra),
        String(ipopt.iterations),
        milli(ipopt.seconds),
        milli(ipopt.derivatives),
        short(ipopt.seconds / ours.seconds),
        ours.residual.toExponential(1),
        ipopt.residual.toExponential(1),
      ]),
    ),
  );
  const node = table(
    [
      'N',
      'status',
      ...threads.flatMap((count) => [`result, ${count} thr., ms`, 'derivatives', 'linear algebra', 'whole call']),
      'compiling, ms',
      '`ipopt` reports, ms',
      'its process, ms',
    ],
    shown.map(({ side, node: { compile, called }, program }) => [
      String(side),
      called[1]?.status ?? '-',
      ...threads.flatMap((count) => [
        milli(called[count]?.seconds),
        milli(called[count]?.derivatives),
        milli(called[count]?.linearAlgebra),
        milli(called[count]?.call),
      ]),
      milli(compile),
      milli(program?.reported),
      milli(program?.seconds),
    ]),
    2,
  );
  return [
    'Optimal control on an N x N grid, 1/2 ||u - d||^2 + 0.05 ||z||^2 subject to Lap_h u + z = 0, an expression model: n = 2 N^2, ' +
      'm = N^2. In C++ in turn with `IpoptSolve` (MUMPS, one thread), the same kernels for both, medians; residuals are ' +
      'max(||grad L||, ||c||) of the problem as given, computed here for both.',
    native,
    "In Node, a new model each time, beside Debian's program on the same model as a .nl file. " +
      '"Compiling" is what a first solve costs beyond its own time: the model compiled and handed over.',
    node,
  ].join('\n\n');
}

function floorSection(
  controls: readonly Control[],
  factorisations: readonly Factorisation[],
  { squares }: Machine,
): string {
  const peak = (threads: number) => squares.find((square) => square.threads === threads)?.gemmRate ?? Number.NaN;
  return [
    'The hardware limit of the linear algebra: the operations of a factorisation, as the analysis foresees them, at the rate of large ' +
      `products (${squares.map((square) => `${short(square.gemmRate / 1e9)} GFlop/s on ${square.threads}`).join(', ')} ` +
      'threads), beside a first factorisation, which needs fresh memory, and a later one.',
    table(
      [
        'N',
        'threads',
        'MFlop',
        'nonzeros of L',
        'hardware limit, ms',
        'first, ms',
        'later, ms',
        'ratio',
        'analysis, ms',
        'solve, ms',
      ],
      factorisations.map((f) => [
        String(f.side),
        String(f.threads),
        short(f.flops / 1e6),
        String(f.factorEntries),
        milli(f.flops / peak(f.threads)),
        milli(f.firstFactorSeconds),
        milli(f.factorSeconds),
        short((f.factorSeconds * peak(f.threads)) / f.flops),
        milli(f.analysisSeconds),
        milli(f.solveSeconds),
      ]),
    ),
    `Factorisations in each of the solves above: ${[...new Set(controls.flatMap(({ pairs }) => Object.values(pairs).map(({ ours }) => ours.factorizations)))].join(' or ')}, ` +
      'and one analysis.',
  ].join('\n\n');
}

function growthSection(controls: readonly Control[]): string {
  const pairs = controls.map((entry) => entry.pairs[1] as Pair);
  const slope = (of: (pair: Pair) => number) =>
    logSlope(pairs.map((pair) => [pair.ours.n + pair.ours.m, of(pair)] as const));
  const first = controls[0]?.side;
  const last = controls.at(-1)?.side;
  return [
    `Growth from N = ${first} to ${last}, one thread: slopes of time against the number of unknowns n + m, both logarithmic. ` +
      'Nested dissection of a grid needs operations as its power 1.5.',
    table(
      ['', 'slope'],
      [
        ['ours', slope(({ ours }) => ours.seconds).toFixed(2)],
        ['derivatives', slope(({ ours }) => ours.derivatives).toFixed(2)],
        ['linear algebra', slope(({ ours }) => ours.linearAlgebra).toFixed(2)],
        ['Ipopt', slope(({ ipopt }) => ipopt.seconds).toFixed(2)],
      ],
    ),
  ].join('\n\n');
}

function evaluationSection(evaluations: readonly Evaluation[], { bandwidths }: Machine): string {
  const bandwidth = (bytes: number) => {
    const one = bandwidths.filter((entry) => entry.threads === 1);
    const fits = one.filter((entry) => entry.bytes <= bytes);
    return (fits.at(-1) ?? one[0])?.readBandwidth ?? Number.NaN;
  };
  return [
    'What derivatives cost beside one evaluation of f and c at a new point, one thread, best of many; all but the last column at a ' +
      'new point, evaluation included. "Gradient" is that of the Lagrangian. The hardware limit: x and the constants of the model read, c ' +
      'written, at the bandwidth of arrays of that size.',
    table(
      [
        'model',
        'n',
        'm',
        'f and c, us',
        'hardware limit, us',
        'gradient',
        'Jacobian',
        'gradient, H v',
        'Hessian',
        'another H v',
      ],
      evaluations.map((e) => {
        const ratio = (seconds: number) => short(seconds / e.values);
        const bytes = 8 * (e.n + e.m) + e.dataBytes;
        return [
          e.title,
          String(e.n),
          String(e.m),
          micro(e.values),
          micro(bytes / bandwidth(bytes)),
          ratio(e.withGradient),
          ratio(e.withJacobian),
          ratio(e.withHessianProduct),
          ratio(e.withHessian),
          ratio(e.hessianProductAgain),
        ];
      }),
    ),
  ].join('\n\n');
}

function scipySection({ models, results }: ScipyRace, small: readonly Small[], calls: readonly SmallCalls[]): string {
  return [
    'Beside scipy, medians. Its functions are Python with exact derivatives, second ones too for trust-constr, as it cannot call ' +
      'our kernels: most of its time is Python. Ours is the whole call in Node.',
    table(
      ['model', 'ours, us', ...scipyMethods.flatMap((method) => [`${method}, us`, 'its', 'f', 'feasibility', 'ratio'])],
      models.map((name) => {
        const ours = calls[small.findIndex((entry) => entry.name === name)]?.ours.call;
        return [
          name,
          micro(ours),
          ...scipyMethods.flatMap((method) => {
            const found = results[name]?.[method];
            return [
              micro(found?.seconds),
              `${found?.iterations}${found?.success ? '' : ' failed'}`,
              found?.objective.toPrecision(8) ?? '-',
              found?.feasibility.toExponential(0) ?? '-',
              short((found?.seconds ?? Number.NaN) / (ours ?? Number.NaN)),
            ];
          }),
        ];
      }),
    ),
  ].join('\n\n');
}
