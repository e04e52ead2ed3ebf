// Solves the same problems with the libraries of two built checkouts and compares what a user gets, bit for bit:
//   node scripts/compare.mjs BEFORE AFTER [options]
//     --only GROUPS     some of nl, models, relu, fractional, regressions, with commas between; default: all of them
//     --threads COUNTS  threads of the libraries, such as 1,2: the comparison is made for each; default: 1
//     --time ROUNDS     times every solve as well, so many times in turn with both libraries; processor seconds are of all threads
//     --json FILE       writes results, differences and times
// Exit status 1 says that something differs or could not be solved. Seconds and messages are not compared.
//
// Files of problems and data are looked for beside AFTER, in ../shared/problems and ../shared/data, or where
// NONCONVEX_PROBLEMS and NONCONVEX_DATA say; what is not there is skipped with a line. The group `models` has the
// problems of AFTER's test/problems, for both libraries.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

// Names that differ between the checkouts ---------------------------------------------------------------------------

/** Settings: each old name, which this program uses, with what a library may have in its place. */
const settingNames = {
  economical: ['sampleStart', 'reuseHessian'],
  beta: ['sufficientDecrease'],
  eta1: ['constraintPenalty'],
  eta2: ['gradientPenalty'],
  nu: ['penaltyFactor'],
  theta: ['proximalWeight'],
  iterates: ['reportIterates'],
  starts: ['restarts'],
};

/** Members of results: old and new names. */
const memberNames = { eta1: 'constraintPenalty', eta2: 'gradientPenalty', starts: 'restarts' };

/** Functions of the library: old and new names. */
const functionNames = [
  ['norm2Squared', 'sumSquares'],
  ['squaredNorm', 'sumSquares'],
  ['linear', 'affine'],
  ['linearSquared', 'affineSquared'],
];

/** Solvers of the addon's schema: old and new names. */
const solverNames = { newton: 'nlp' };

/** Exports of the library that hold functions which may be at its root as well. */
const namespaces = ['relu', 'nlp', 'model', 'fractional', 'data'];

/** Where the expression models may be in AFTER. */
const modelFiles = ['test/problems/nlp.ts', 'test/problems/newton.ts'];

/** Members of results that say how long something took, the same in words, or what an older library does not say. */
const uncompared = ['seconds', 'time', 'message', 'evaluations'];

// Problems ------------------------------------------------------------------------------------------------------------
//
// A solve is { name, prepare, run, also }: `run(library, given)` gets timed, with `given` from `prepare(library)`, and
// `also(library, result)` gives further numbers to compare. A group is a function of { problems, data, models }, two
// folders and the module of AFTER's models. It gives its solves, and lines that say what was skipped.

/** Uniform numbers in (0, 1) by the generator mulberry32, the same in every run. */
function uniforms(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Standard normal numbers, the same in every run. */
function normals(seed) {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const vector = (length, entry) => Float64Array.from({ length }, (_, i) => entry(i));
const matrix = (rows, columns, entry) => ({
  data: vector(rows * columns, (k) => entry(Math.floor(k / columns), k % columns)),
  rows,
  columns,
});
const infinity = Number.POSITIVE_INFINITY;

/** The product of a dense matrix and a vector. */
function multiply({ data, rows, columns }, x) {
  return vector(rows, (i) => {
    let sum = 0;
    for (let j = 0; j < columns; ++j) sum += data[i * columns + j] * x[j];
    return sum;
  });
}

/** A^T A + diagonal I. */
function gram({ data, rows, columns }, diagonal = 0) {
  return matrix(columns, columns, (i, j) => {
    let sum = i === j ? diagonal : 0;
    for (let k = 0; k < rows; ++k) sum += data[k * columns + i] * data[k * columns + j];
    return sum;
  });
}

/** A sparse matrix, by columns or by rows, of the entries of a dense one that are not 0. */
function sparse({ data, rows, columns }, format) {
  const [outer, inner] = format === 'csc' ? [columns, rows] : [rows, columns];
  const [offsets, indices, values] = [[0], [], []];
  for (let o = 0; o < outer; ++o) {
    for (let k = 0; k < inner; ++k) {
      const value = format === 'csc' ? data[k * columns + o] : data[o * columns + k];
      if (value === 0) continue;
      indices.push(k);
      values.push(value);
    }
    offsets.push(values.length);
  }
  return {
    format,
    rows,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

/** A function that computes its value once. */
function once(make) {
  let made;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A solve of `minimize`, with the derivatives of its problem at the start and at the end. */
function nlpSolve(name, make, settings = {}) {
  return {
    name,
    run: async (library) => library.nlp.minimize(await make(library), library.settings.nlp(settings)),
    also: async (library, { x, multipliers }) => {
      const made = await make(library);
      const program = made.compile?.() ?? made;
      const start = evaluate(program, program.start, new Float64Array(program.m).fill(1));
      return { start, end: evaluate(program, x, multipliers) };
    },
  };
}

function evaluate(program, x, multipliers) {
  const [v, w] = [vector(program.n, (i) => Math.cos(i)), vector(program.m, (i) => Math.sin(i + 1))];
  return {
    x,
    objective: program.objective(x),
    gradient: program.gradient(x),
    constraints: program.constraints(x),
    jacobian: program.jacobian(x),
    hessian: program.hessian(x, multipliers),
    jacobianProduct: program.jacobianProduct(x, v),
    jacobianTransposedProduct: program.jacobianTransposedProduct(x, w),
    hessianProduct: program.hessianProduct(x, multipliers, v),
  };
}

/** Ways to solve a Newton system other than the default one, with limits that keep them short. */
const inners = {
  exact: { inner: 'exact' },
  sketch: { inner: 'sketch', innerSteps: 2000, maxIterations: 30 },
  krylov: { inner: 'krylov', maxIterations: 100 },
};

/** AMPL's models. */
function nlGroup({ problems }) {
  const folder = join(problems, 'nl');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.nl')) : [];
  const skipped = files.length === 0 ? ['AMPL models: there are no files shared/problems/nl/*.nl'] : [];
  const solves = files.sort().map((file) => {
    const path = join(folder, file);
    return nlpSolve(basename(file, '.nl'), ({ data }) => data.readNl(path));
  });
  return { solves, skipped };
}

/** Expression models of AFTER's tests, and settings of the solver on some of them. */
function modelGroup({ models }) {
  if (!models) return { solves: [], skipped: [`expression models: AFTER has none of ${modelFiles.join(', ')}`] };
  const { problems } = models;
  const solves = problems.map(({ name, build }) => nlpSolve(name, build));
  const some = ['hs39', 'hs78', 'bt11', 'orthregb', 'lukvle6(99)', 'dtoc3(50)', 'genhs28', 'byrdsphr', 'catena'];
  const lists = {
    ...inners,
    ...Object.fromEntries(
      ['kaczmarz', 'gaussian', 'count', 'srht'].map((sketch) => [sketch, { ...inners.sketch, sketch, seed: 3 }]),
    ),
    lagged: { ...inners.krylov, preconditioner: 'lagged' },
    diagonal: { ...inners.krylov, preconditioner: 'diagonal', innerSteps: 500 },
    published: { ...inners.sketch, accuracy: 'paper', shift: 'paper', scaling: false, sketchMemory: 0, sketchSize: 5 },
    accurate: { accuracy: 'paper', maxIterations: 60 },
    penalties: { eta1: 7, eta2: 0.03, nu: 2.5, beta: 0.3 },
    unscaled: { scaling: false, tolerance: 1e-11, checkInterval: 3 },
    short: { maxIterations: 3, economical: false },
  };
  for (const { name, build } of problems.filter((problem) => some.includes(problem.name))) {
    for (const [title, settings] of Object.entries(lists)) {
      solves.push(nlpSolve(`${name}, ${title}`, build, settings));
    }
    solves.push(warmSolve(name, build));
  }
  const missing = some.filter((each) => !problems.some(({ name }) => name === each));
  return { solves, skipped: missing.map((name) => `settings on ${name}: AFTER has no such model`) };
}

/** Three iterations, whose last report has the point, and a solve that goes on from there. */
function warmSolve(name, build) {
  return {
    name: `${name}, warm`,
    run: async ({ nlp, settings }) => {
      let last;
      const onProgress = (progress) => {
        last = progress;
      };
      const problem = build();
      await nlp.minimize(problem, settings.nlp({ maxIterations: 3, iterates: true, onProgress }));
      const { x, multipliers } = last;
      return { ...(await nlp.minimize(problem, settings.nlp({ warmStart: { x, multipliers } }))), report: last };
    },
  };
}

/** The six problems with known optima, and small ones for what else the solver can do. */
function reluGroup({ problems }) {
  const folder = join(problems, 'relu');
  const known = existsSync(join(folder, 'synth.csv.gz')) ? ['synth', 'bc', 'digits'] : [];
  const skipped = known.length === 0 ? ['six ReLU problems: there are no files shared/problems/relu/*.csv.gz'] : [];
  const solves = known.flatMap((name) => {
    const read = once(() => readKnown(folder, name));
    return [0.01, 0.001].flatMap((lambda) =>
      Object.entries({
        relu: { maxIterations: 400 },
        gated: { activation: 'gated', maxIterations: 400 },
        slack: { splitting: 'slack', maxIterations: 60 },
        sampled: { method: 'sampled', maxIterations: 200 },
      }).map(([title, settings]) =>
        reluSolve(`${name} ${lambda}, ${title}`, () => {
          const { data, gates } = read();
          const patterns = title === 'sampled' ? {} : { patterns: { gates } };
          // As a column of numbers, since labels 1 and -1 would have to be said to be values.
          const column = { ...data, y: { data: Float64Array.from(data.y), rows: data.x.rows, columns: 1 } };
          return { data: column, settings: { bias: false, beta: lambda * data.x.rows, ...patterns, ...settings } };
        }),
      ),
    );
  });
  return { solves: [...solves, ...smallRelu()], skipped };
}

function readKnown(folder, name) {
  const read = (file) => {
    const lines = gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .trim()
      .split('\n');
    return lines.map((line) => line.split(',').map(Number));
  };
  const rows = read(`${name}.csv.gz`);
  const gates = read(`${name}-gates.csv.gz`);
  const d = rows[0].length - 1;
  return {
    data: { x: matrix(rows.length, d, (i, j) => rows[i][j]), y: vector(rows.length, (i) => rows[i][d]) },
    gates: matrix(gates.length, gates[0].length, (i, j) => gates[i][j]),
  };
}

function smallRelu() {
  const normal = normals(1);
  const [n, d] = [80, 4];
  const x = matrix(n, d, normal);
  const hidden = matrix(2 * d, d, normal);
  const outputs = vector(n, (i) => {
    const z = multiply(hidden, x.data.subarray(i * d, (i + 1) * d));
    return z.reduce((sum, value, j) => sum + (j % 2 ? -1 : 1) * Math.max(0, value), 0.1 * normal());
  });
  const labels = Array.from(outputs, (value) => (value > 0.3 ? 'high' : 'low'));
  const three = Array.from(outputs, (value) => (value > 1 ? 7 : value < -1 ? 2 : 5));
  const several = matrix(n, 3, (i, j) => outputs[i] * (j + 1) + 0.2 * normal());
  const signs = matrix(n, 2, (i, j) => (several.data[3 * i + j] > 0 ? 1 : -1));
  const single = { ...x, data: Float32Array.from(x.data) };
  const plane = matrix(12, 2, normal);
  const cases = {
    squared: [outputs, {}],
    'single precision': [outputs, {}, single],
    logistic: [labels, { loss: 'logistic' }],
    hinge: [labels, { loss: 'hinge' }],
    'softmax of classes': [three, { loss: 'softmax' }],
    huber: [outputs, { loss: 'huber', huberDelta: 0.3 }],
    'several outputs': [several, {}],
    frobenius: [several, { coupling: 'frobenius' }],
    'frobenius, gated': [several, { coupling: 'frobenius', activation: 'gated' }],
    'signs, logistic': [signs, { loss: 'logistic', coupling: 'frobenius' }],
    'no bias': [outputs, { bias: false }],
    'free bias': [outputs, { regularizeBias: false }],
    normalized: [outputs, { normalize: 'columns' }],
    'another seed': [outputs, { seed: 5 }],
    krylov: [outputs, { inner: 'krylov' }],
    'krylov, gated': [outputs, { inner: 'krylov', activation: 'gated' }],
    exact: [outputs, { inner: 'exact', checkInterval: 3 }],
    slack: [outputs, { splitting: 'slack', coupling: 'oneVsAll' }],
    'sampled, logistic': [labels, { method: 'sampled', loss: 'logistic' }],
    'fixed penalty': [outputs, { rho: 2, relaxation: 1 }],
    'all patterns': [outputs.subarray(0, plane.rows), { patterns: { exact: true } }, plane],
  };
  const usual = { beta: 0.05, patterns: { sample: 25 }, maxIterations: 500 };
  const solves = Object.entries(cases).map(([name, [y, settings, inputs = x]]) =>
    reluSolve(`small, ${name}`, () => ({ data: { x: inputs, y }, settings: { ...usual, ...settings } })),
  );
  const warm = {
    name: 'small, warm',
    run: async ({ relu, settings }) => {
      const data = { x, y: outputs };
      const warmStart = await relu.trainReluNetwork(data, settings.relu({ ...usual, maxIterations: 30 }));
      return relu.trainReluNetwork(data, settings.relu({ beta: 0.02, warmStart, maxIterations: 500 }));
    },
  };
  return [...solves, warm];
}

/** A training, with what the network makes of the data. */
function reluSolve(name, make) {
  return {
    name,
    prepare: make,
    run: ({ relu, settings: { relu: known } }, { data, settings }) => relu.trainReluNetwork(data, known(settings)),
    also: ({ relu }, { network }) => {
      const { x, y } = make().data;
      const read = relu.fromJSON(JSON.stringify(relu.toJSON(network)));
      return {
        decisions: relu.decisionFunction(network, x),
        predictions: relu.predict(read, x),
        score: relu.score(network, x, y),
      };
    },
  };
}

/** Ratios and differences of every term, recipes, and the paper's problems on part of e2006. */
function fractionalGroup({ data }) {
  const file = join(data, 'e2006-5000x10000.mtx.gz');
  const there = existsSync(file);
  const skipped = there ? [] : ['ratios on e2006: there is no file shared/data/e2006-5000x10000.mtx.gz'];
  const solves = [...termSolves(), ...recipeSolves(), ...coordinateSolves(), ...(there ? paperSolves(file) : [])];
  return { solves, skipped };
}

const [ratioRows, ratioColumns] = [60, 20];

/** Numerators with a penalty each, denominators, and data of all formats, of one library. */
function termsOf({ fractional: f }) {
  const [m, n] = [ratioRows, ratioColumns];
  const normal = normals(2);
  const A = matrix(m, n, normal);
  const thin = matrix(m, n, () => (normal() > 0.7 ? normal() : 0));
  const truth = vector(n, (j) => (j % 4 === 0 ? 1 + normal() : 0));
  const b = multiply(A, truth).map((value) => value + 0.1 * normal());
  const signs = b.map((value) => (value > 0 ? 1 : -1));
  const positive = vector(n, () => 0.1 + Math.abs(normal()));
  const B = matrix(m, n, normal);
  const fit = f.leastSquares(A, b);
  const numerators = {
    'least squares': [fit, f.l1(0.3)],
    'least squares, single precision': [f.leastSquares({ ...A, data: Float32Array.from(A.data) }, b), f.l1(0.3)],
    'least squares, csc': [f.leastSquares(sparse(thin, 'csc'), b), f.l1(0.3)],
    'least squares, csr': [f.leastSquares(sparse(thin, 'csr'), b), f.l1(0.3)],
    'squared hinge': [f.squaredHinge(A, b), f.elasticNet(0.2, 0.1)],
    logistic: [f.logistic(A, signs), f.l1(positive)],
    quadratic: [f.quadratic(gram(A), { linear: positive, constant: 50 }), f.l1(0.2)],
    'squared norm': [f.squaredNorm({ weight: 2, constant: 1 }), f.l1Squared(0.2)],
    affine: [f.affine(positive, 2), f.nonNegative()],
    sum: [fit, f.squaredNorm(), f.affine(positive, 90), f.elasticNet(positive, 0.5), f.box(-2, 3)],
    penalties: [
      f.elasticNet(0.4, positive),
      f.l1Squared(0.1),
      f.box(
        positive.map((value) => -value),
        2,
      ),
    ],
  };
  const power = (p, options) => f.lpNorm(B, p, options);
  const denominators = {
    norm1: f.norm1({ scale: 2 }),
    norm2: f.norm2(),
    'norm2 + 1': f.norm2({ shift: 1 }),
    normInf: f.normInf(),
    topK: f.topK(5, { scale: 0.3 }),
    'topK + 1': f.topK(5, { shift: 1 }),
    ...Object.fromEntries([1, 2, 4, infinity].map((p) => [`lpNorm ${p}`, power(p)])),
    ...Object.fromEntries([1, 2, 4, infinity].map((p) => [`lpNorm ${p} squared`, power(p, { squared: true })])),
    'lpNorm 2, csc': f.lpNorm(sparse(thin, 'csc'), 2, { shift: 1 }),
    squaredNorm: f.squaredNorm({ constant: 1 }),
    quadratic: f.quadratic(gram(B), { linear: positive, constant: 30 }),
    linear: f.linear(positive, 1),
    linearSquared: f.linearSquared(positive, 1),
    sumSqrt: f.sumSqrt({ epsilon: positive, weights: positive, shift: 0.1 }),
    sumLog: f.sumLog(positive, { shift: 0.1 }),
    separable: f.separableConcave(
      (u) => (u > -1 ? Math.log1p(u) : Number.NaN),
      (u) => 1 / (1 + u),
      { shift: 1 },
    ),
  };
  return { numerators, denominators, nonNegative: f.nonNegative() };
}

/** Denominators that need x >= 0. */
const oneSided = ['linear', 'linearSquared', 'sumSqrt', 'sumLog', 'separable'];
/** Denominators that the methods 'fcd' and 'pcd' both can take. */
const byBoth = ['norm1', 'norm2', 'norm2 + 1', 'normInf', 'topK', 'lpNorm 1', 'lpNorm 2', 'lpNorm Infinity', 'sumLog'];

function termSolves() {
  const start = vector(ratioColumns, (i) => (i % 3 === 2 ? 0.5 : 1));
  const ratio = (name, numerator, denominator, settings = {}) => ({
    name: `ratio, ${name}`,
    prepare: termsOf,
    run: (library, terms) => {
      const more = oneSided.includes(denominator) ? [terms.nonNegative] : [];
      const problem = {
        numerator: [...terms.numerators[numerator], ...more],
        denominator: terms.denominators[denominator],
        ...(settings.start !== false && { start }),
      };
      const { start: _, ...rest } = settings;
      return library.fractional.minimizeRatio(problem, library.settings.fractional({ maxIterations: 500, ...rest }));
    },
  });
  const difference = (name, numerator, denominator) => ({
    name: `difference, ${name}`,
    prepare: termsOf,
    run: (library, terms) => {
      const more = oneSided.includes(denominator) ? [terms.nonNegative] : [];
      const problem = {
        convex: [...terms.numerators[numerator], ...more],
        minus: terms.denominators[denominator],
        start,
      };
      return library.fractional.differenceOfConvex(problem, library.settings.fractional({ maxIterations: 500 }));
    },
  });
  const { numerators, denominators } = termNames;
  const variants = {
    'shuffled, seed 7': { order: 'shuffled', seed: 7 },
    greedy: { order: 'greedy' },
    '4 starts': { starts: 4, start: false, seed: 2 },
    'theta 0': { theta: 0 },
    'theta 1': { theta: 1 },
    'start of its own': { start: false },
    'no lasso start': { start: false, lassoStart: false },
    'no radial step': { radialStep: false },
    'no active set': { activeSet: false },
    'no acceleration': { acceleration: false },
    'with A^T A': { gram: 'always' },
    'without A^T A': { gram: 'never' },
    'tolerance 1e-10': { tolerance: 1e-10, checkInterval: 4 },
  };
  return [
    ...denominators.map((name) => ratio(`over ${name}`, 'least squares', name)),
    ...byBoth.map((name) => ratio(`over ${name}, fcd`, 'least squares', name, { method: 'fcd' })),
    ...byBoth.map((name) => ratio(`over ${name}, pcd`, 'least squares', name, { method: 'pcd' })),
    ...numerators.map((name) => ratio(`${name} over norm2 + 1`, name, 'norm2 + 1')),
    ...numerators.map((name) => ratio(`${name} over squaredNorm`, name, 'squaredNorm')),
    ...Object.entries(variants).flatMap(([title, settings]) => [
      ratio(`over topK, ${title}`, 'least squares', 'topK', settings),
      ratio(`over lpNorm 4 squared, ${title}`, 'sum', 'lpNorm 4 squared', settings),
    ]),
    ...numerators.map((name) => difference(name, name)),
    ...subtracted.map((name) => difference(`less ${name}`, 'sum', name)),
  ];
}

/** Names of the terms, without a library. */
const termNames = (() => {
  const nothing = new Proxy({}, { get: () => () => undefined });
  const { numerators, denominators } = termsOf({ fractional: nothing });
  return { numerators: Object.keys(numerators), denominators: Object.keys(denominators) };
})();

/** Denominators that may be subtracted. */
const subtracted = termNames.denominators.filter((name) => !/^lpNorm (4|(1|Infinity) squared)/.test(name));

/** The recipes, with options of each. */
function recipeSolves() {
  const normal = normals(3);
  const [m, n] = [120, 40];
  const A = matrix(m, n, normal);
  const wide = matrix(50, 90, normal);
  const truth = vector(90, (j) => (j % 18 === 0 ? 2 : 0));
  const image = multiply(wide, truth).map((value) => value + 0.01 * normal());
  const b = multiply(A, vector(n, normal)).map((value) => value + 0.1 * normal());
  const labels = Array.from(b, (value) => (value > 0 ? 'yes' : 'no'));
  const thin = matrix(m, n, () => (normal() > 0.8 ? normal() : 0));
  const heavy = matrix(m, 8, () => normal() ** 3);
  const mixed = matrix(m, 8, (i, j) => heavy.data[8 * i + j] + 0.5 * heavy.data[8 * i + ((j + 1) % 8)]);
  const [W, V] = [gram(A, 1), gram(thin, 2)];
  const gains = vector(30, (i) => (i % 7 === 0 ? 0 : Math.abs(normal())));
  const mu = vector(n, () => 0.05 + 0.03 * normal());
  const Sigma = gram(A, 5);
  const recipes = {
    sparseRecovery: {
      'k = 5': [wide, image, { k: 5, lambda: 0.05 }],
      l1l2: [wide, image, { lambda: 0.05 }],
      sparse: [sparse(thin, 'csc'), b, { k: 6, lambda: 0.1 }],
      '3 starts': [wide, image, { k: 5, lambda: 0.05, starts: 3, order: 'shuffled' }],
    },
    totalLeastSquares: { '': [A, b], l1: [A, b, { l1: 0.5 }], sparse: [sparse(thin, 'csr'), b] },
    fisherDiscriminant: { '': [A, labels], sparse: [A, labels, { lambda: 0.1 }] },
    independentComponent: {
      '': [mixed],
      whitened: [mixed, { whitened: true, starts: 2 }],
      'another seed': [mixed, { seed: 4, starts: 3 }],
    },
    lpPca: {
      ...Object.fromEntries([1, 2, 4, infinity].map((p) => [`p = ${p}`, [A, p, { maxIterations: 300 }]])),
      'not squared': [A, 1, { squared: false, maxIterations: 300 }],
      'with Q': [A, 4, { Q: W, maxIterations: 300 }],
      'infinity, with Q': [A, infinity, { Q: W, maxIterations: 300 }],
    },
    sparseGeneralizedEigen: {
      'lambda 0': [W, V, { lambda: 0, maxIterations: 300 }],
      'lambda 1': [W, V, { lambda: 1 }],
      '2 starts': [W, V, { lambda: 0.2, starts: 2, seed: 1 }],
    },
    energyEfficiency: {
      '': [gains, { circuitPower: 1 }],
      limited: [gains, { circuitPower: 0.5, maxPower: vector(30, (i) => 0.1 + i / 10) }],
    },
    maxSharpe: {
      '': [mu, Sigma],
      capped: [mu, Sigma, { bounds: { upper: 0.1 }, riskFree: 0.01 }],
      'short positions': [mu, Sigma, { bounds: { lower: -infinity }, l1: 0.01 }],
      'both bounds': [mu, Sigma, { bounds: { lower: -0.05, upper: 0.15 } }],
    },
  };
  return Object.entries(recipes).flatMap(([recipe, cases]) =>
    Object.entries(cases).map(([title, given]) => ({
      name: title ? `${recipe}, ${title}` : recipe,
      run: ({ fractional, settings }) => {
        const isOptions = (value) => Object.getPrototypeOf(value) === Object.prototype && !('rows' in value);
        return fractional[recipe](...given.map((each) => (isOptions(each) ? settings.fractional(each) : each)));
      },
    })),
  );
}

/** Functions of one's own, one coordinate after the other. */
function coordinateSolves() {
  const normal = normals(4);
  const [m, n] = [8, 4];
  const A = matrix(m, n, normal);
  const b = vector(m, normal);
  const start = vector(n, (i) => 1 + i / 4);
  const sizes = (x) => Array.from(x, Math.abs).sort((p, q) => q - p);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const squares = (x) => sum(Array.from(x, (u) => u * u));
  const above = (x) => squares(multiply(A, x).map((value, i) => value - b[i])) / 2 + 0.1 * sum(sizes(x));
  const below = {
    norm1: (x) => sum(sizes(x)),
    norm2: (x) => Math.sqrt(squares(x)),
    topK: (x) => sum(sizes(x).slice(0, 2)),
    squaredNorm: (x) => squares(x) + 1,
    'squared norm of a product': (x) => squares(multiply(A, x)) + 1,
  };
  const ratios = Object.entries(below).map(([name, g]) => ({
    name: `coordinates, over ${name}`,
    run: ({ fractional }) =>
      fractional.minimizeByCoordinates({ start, objective: (x) => above(x) / g(x) }, { maxIterations: 12 }),
  }));
  const bounded = {
    name: 'coordinates, bounds',
    run: ({ fractional }) =>
      fractional.minimizeByCoordinates({ start, objective: above, lower: 0.2, upper: vector(n, (i) => 1 + i) }),
  };
  const stepped = {
    name: 'coordinates, steps of its own',
    run: ({ fractional }) => {
      const Q = gram(A, 1);
      const gradient = multiply(Q, start);
      return fractional.minimizeByCoordinates({
        start,
        objective: (x) => sum(Array.from(x, (u, i) => (u * multiply(Q, x)[i]) / 2 - u)),
        step: (_, i) => (1 - gradient[i]) / Q.data[i * n + i],
        moved: (_, i, t) => {
          for (let j = 0; j < n; ++j) gradient[j] += t * Q.data[j * n + i];
        },
      });
    },
  };
  const along = {
    name: 'coordinates, along a line',
    run: ({ fractional }) =>
      fractional.minimizeAlong((t) => Math.cos(3 * t) + t * t, { lower: -5, upper: 4, scale: 2 }),
  };
  return [...ratios, bounded, stepped, along];
}

/** Problems of Yuan's paper (ICML 2023) on every fifth row and ninth column of e2006. */
function paperSolves(file) {
  let read;
  const make = async (library) => {
    read ??= library.data.readMatrixMarket(file).then((all) => {
      const [m, n] = [1000, 1024];
      const normal = normals(5);
      const G = matrix(m, n, () => 1e-5 * normal());
      for (let j = 0; j < n; ++j) {
        const column = 9 * j;
        for (let k = all.offsets[column]; k < all.offsets[column + 1]; ++k) {
          if (all.indices[k] % 5 === 0) G.data[(all.indices[k] / 5) * n + j] += all.values[k];
        }
      }
      const size = Math.sqrt(G.data.reduce((sum, value) => sum + value * value, 0));
      G.data.forEach((value, k) => {
        G.data[k] = value / size;
      });
      const image = multiply(
        G,
        vector(n, (j) => (j % 10 === 0 ? normal() : 0)),
      );
      const noise = 0.1 * Math.sqrt(image.reduce((sum, value) => sum + value * value, 0));
      const start = vector(n, () => 0.1 * normal());
      return { all, G, y: image.map((value) => value + noise * normal()), start, gamma: 0.1 / m };
    });
    return read;
  };
  const solve = (name, problem, settings) => ({
    name: `e2006, ${name}`,
    prepare: make,
    run: ({ fractional, settings: { fractional: known } }, given) =>
      fractional.minimizeRatio(problem(fractional, given), known(settings)),
  });
  const recovery = (f, { G, y, gamma }, start) => ({
    numerator: [f.leastSquares(G, y), f.l1(gamma)],
    denominator: f.topK(100, { scale: gamma }),
    start,
  });
  const components = (f, { G, start }) => ({
    numerator: [f.squaredNorm()],
    denominator: f.lpNorm(G, 4, { squared: true }),
    start,
  });
  return [
    { name: 'e2006, read', run: ({ data }) => data.readMatrixMarket(file) },
    solve('recovery, pcd', (f, given) => recovery(f, given, given.start), { method: 'pcd' }),
    solve('recovery, fcd', (f, given) => recovery(f, given, given.start), { method: 'fcd', maxIterations: 40 }),
    solve('recovery from the lasso', recovery, {}),
    solve('independent components', components, { maxIterations: 40 }),
    solve(
      'sparse lasso',
      (f, { all }) => ({
        numerator: [
          f.leastSquares(
            all,
            vector(all.rows, (i) => Math.sin(i)),
          ),
          f.l1(1),
        ],
        denominator: f.norm2({ shift: 1 }),
      }),
      { maxIterations: 30 },
    ),
  ];
}

/** Regressions, quadratic programs, control, callbacks. */
function regressionGroup({ data }) {
  const names = ['mushrooms', 'phishing', 'a9a'];
  const present = names.filter((name) => existsSync(join(data, `${name}.libsvm.gz`)));
  const skipped = names
    .filter((name) => !present.includes(name))
    .map((name) => `regressions on ${name}: there is no file shared/data/${name}.libsvm.gz`);
  const solves = [
    ...smallRegressions(),
    ...largeRegressions(),
    ...present.flatMap((name) => dataSetSolves(name, join(data, `${name}.libsvm.gz`))),
    ...quadraticSolves(),
    ...controlSolves(),
    ...callbackSolves(),
  ];
  return { solves, skipped };
}

function smallRegressions() {
  const [N, n] = [300, 10];
  const normal = normals(6);
  const x = matrix(N, n, normal);
  const thin = matrix(N, n, () => (normal() > 0.5 ? normal() : 0));
  const t = multiply(
    x,
    vector(n, () => 0.3 * normal()),
  );
  const uniform = uniforms(7);
  const responses = {
    logistic: Array.from(t, (value) => uniform() < 1 / (1 + Math.exp(-value))),
    squared: t.map((value) => value + normal()),
    poisson: t.map((value) => Math.floor(Math.exp(value) * 2 * uniform())),
    gamma: t.map((value) => Math.exp(value) * (0.1 + uniform())),
  };
  const A = matrix(3, n, normal);
  const b = vector(3, () => 0.3 * normal());
  const weights = vector(N, uniform);
  const equations = {
    free: () => ({}),
    linear: () => ({ A, b }),
    'linear, sparse': () => ({ A: sparse(A, 'csr'), b }),
    norm: () => ({ squaredNorm: 1 }),
    'own equations': ({ model: f }) => ({
      constraints: (c) => [f.sub(f.sum(f.exp(f.slice(c, 0, 4))), 4.5), f.mul(f.at(c, 5), f.at(c, 6))],
      start: vector(n, (i) => 0.1 + i / 50),
    }),
    all: ({ model: f }) => ({ A, b, squaredNorm: 2, constraints: (c) => f.sub(f.at(c, 0), f.at(c, 1)) }),
  };
  const formats = { dense: x, csr: sparse(thin, 'csr'), csc: sparse(thin, 'csc') };
  const solves = Object.entries(responses).flatMap(([loss, y]) =>
    Object.entries(equations).flatMap(([title, equation]) => {
      const make = (features, more) => (library) =>
        library.nlp.generalizedLinearModel({ loss, x: features, y, ridge: 0.01, ...equation(library), ...more });
      return [
        ...Object.entries(formats).map(([format, features]) =>
          nlpSolve(`${loss}, ${title}, ${format}`, make(features)),
        ),
        ...Object.entries(inners).map(([inner, settings]) =>
          nlpSolve(`${loss}, ${title}, ${inner}`, make(x), settings),
        ),
        nlpSolve(
          `${loss}, ${title}, weighted`,
          make(x, {
            sampleWeight: weights,
            offset: t,
            ridge: vector(n, (i) => i / 50),
            intercept: true,
            start: undefined,
          }),
        ),
      ];
    }),
  );
  const words = responses.logistic.map((each) => (each ? 'yes' : 'no'));
  return [
    ...solves,
    nlpSolve('logisticRegression', ({ nlp }) => nlp.logisticRegression({ x, y: words })),
    nlpSolve('logisticRegression, shares', ({ nlp }) => nlp.logisticRegression({ x, y: weights, squaredNorm: 1 })),
    nlpSolve('logisticRegression, single precision', ({ nlp }) =>
      nlp.logisticRegression({ x: { ...x, data: Float32Array.from(x.data) }, y: words, A, b }),
    ),
  ];
}

/** Regressions of so many rows that a sample of them comes first. */
function largeRegressions() {
  const make = once(() => {
    const [N, n] = [20000, 20];
    const [normal, uniform] = [normals(8), uniforms(9)];
    const x = matrix(N, n, normal);
    const thin = sparse(
      matrix(N, n, () => (uniform() < 0.2 ? normal() : 0)),
      'csr',
    );
    const t = multiply(x, vector(n, normal));
    const y = t.map((value) => Number(uniform() < 1 / (1 + Math.exp(-value))));
    const counts = t.map((value) => Math.floor(3 * Math.exp(value / 10) * uniform()));
    return { x, thin, y, counts, A: matrix(4, n, normal), b: vector(4, normal) };
  });
  const dense = ({ nlp }) => {
    const { x, y, A, b } = make();
    return nlp.logisticRegression({ x, y, A, b, squaredNorm: 9 });
  };
  const thin = ({ nlp }) => {
    const { thin: features, y, A, b } = make();
    return nlp.logisticRegression({ x: features, y, A, b });
  };
  const counted = ({ nlp }) => {
    const { x, counts: y, A } = make();
    return nlp.generalizedLinearModel({ loss: 'poisson', x, y, A, b: [0, 0, 0, 0], intercept: true });
  };
  const solves = Object.entries({ dense, sparse: thin, counts: counted }).flatMap(([name, problem]) => [
    nlpSolve(`20,000 rows, ${name}`, problem),
    nlpSolve(`20,000 rows, ${name}, not economical`, problem, { economical: false }),
    nlpSolve(`20,000 rows, ${name}, krylov`, problem, { inner: 'krylov', maxIterations: 100 }),
  ]);
  return solves.map((solve) => ({ ...solve, prepare: make }));
}

/** Public data: ten random linear equations and ||x||^2 = 1, as in the benchmark, and without. */
function dataSetSolves(name, path) {
  let read;
  const load = (library) => {
    read ??= library.data.readLibsvm(path).then((set) => {
      const normal = normals(name.length);
      const A = Array.from({ length: 10 }, () => vector(set.x.columns, normal));
      return { ...set, A, b: vector(10, normal), start: new Float64Array(set.x.columns).fill(1) };
    });
    return read;
  };
  const constrained = async (library) => library.nlp.logisticRegression({ ...(await load(library)), squaredNorm: 1 });
  const free = async (library) => {
    const { x, y } = await load(library);
    return library.nlp.logisticRegression({ x, y, ridge: 1e-3, intercept: true });
  };
  const squared = async (library) => {
    const { x, y, A, b } = await load(library);
    return library.nlp.generalizedLinearModel({ loss: 'squared', x, y, ridge: 1e-3, A, b });
  };
  const solves = [
    nlpSolve(`${name}, constrained`, constrained),
    nlpSolve(`${name}, constrained, not economical`, constrained, { economical: false }),
    nlpSolve(`${name}, constrained, krylov`, constrained, { inner: 'krylov', maxIterations: 60 }),
    nlpSolve(`${name}, free`, free),
    nlpSolve(`${name}, squared`, squared),
  ];
  const read1 = { name: `${name}, read`, run: ({ data }) => data.readLibsvm(path) };
  return [read1, ...solves.map((solve) => ({ ...solve, prepare: load }))];
}

function quadraticSolves() {
  const normal = normals(10);
  const n = 60;
  const Q = gram(matrix(n, n, normal), 1);
  const thin = matrix(n, n, (i, j) => (i === j ? 4 : Math.abs(i - j) === 1 ? -1 : 0));
  const A = matrix(12, n, () => (normal() > 0.5 ? normal() : 0));
  const [c, b] = [vector(n, normal), vector(12, normal)];
  const problems = {
    dense: { Q, c, A, b, start: vector(n, (i) => i / n) },
    'dense, sparse equations': { Q, c, A: sparse(A, 'csc'), b },
    sparse: { Q: sparse(thin, 'csc'), c, A: sparse(A, 'csr'), b },
    free: { Q, c },
    'sparse, free': { Q: sparse(thin, 'csr'), c },
  };
  return Object.entries(problems).flatMap(([name, problem]) =>
    Object.entries({ auto: {}, ...inners }).map(([inner, settings]) =>
      nlpSolve(`quadraticProgram, ${name}, ${inner}`, ({ nlp }) => nlp.quadraticProgram(problem), settings),
    ),
  );
}

function controlSolves() {
  const waves = (side) => matrix(side, side, (i, j) => Math.sin(i) * Math.cos(j / 2));
  const problems = {
    8: [8, {}],
    '12, own target': [
      12,
      { target: waves(12), weight: 0.01, source: waves(12), start: new Float64Array(288).fill(0.5) },
    ],
    40: [40, {}],
  };
  return Object.entries(problems).flatMap(([name, [side, options]]) =>
    Object.entries({ auto: {}, ...inners })
      .filter(([inner]) => side < 40 || inner !== 'sketch')
      .map(([inner, settings]) =>
        nlpSolve(`poissonControl, ${name}, ${inner}`, ({ nlp }) => nlp.poissonControl(side, options), settings),
      ),
  );
}

function callbackSolves() {
  const n = 12;
  // sum_i (x_i^4 / 4 - x_i x_(i + 1)) on a sphere.
  const objective = (x) => x.reduce((sum, u, i) => sum + u ** 4 / 4 - u * (x[i + 1] ?? 0), 0);
  const gradient = (x, g) => {
    for (let i = 0; i < n; ++i) g[i] = x[i] ** 3 - (x[i + 1] ?? 0) - (x[i - 1] ?? 0);
  };
  const constraints = (x, c) => {
    c[0] = x.reduce((sum, u) => sum + u * u, -n);
  };
  const jacobian = (x, values) => {
    for (let i = 0; i < n; ++i) values[i] = 2 * x[i];
  };
  const shared = { n, m: 1, objective, gradient, constraints, jacobian, start: vector(n, (i) => 1 + i / n) };
  const entries = Array.from({ length: 2 * n - 1 }, (_, k) => [Math.ceil(k / 2), Math.floor(k / 2)]);
  const hessianEntries = { rows: entries.map(([i]) => i), columns: entries.map(([, j]) => j) };
  const diagonal = (x, [lambda]) => x.map((u) => 3 * u * u + 2 * lambda);
  const ways = {
    dense: {
      hessian: (x, multipliers, values) => {
        diagonal(x, multipliers).forEach((value, i) => {
          values[i * n + i] = value;
          if (i > 0) values[i * n + i - 1] = -1;
        });
      },
    },
    sparse: {
      hessianEntries,
      hessian: (x, multipliers, values) => {
        const curvature = diagonal(x, multipliers);
        entries.forEach(([i, j], k) => {
          values[k] = i === j ? curvature[i] : -1;
        });
      },
    },
    products: {
      hessianVector: (x, multipliers, v, product) => {
        diagonal(x, multipliers).forEach((value, i) => {
          product[i] = value * v[i] - (v[i + 1] ?? 0) - (v[i - 1] ?? 0);
        });
      },
    },
  };
  return Object.entries(ways).map(([name, way]) =>
    nlpSolve(`callbacks, ${name}`, ({ nlp }) => nlp.fromCallbacks({ ...shared, ...way })),
  );
}

const groups = {
  nl: nlGroup,
  models: modelGroup,
  relu: reluGroup,
  fractional: fractionalGroup,
  regressions: regressionGroup,
};

// One checkout, in a process of its own -------------------------------------------------------------------------------

/** Functions of a library by name, all of them in each namespace too, and settings under the names that it knows. */
async function loadLibrary(checkout) {
  const exports = await import(pathToFileURL(builtIndex(checkout)).href);
  const places = [exports, ...namespaces.flatMap((name) => exports[name] ?? [])];
  const all = Object.assign({}, ...places.toReversed());
  const library = { ...all };
  for (const name of namespaces) library[name] = { ...all, ...exports[name] };
  for (const place of [library, ...namespaces.map((name) => library[name])]) {
    for (const [old, now] of functionNames) {
      place[old] ??= place[now];
      place[now] ??= place[old];
    }
  }
  const schema = createRequire(join(checkout, 'package.json'))(addonOf(checkout)).schema();
  const solvers = schema.solvers ?? schema;
  library.settings = {};
  for (const solver of ['relu', 'fractional', 'nlp']) {
    const old = Object.keys(solverNames).find((name) => solverNames[name] === solver);
    const known = new Set(
      (solvers[solver]?.settings ?? solvers[old]?.settings ?? solvers[solver] ?? solvers[old]).map(({ name }) => name),
    );
    if (solver === 'nlp') await findKnown(library, known);
    library.settings[solver] = (settings) => renamed(settings, known);
  }
  return library;
}

/** Adds what is no setting of the addon but of the function `minimize`, which refuses names that it does not know. */
async function findKnown({ model: { Model, square }, nlp: { minimize } }, known) {
  const model = new Model();
  model.minimize(square(model.variable()));
  for (const name of Object.entries(settingNames).flat(2)) {
    if (known.has(name)) continue;
    const taken = await minimize(model, { [name]: false }).then(
      () => true,
      () => false,
    );
    if (taken) known.add(name);
  }
}

function renamed(settings, known) {
  const entries = Object.entries(settings).flatMap(([name, value]) => {
    const names = settingNames[name] ?? [];
    const found = known.has(name) || !names.some((each) => known.has(each)) ? [name] : names;
    return found.map((each) => [each, value]);
  });
  return Object.fromEntries(entries);
}

function builtIndex(checkout) {
  const path = ['dist/esm/index.js', 'dist/index.js'].map((each) => join(checkout, each)).find(existsSync);
  if (!path) throw new Error(`${checkout} has no dist: npm run build:ts`);
  return path;
}

function addonOf(checkout) {
  const paths = ['build-cmake', 'build'].map((folder) => join(checkout, folder, 'Release', 'nonconvex.node'));
  const path = paths.find((each) => existsSync(each));
  if (!path) throw new Error(`${checkout} has no addon: npm run build`);
  return path;
}

/** Runs a module in CommonJS form whose imports of the library give this one. */
function evaluateModule(text, library) {
  const module = { exports: {} };
  const require = createRequire(import.meta.url);
  const find = (name) => (name === 'library' ? library : require(name));
  new Function('require', 'module', 'exports', text)(find, module, module.exports);
  return module.exports;
}

/** Answers the requests of the process that compares. */
async function serve(checkout, folders, modelText) {
  const library = await loadLibrary(checkout);
  const models = modelText && evaluateModule(modelText, library);
  const lists = {};
  const listOf = (group) => {
    lists[group] ??= groups[group]({ ...folders, models });
    return lists[group];
  };
  const answer = async ({ group, index, repeats }) => {
    const { solves, skipped } = listOf(group);
    if (index === undefined) return { names: solves.map(({ name }) => name), skipped };
    const { run, also, prepare } = solves[index];
    const given = await prepare?.(library);
    if (repeats === undefined) {
      const begin = performance.now();
      const result = await run(library, given);
      const wall = (performance.now() - begin) / 1e3;
      const members = new Map();
      flatten(result, '', members);
      flatten(await also?.(library, result), 'also', members);
      return { members, wall, seconds: result.seconds };
    }
    globalThis.gc?.();
    const [seconds, walls] = [[], []];
    const before = process.cpuUsage();
    for (let i = 0; i < repeats; ++i) {
      const begin = performance.now();
      const result = await run(library, given);
      walls.push((performance.now() - begin) / 1e3);
      if (result.seconds !== undefined) seconds.push(result.seconds);
    }
    const { user, system } = process.cpuUsage(before);
    return { seconds, walls, processor: (user + system) / 1e6 / repeats };
  };
  process.on('message', (request) => {
    answer(request).then(
      (value) => process.send({ value }),
      (error) => process.send({ error: String(error) }),
    );
  });
  process.send({ value: 'ready' });
}

/** Brings numbers, strings and arrays of a result into one list, by their paths. Lists of objects become columns. */
function flatten(value, path, members) {
  if (value === undefined || value === null || typeof value === 'function') return;
  if (ArrayBuffer.isView(value)) {
    members.set(path, value.slice());
  } else if (Array.isArray(value)) {
    if (value.every((each) => typeof each === 'number')) members.set(path, Float64Array.from(value));
    else if (value.every((each) => typeof each === 'object' && !ArrayBuffer.isView(each))) {
      const keys = new Set(value.flatMap((each) => Object.keys(each)));
      const columns = [...keys].map((key) => [key, value.map((each) => each[key] ?? Number.NaN)]);
      flatten(Object.fromEntries(columns), path, members);
    } else {
      for (const [i, each] of value.entries()) flatten(each, `${path}[${i}]`, members);
    }
  } else if (typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) {
      if (uncompared.includes(key)) continue;
      const name = memberNames[key] ?? key;
      flatten(each, path ? `${path}.${name}` : name, members);
    }
  } else members.set(path, value);
}

// The comparison ------------------------------------------------------------------------------------------------------

/** A process that solves with the library of one checkout; started anew if it has died. */
class Side {
  #process;
  #settle;
  constructor(checkout, folders, modelText, threads) {
    this.start = async () => {
      const { NONCONVEX_BINARY, NONCONVEX_CUDA_BINARY, ...environment } = process.env;
      const child = fork(fileURLToPath(import.meta.url), ['--serve'], {
        serialization: 'advanced',
        execArgv: ['--expose-gc'],
        env: { ...environment, NONCONVEX_DEVICE: 'cpu', NONCONVEX_THREADS: String(threads) },
      });
      child.on('message', (message) => this.#settle(message));
      child.on('exit', (code, signal) => {
        this.#process = undefined;
        this.#settle?.({ error: `the process ended with ${signal ?? `status ${code}`}` });
      });
      this.#process = child;
      await this.#send({ checkout, folders, modelText });
    };
  }
  #send(request) {
    return new Promise((accept, reject) => {
      this.#settle = ({ value, error }) => {
        this.#settle = undefined;
        if (error === undefined) accept(value);
        else reject(new Error(error));
      };
      this.#process.send(request);
    });
  }
  async ask(request) {
    if (!this.#process) await this.start();
    return this.#send(request);
  }
  end() {
    this.#process?.disconnect();
  }
}

/** One bundle of the expression models of a checkout, in which the library is left open. */
async function bundleModels(checkout) {
  const file = modelFiles.find((path) => existsSync(join(checkout, path)));
  if (!file) return undefined;
  const { build } = createRequire(join(checkout, 'package.json'))('esbuild');
  const sources = join(checkout, 'src') + sep;
  const library = {
    name: 'library',
    setup({ onResolve }) {
      onResolve({ filter: /^nonconvex(\/|$)/ }, () => ({ path: 'library', external: true }));
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
        resolve(resolveDir, path).startsWith(sources) ? { path: 'library', external: true } : undefined,
      );
    },
  };
  const { outputFiles } = await build({
    entryPoints: [join(checkout, file)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    preserveSymlinks: true,
    plugins: [library],
  });
  return outputFiles[0].text;
}

function sameBits(a, b) {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return Object.is(a, b);
  const bytes = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
  return a.constructor === b.constructor && bytes(a).equals(bytes(b));
}

/** Members that two results do not share, with what to say of them. */
function differencesOf(before, after) {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((member) => {
    const [a, b] = [before.get(member), after.get(member)];
    return sameBits(a, b) ? [] : [{ member, before: plain(a), after: plain(b), ...measure(a, b) }];
  });
}

/** How far apart numbers are: relative to the largest of them. */
function measure(a, b) {
  const [p, q] = [a, b].map((each) => (typeof each === 'number' ? [each] : each));
  if (!p?.length || p.length !== q?.length || typeof p === 'string') return {};
  let [apart, size, place] = [0, 0, 0];
  for (let i = 0; i < p.length; ++i) {
    for (const each of [p[i], q[i]]) if (Number.isFinite(each)) size = Math.max(size, Math.abs(each));
    if (Object.is(p[i], q[i]) || Math.abs(p[i] - q[i]) <= apart) continue;
    [apart, place] = [Math.abs(p[i] - q[i]), i];
  }
  return { relative: apart / size, ...(typeof a !== 'number' && { place, at: [p[place], q[place]] }) };
}

/** A value for people and JSON: of an array its length and a hash of its bytes. */
function plain(value) {
  if (ArrayBuffer.isView(value)) {
    const sha256 = createHash('sha256').update(value).digest('hex').slice(0, 16);
    return { length: value.length, sha256 };
  }
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? show(value) : value;
}

function show(value) {
  if (value === undefined) return 'absent';
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'object' ? `${value.sha256} (${value.length} numbers)` : String(value);
}

function describe({ member, before, after, relative, place, at }) {
  const where = at ? `, most at [${place}]: ${show(at[0])} -> ${show(at[1])}` : '';
  const size = relative === undefined ? '' : `, relative ${relative.toExponential(1)}`;
  return `${member}: ${show(before)} -> ${show(after)}${size}${where}`;
}

/** Solves each problem of a group on both sides, one after the other, and prints what differs. */
async function compareGroup(group, sides) {
  const [before, after] = await Promise.all(sides.map((side) => side.ask({ group })));
  for (const line of after.skipped) console.log(`skipped: ${line}`);
  if (before.names.join() !== after.names.join())
    throw new Error(`${group}: the checkouts do not list the same problems`);
  const solves = [];
  for (const [index, name] of after.names.entries()) {
    const answers = [];
    for (const side of sides) {
      answers.push(await side.ask({ group, index }).catch((error) => ({ error: error.message })));
    }
    const [a, b] = answers;
    const failed = a.error !== undefined || b.error !== undefined;
    const differences = failed
      ? [{ member: 'failed', before: a.error ?? 'solved', after: b.error ?? 'solved' }]
      : differencesOf(a.members, b.members);
    solves.push({ index, name, differences, failed, status: b.members?.get('status'), answers });
    for (const difference of differences) console.log(`  ${group}: ${name}: ${describe(difference)}`);
  }
  return solves;
}

const ofThreads = (count) => `${count} ${count === 1 ? 'thread' : 'threads'}`;

function summary(group, threads, solves) {
  const counts = new Map();
  for (const { status = 'no status', failed } of solves) {
    const key = failed ? 'FAILED' : status;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const statuses = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  const different = solves.filter(({ differences }) => differences.length > 0);
  const members = different.reduce((sum, { differences }) => sum + differences.length, 0);
  const seconds = [0, 1].map((side) =>
    solves.reduce((sum, { answers }) => sum + (answers[side].wall ?? 0), 0).toFixed(1),
  );
  return (
    `${group}, ${ofThreads(threads)}: ${solves.length} solves (${statuses}), ` +
    `${members} differences${members > 0 ? ` in ${different.length} solves` : ''}; ${seconds[0]} s and ${seconds[1]} s`
  );
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Times each solve in turn on both sides. Short ones are repeated, so that each turn takes some 20 ms. */
async function timeGroup(group, sides, solves, rounds) {
  const good = solves.filter(({ failed }) => !failed);
  const times = good.map(() => sides.map(() => ({ seconds: [], walls: [], processor: [] })));
  for (let round = 0; round < rounds; ++round) {
    for (const [k, { index, answers }] of good.entries()) {
      const repeats = Math.min(20, Math.max(1, Math.ceil(0.02 / answers[0].wall)));
      for (const side of (round + k) % 2 === 0 ? [0, 1] : [1, 0]) {
        const { seconds, walls, processor } = await sides[side].ask({ group, index, repeats });
        times[k][side].seconds.push(...seconds);
        times[k][side].processor.push(processor);
        times[k][side].walls.push(...walls);
      }
    }
  }
  for (const [k, solve] of good.entries()) {
    const [before, after] = times[k].map(({ seconds, walls, processor }) => ({
      wall: median(walls),
      processor: median(processor),
      ...(seconds.length > 0 && { seconds: median(seconds) }),
    }));
    solve.time = { before, after };
  }
}

function timeSummary(group, threads, solves) {
  const timed = solves.filter(({ time }) => time);
  const ratio = ({ time: { before, after } }, kind) => after[kind] / before[kind];
  const titles = {
    seconds: 'seconds of the results',
    wall: 'wall time of the calls',
    processor: 'processor seconds of the calls',
  };
  const lines = Object.entries(titles).map(([kind, title]) => {
    const some = timed.filter(({ time }) => time.before[kind] > 0 && time.after[kind] > 0);
    if (some.length === 0) return undefined;
    const mean = Math.exp(some.reduce((sum, solve) => sum + Math.log(ratio(solve, kind)), 0) / some.length);
    const worst = some.sort((p, q) => ratio(q, kind) - ratio(p, kind)).slice(0, 5);
    const list = worst.map((solve) => {
      const [a, b] = [solve.time.before, solve.time.after].map((each) => (1e3 * each[kind]).toPrecision(3));
      return `    ${ratio(solve, kind).toFixed(3)}  ${solve.name}: ${a} ms -> ${b} ms`;
    });
    return [
      `${group}, ${ofThreads(threads)}, ${title}, after / before: ${mean.toFixed(3)} over ${some.length}; worst:`,
      ...list,
    ];
  });
  return lines.flat().filter((line) => line !== undefined);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: Object.keys(groups).join() },
      threads: { type: 'string', default: '1' },
      time: { type: 'string', default: '0' },
      json: { type: 'string' },
    },
  });
  const chosen = values.only.split(',');
  const counts = values.threads.split(',').map(Number);
  const rounds = Number(values.time);
  const wrong = chosen.find((group) => !Object.hasOwn(groups, group));
  if (wrong !== undefined) throw new Error(`--only ${wrong}: expected some of ${Object.keys(groups).join()}`);
  if (!counts.every((count) => Number.isInteger(count) && count > 0)) throw new Error(`--threads ${values.threads}`);
  if (!(Number.isInteger(rounds) && rounds >= 0)) throw new Error(`--time ${values.time}: expected a number of rounds`);
  if (positionals.length !== 2) throw new Error('expected two folders: node scripts/compare.mjs BEFORE AFTER');
  const checkouts = positionals.map((path) => resolve(path));
  const hashes = checkouts.map((checkout) =>
    [addonOf(checkout), builtIndex(checkout)].map((path) => plain(readFileSync(path)).sha256),
  );
  for (const [i, title] of ['before', 'after'].entries()) {
    console.log(`${title}: ${positionals[i]}, addon ${hashes[i][0]}, index.js ${hashes[i][1]}`);
  }
  if (hashes[0].join() === hashes[1].join()) console.log('both are the same build');

  const shared = join(checkouts[1], '..', 'shared');
  const folders = {
    problems: process.env.NONCONVEX_PROBLEMS ?? join(shared, 'problems'),
    data: process.env.NONCONVEX_DATA ?? join(shared, 'data'),
  };
  const modelText = chosen.includes('models') ? await bundleModels(checkouts[1]) : undefined;
  const report = {
    before: hashes[0],
    after: hashes[1],
    node: process.version,
    cpu: cpus()[0]?.model,
    rounds,
    groups: [],
  };
  let different = 0;
  for (const threads of counts) {
    const sides = checkouts.map((checkout) => new Side(checkout, folders, modelText, threads));
    try {
      for (const group of chosen) {
        const solves = await compareGroup(group, sides);
        console.log(summary(group, threads, solves));
        if (rounds > 0) {
          await timeGroup(group, sides, solves, rounds);
          for (const line of timeSummary(group, threads, solves)) console.log(line);
        }
        different += solves.filter(({ differences }) => differences.length > 0).length;
        report.groups.push({ group, threads, solves: solves.map(reported) });
      }
    } finally {
      for (const side of sides) side.end();
    }
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report)}\n`);
  if (different > 0) process.exitCode = 1;
}

/** A solve for the JSON file. */
function reported({ name, differences, time, answers: [{ members = new Map() }] }) {
  const result = Object.fromEntries([...members].map(([member, value]) => [member, plain(value)]));
  return { name, result, differences, ...(time && { time }) };
}

if (process.argv.includes('--serve')) {
  process.once('message', ({ checkout, folders, modelText }) => {
    serve(checkout, folders, modelText).catch((error) => process.send({ error: String(error?.stack ?? error) }));
  });
} else {
  main().catch((error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  });
}
