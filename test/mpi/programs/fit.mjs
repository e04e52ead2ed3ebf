// A regression over the ranks: prints, of each rank, what it found. Arguments: what to do beside it.
import { appendFileSync } from 'node:fs';
import { minimize, minimizeRatio, trainReluNetwork, world } from 'nonconvex';
import { leastSquares, topK } from 'nonconvex/fractional';
import { generalizedLinearModel, logisticRegression } from 'nonconvex/nlp';
import { minimizeSum } from 'nonconvex/smooth';

const [what = ''] = process.argv.slice(2);
const say = (value) => appendFileSync(process.env.SAID, `${JSON.stringify(value)}\n`);
// The launcher of another library is refused by all of them.
const ranks = await world({ peerTimeout: what === 'others' || what === 'late' || what === 'solve' ? 100 : 5 });
const { rank, size } = ranks;
say({ begun: Date.now() });
const bits = (x) => Buffer.from(new Float64Array(x).buffer).toString('hex');

/** Rows [begin, end) of data that all ranks could make. */
function rows(begin, end, columns = 12) {
  const x = Array.from({ length: end - begin }, (_, k) =>
    Float64Array.from({ length: columns }, (_, j) => Math.sin((begin + k) * (j + 1.37) + j * j)),
  );
  const y = Float64Array.from(x, ([a, b], k) => (a - 0.5 * b + 0.8 * Math.sin(7.1 * (begin + k)) > 0 ? 1 : -1));
  return { x, y };
}
const n = 1200;
const own = rows(Math.floor((n * rank) / size), Math.floor((n * (rank + 1)) / size));
const problem = (more = {}) => logisticRegression({ ...own, ridge: 0.01, intercept: true, ranks, ...more });

const programs = {
  async solve() {
    // The start from a sample of rows is that of a process that has all of them.
    const settings = { method: { kind: 'exactAugmentedLagrangian', sampleStart: false } };
    const alone = await minimize(logisticRegression({ ...rows(0, n), ridge: 0.01, intercept: true }), settings);
    const result = await minimize(problem(), settings);
    const sphere = await minimize(problem({ squaredNorm: 1 }));
    const sphereAlone = await minimize(
      logisticRegression({ ...rows(0, n), ridge: 0.01, intercept: true, squaredNorm: 1 }),
    );
    const counts = { ...own, y: own.y.map((value) => value + 1) };
    const both = await Promise.all([
      minimize(generalizedLinearModel({ ...counts, loss: 'poisson', ridge: 0.1, ranks })),
      minimize(generalizedLinearModel({ ...counts, loss: 'squared', ridge: 0.1, ranks }), {
        method: { kind: 'exactAugmentedLagrangian', inner: 'krylov' },
      }),
    ]);
    const away = (a, b) => Math.max(...a.x.map((value, j) => Math.abs(value - b.x[j])));
    say({
      rank,
      size,
      statuses: [result, sphere, ...both].map(({ status }) => status),
      iterations: [result.iterations, alone.iterations],
      away: [away(result, alone), away(sphere, sphereAlone)],
      same: bits(result.x) === bits(alone.x),
      bits: [result, sphere, ...both].map(({ x }) => bits(x)),
    });
  },
  async others() {
    const all = rows(0, n);
    const [a, b] = [logisticRegression({ ...all, ridge: 0.01 }), logisticRegression({ ...own, ridge: 0.01, ranks })];
    const full = { method: 'qagd', tolerance: 1e-8, maxEpochs: 5000 };
    const batches = { batchSize: 64, precision: 'float64', maxEpochs: 1 };
    /** The mean of (x - row)^2 / 2 over rows, by functions of this program. */
    const callbacks = (data, more = {}) => ({
      rows: data.length,
      n: 3,
      gradient: (x, some, g) => {
        let sum = 0;
        for (const i of some) {
          for (let j = 0; j < 3; ++j) {
            g[j] += (x[j] - data[i][j]) / some.length;
            sum += (x[j] - data[i][j]) ** 2 / 2 / some.length;
          }
        }
        return sum;
      },
      ...more,
    });
    const ratio = {
      numerator: [
        leastSquares(
          all.x.slice(0, 30).map((row) => Array.from(row)),
          Array.from(all.y.slice(0, 30)),
        ),
      ],
      denominator: topK(3, { shift: 0.1 }),
    };
    const features = (data) => data.x.map((row) => row.slice(0, 4));
    const values = (data) => Float64Array.from(data.x, (row, i) => Math.abs(row[0]) - 0.5 * row[1] + 0.2 * data.y[i]);
    const gated = { activation: 'gated', lambda: 1, tolerance: 1e-6, patterns: { sample: 10 } };
    const network = (settings, loss = 'squared') => {
      const [whole, part] = [all, own].map((data) => ({
        x: features(data),
        y: loss === 'squared' ? values(data) : data.y,
      }));
      return [
        () =>
          trainReluNetwork(
            { ...whole, y: { data: Float64Array.from(whole.y), rows: n, columns: 1 } },
            { ...settings, loss },
          ),
        () => trainReluNetwork({ ...part, ranks }, { ...settings, loss }),
      ];
    };
    const solves = {
      full: [() => minimizeSum(a, full), () => minimizeSum(b, full), 1e-8],
      batches: [() => minimizeSum(a, batches), () => minimizeSum(b, batches), 1e-8],
      callbacks: [
        () => minimizeSum(callbacks(all.x), { method: 'qagd', tolerance: 1e-6, maxEpochs: 5000 }),
        () => minimizeSum(callbacks(own.x, { ranks }), { method: 'qagd', tolerance: 1e-6, maxEpochs: 5000 }),
        1e-6,
      ],
      ratio: [() => minimizeRatio(ratio, { restarts: 8 }), () => minimizeRatio(ratio, { restarts: 8, ranks }), 1e-6],
      gated: [...network(gated), 1e-6],
      products: [...network({ ...gated, method: { kind: 'admm', inner: 'krylov' } }, 'logistic'), 1e-6],
      cone: [...network({ lambda: 40, tolerance: 1e-4, patterns: { sample: 10 } }), 1e-4],
      slack: [
        ...network({
          method: { kind: 'admm', splitting: 'slack' },
          standardize: true,
          lambda: 40,
          tolerance: 3e-3,
          maxIterations: 20_000,
          patterns: { sample: 10 },
        }),
        3e-3,
      ],
      sampled: [...network({ method: 'sampled', lambda: 2, tolerance: 1e-6, patterns: { sample: 20 } }), 1e-6],
    };
    const said = { rank, statuses: {}, away: {}, bits: {}, same: {} };
    for (const [name, [alone, together, tolerance]] of Object.entries(solves)) {
      const [one, result] = [await alone(), await together()];
      const numbers = ({ x, convex }) => x ?? convex.weights.data;
      said.statuses[name] = result.status;
      said.bits[name] = bits(numbers(result));
      said.same[name] = bits(numbers(one)) === said.bits[name];
      const distance = result.x
        ? Math.max(...result.x.map((value, j) => Math.abs(value - one.x[j])))
        : Math.abs(result.objective - one.objective) / one.objective;
      said.away[name] = distance / tolerance;
    }
    say(said);
  },
  async late() {
    await minimize(problem());
    if (rank === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    say({ late: 12 });
  },
  async abort() {
    const controller = new AbortController();
    const settings = {
      tolerance: 0,
      maxIterations: 2 ** 31 - 1,
      method: 'lbfgs',
      ...(rank === size - 1 && { timeLimit: 0.3 }),
    };
    const { status, x } = await minimize(problem({ ridge: 1e-9 }), { ...settings, signal: controller.signal });
    say({ rank, status, bits: bits(x) });
  },
  async failed() {
    const x = own.x.map((row) => row.slice());
    if (rank === 1) x[17][2] = Number.NaN;
    try {
      // Large ones are looked at by the solve.
      const data = Float64Array.from({ length: 1_200_000 }, (_, k) => Math.sin(k + rank));
      if (rank === 1) data[17] = Number.NaN;
      const large = { data, rows: 300_000, columns: 4 };
      await minimize(problem({ x: large, y: Float64Array.from({ length: 300_000 }, (_, i) => i % 2) }));
      say({ rank, failure: 'none' });
    } catch (error) {
      say({ rank, failure: error.message, code: error.code });
    }
    // The job lives on.
    say({ rank, status: (await minimize(problem())).status });
  },
  async different() {
    await minimize(problem(rank === 1 ? { start: new Float64Array(13).fill(0.1) } : {})).catch((error) =>
      say({ rank, failure: error.message }),
    );
  },
  async killed() {
    if (rank === 1) process.kill(process.pid, 'SIGKILL');
    await minimize(problem());
  },
  async throwing() {
    if (rank === 1) throw new Error('of rank 1');
    await minimize(problem());
  },
  async leaving() {
    if (rank === 1) return;
    await minimize(problem());
  },
  async absent() {
    if (rank === 1) await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    await minimize(problem());
  },
  async webAssembly() {
    // A load beyond the memory: (module (memory 1) (func (export "f") (drop (i32.load (i32.const 0x7fffffff)))))
    const code = Uint8Array.from([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102, 0, 0, 10, 14, 1, 12,
      0, 65, 255, 255, 255, 255, 7, 40, 2, 0, 26, 11,
    ]);
    const { instance } = await WebAssembly.instantiate(code);
    try {
      instance.exports.f();
    } catch (error) {
      say({ rank, name: error.constructor.name, message: error.message });
    }
    say({ rank, status: (await minimize(problem())).status });
  },
  async wrongLauncher() {},
};
await programs[what]();
