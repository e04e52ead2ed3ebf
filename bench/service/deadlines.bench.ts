// Answers of 200 requests at once that have a deadline, on two workers: how late they are.
//
//   npm run bench -- service/deadlines [milliseconds]
import * as nonconvex from '../../src/index.js';
import { uniforms } from '../shared/random.js';
import { table } from '../shared/report.js';

process.env.NONCONVEX_THREADS = '2';
const requests = 200;
const deadline = Number(process.argv[2] ?? 800);

const uniform = uniforms(1);
const x = Array.from({ length: 100 }, () => Array.from({ length: 10 }, () => 2 * uniform() - 1));
const y = x.map((row) => Math.sin(3 * (row[0] as number)) + (row[1] as number) * (row[2] as number));

/** A valley of 16 dimensions that a solve follows for minutes. */
function valley(): nonconvex.Model {
  const { add, at, mul, slice, square, sub, sumSquares } = nonconvex.model;
  const model = new nonconvex.Model();
  const z = model.variable(16, { start: [-1, ...new Array(15).fill(1)] });
  const off = sub(slice(z, 1), sub(mul(2, square(slice(z, 0, -1))), 1));
  model.minimize(add(mul(0.25, square(sub(at(z, 0), 1))), sumSquares(off)));
  return model;
}
const model = valley();

/** Requests that take seconds each, of one solve or of many. */
const kinds: Record<string, (settings: { deadline?: number }) => Promise<{ status: string }>> = {
  'relu.trainReluNetwork': (settings) =>
    nonconvex.relu.trainReluNetwork({ x, y }, { lambda: 1e-4, tolerance: 1e-12, maxIterations: 1e7, ...settings }),
  'nlp.minimize': (settings) => nonconvex.minimize(model, { tolerance: 0, maxIterations: 2 ** 31 - 1, ...settings }),
  'sparse.stabilitySelection': (settings) =>
    nonconvex.sparse.stabilitySelection({ x, y }, { subsamples: 10_000, tolerance: 1e-14, ...settings }),
};

/** Milliseconds that an answer came after its deadline, 0 before, and its status. */
async function requestOf(kind: (typeof kinds)[string]): Promise<{ late: number; status: string }> {
  const begin = performance.now();
  const { status } = await kind({ deadline });
  return { late: Math.max(0, performance.now() - begin - deadline), status };
}

const rows: string[][] = [];
for (const [name, kind] of Object.entries(kinds)) {
  await kind({ deadline: 100 });
  const calls = Array.from({ length: requests }, () => requestOf(kind));
  // A timer that is set now shows how late the process is itself, beside others on its processors.
  const timer = requestOf(({ deadline }) => new Promise((resolve) => setTimeout(resolve, deadline, { status: '' })));
  const answers = await Promise.all(calls);
  const late = answers.map(({ late }) => late).sort((a, b) => a - b);
  const cut = answers.filter(({ status }) => status === 'timeLimit').length;
  const figures = [late[Math.floor(requests / 2)] as number, late.at(-1) as number, (await timer).late];
  rows.push([name, String(cut), ...figures.map((value) => value.toFixed(0))]);
}
console.log(`${requests} requests at once with a deadline of ${deadline} ms, two workers; milliseconds`);
console.log(table(['function', 'cut short', 'late, median', 'latest', 'a timer beside them'], rows));
